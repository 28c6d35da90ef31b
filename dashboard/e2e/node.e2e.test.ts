import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage, scan, signInAtNode, TABLET, TABLET_UPRIGHT } from './browser.ts';
import { BREAD, MILK } from './reference.ts';
import { shopifyOrder } from './shopify-order.ts';
import { ADMIN_KEY, ShopServer } from './shop-server.ts';

interface Work {
  readonly number: string;
  readonly state: string;
  readonly version: number;
}

const milk = { sku: MILK.sku, name: MILK.name, units: 2, price: '3.29' };
const bread = { sku: BREAD.sku, name: BREAD.name, units: 1, price: '4.49' };

/** A busy two-core machine and a pause before the second try included. */
const WITHIN = { timeout: 30_000 };

describe('the screen of a node', () => {
  const server = new ShopServer();
  let browser: Browser;
  let number = 1_000;

  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    for (const { sku } of [MILK, BREAD]) await server.count(sku, 'S-1', 100);
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  const screen = async (size = TABLET, dark = false) => {
    const opened = await openPage(browser, { url: `${server.url}/node/S-1`, size, dark });
    await signInAtNode(opened.page, ADMIN_KEY);
    return opened;
  };
  const order = async (pickupAt?: string): Promise<string> => {
    number += 1;
    await server.order('shopify', shopifyOrder(number, [milk, bread], pickupAt));
    return `#${number}`;
  };
  const atServer = async (of: string): Promise<string> => {
    const work = (await server.workOf<Work>('S-1')).find((each) => each.number === of);
    return `${work?.state} ${work?.version}`;
  };
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const stateOn = (page: Page, words: string) =>
    page.locator('work-detail .state').getByText(words, { exact: true }).waitFor();

  test('[OR8] a new order comes by itself, is opened, picked and shipped with scanner and keyboard alone', async () => {
    const { page, context, errors, foreign } = await screen();
    await page.getByText('All done.').waitFor();
    const of = await order();
    await page.locator('work-queue .card').filter({ hasText: of }).waitFor();
    await scan(page, of.slice(1));
    await stateOn(page, 'New');
    for (const step of ['Accept', 'Start picking']) {
      await page.getByRole('button', { name: step, exact: true }).focus();
      await page.keyboard.press('Enter');
    }
    await stateOn(page, 'Being picked');
    // The Enter of a scan presses no button, whichever has the focus.
    await page.getByRole('button', { name: 'All found' }).focus();
    await scan(page, MILK.sku);
    await page.getByText('1 of 2 Whole milk').waitFor();
    await scan(page, MILK.sku);
    await scan(page, MILK.sku);
    await page.getByText('picked already').waitFor();
    await page.getByRole('button', { name: '1 unit to go' }).waitFor();
    await scan(page, BREAD.sku);
    await press(page, 'Picked');
    await press(page, 'Packed');
    await page.getByLabel('Carrier', { exact: true }).fill('UPS');
    await page.getByLabel('Tracking number').focus();
    await scan(page, '1Z999AA10123456784');
    await page.keyboard.press('Enter');
    await page.getByText('It is on its way').waitFor();
    await expect.poll(() => atServer(of), WITHIN).toBe('shipped 6');
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await context.close();
  });

  test('[OR8] an order that is collected is handed over for the customer’s code, and for no other', async () => {
    const of = await order('S-1');
    const { page, context } = await screen();
    await page.locator('work-queue .card').filter({ hasText: of }).click();
    for (const step of ['Accept', 'Start picking', 'All found', 'Picked', 'Packed', 'Ready for pickup'])
      await press(page, step);
    await page.getByLabel('Code the customer shows').fill('WRONG');
    await press(page, 'Hand over');
    await page.getByText(/“Hand over” for #\d+ was refused: this is not the code/).waitFor();
    await press(page, 'Dismiss');
    await page.getByText('was refused').waitFor({ state: 'detached' });
    expect(await atServer(of)).toBe('ready-for-pickup 6');
    await context.close();
  });

  test('a double click is one step, and a card keeps the focus and its order when others come above it', async () => {
    const of = await order();
    const { page, context } = await screen();
    const card = page.locator('work-queue .card').filter({ hasText: of });
    await card.click();
    await page.getByRole('button', { name: 'Accept', exact: true }).dblclick();
    await expect.poll(() => atServer(of), WITHIN).toBe('accepted 2');
    await stateOn(page, 'Accepted');
    await card.focus();
    const other = await order();
    await page.locator('work-queue .card').filter({ hasText: other }).waitFor();
    await page.keyboard.press('Enter');
    expect(await page.locator('work-detail h2').textContent()).toBe(of);
    await context.close();
  });

  test('[OR8] an answer that is lost does nothing twice: the act is sent again under its key', async () => {
    const of = await order();
    const { page, context } = await screen();
    await page.locator('work-queue .card').filter({ hasText: of }).click();
    const keys: (string | undefined)[] = [];
    await page.route('**/acts', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      // The server has done it; the network eats what it says.
      await route.fetch();
      if (keys.length === 1) await route.abort();
      else await route.continue();
    });
    await press(page, 'Accept');
    await expect.poll(() => keys.length, WITHIN).toBe(2);
    expect(keys[1]).toBe(keys[0]);
    await stateOn(page, 'Accepted');
    expect(await atServer(of)).toBe('accepted 2');
    await context.close();
  });

  test('[OR8] what is done while the server is away waits here, over a reload too, and then counts once and in order', async () => {
    const of = await order();
    const { page, context } = await screen();
    await page.locator('work-queue .card').filter({ hasText: of }).click();
    await press(page, 'Accept');
    await expect.poll(() => atServer(of), WITHIN).toBe('accepted 2');
    const waiting = page.getByText('2 actions waiting to be sent');
    await server.stop();
    await page.getByText(/Connection lost at \d/).waitFor();
    for (const step of ['Start picking', 'All found', 'Picked']) await press(page, step);
    await stateOn(page, 'Picked');
    await waiting.waitFor();
    // Nothing gets through yet, and the page is loaded anew meanwhile.
    await page.route('**/acts', (route) => route.abort());
    await server.start();
    await page.reload();
    await waiting.waitFor();
    await stateOn(page, 'Picked');
    expect(await atServer(of)).toBe('accepted 2');
    await page.unroute('**/acts');
    await page.locator('said-list .waiting').waitFor({ state: 'detached', timeout: 60_000 });
    expect(await atServer(of)).toBe('picked 4');
    await context.close();
  }, 120_000);

  test('[OR8] what the server refuses is shown with its reason until somebody has read it', async () => {
    const of = await order();
    const { page, context } = await screen();
    await page.locator('work-queue .card').filter({ hasText: of }).click();
    await page.route('**/acts', (route) => route.abort());
    await press(page, 'Accept');
    await stateOn(page, 'Accepted');
    // A colleague was faster, at another screen.
    const { id } = (await server.workOf<Work & { id: string }>('S-1')).find((each) => each.number === of)!;
    const reject = { act: 'reject', reason: 'closing' };
    await server.call('POST', `/v1/nodes/S-1/work/${id}/acts`, reject, { 'idempotency-key': 'colleague' });
    await page.getByText(/It was given back by admin: closing/).waitFor();
    await page.unroute('**/acts');
    await page.getByText(`“Accept” for ${of} was refused`).waitFor({ timeout: 60_000 });
    await page.reload();
    await page.getByText(`“Accept” for ${of} was refused`).waitFor();
    await press(page, 'Dismiss');
    await page.getByText('was refused').waitFor({ state: 'detached' });
    expect(await atServer(of)).toBe('rejected 2');
    await context.close();
  }, 120_000);

  test('of two tabs of one browser the newer one gets the news, and either can have them', async () => {
    const { page, context } = await screen();
    const other = await context.newPage();
    await other.goto(`${server.url}/node/S-1`);
    await signInAtNode(other, ADMIN_KEY);
    await page.getByText('open in another tab').waitFor();
    await press(page, 'Get them here');
    await other.getByText('open in another tab').waitFor();
    const of = await order();
    await page.locator('work-queue .card').filter({ hasText: of }).waitFor();
    expect(await other.locator('work-queue .card').filter({ hasText: of }).count()).toBe(0);
    await context.close();
  });

  test('a key that is no good, or a place there is not, is said', async () => {
    const { page, context } = await openPage(browser, { url: `${server.url}/node/S-1`, size: TABLET });
    await page.getByLabel('API key').fill('not-a-key');
    await press(page, 'Sign in');
    await page.getByText('This key is not valid').waitFor();
    await page.goto(`${server.url}/node/S-404`);
    await page.getByLabel('API key').fill(ADMIN_KEY);
    await press(page, 'Sign in');
    await page.getByText('There is no node S-404').waitFor();
    await page.goto(`${server.url}/node/S-1`);
    await page.getByLabel('API key').fill(await server.keyOf('till', ['stock']));
    await press(page, 'Sign in');
    await page.getByText('This key may not do the work of S-1').waitFor();
    expect(page.url()).toBe(`${server.url}/node/S-1`);
    await context.close();
  });

  test.each([
    { look: 'light, on the table', size: TABLET, dark: false },
    { look: 'dark, in a hand', size: TABLET_UPRIGHT, dark: true },
  ])('is accessible and sticks out nowhere: $look', async ({ size, dark }) => {
    const of = await order();
    const { page, context, errors, foreign } = await screen(size, dark);
    const looks = async (): Promise<string[]> => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`);
    };
    const card = page.locator('work-queue .card').filter({ hasText: of });
    await card.click();
    for (const step of ['Accept', 'Start picking']) await press(page, step);
    await page.getByRole('button', { name: 'Missing?' }).first().click();
    // Says nothing about stock: the next order comes here too.
    await press(page, 'Too busy');
    expect(await looks()).toEqual([]);
    await page.getByRole('button', { name: /Cannot do it/ }).click();
    await page.getByText('Another place gets it at once').waitFor();
    // A dialog that still fades in has no contrast yet.
    await expect.poll(looks, { timeout: 10_000 }).toEqual([]);
    await page.keyboard.press('Escape');
    await press(page, 'All found');
    for (const step of ['Picked', 'Packed', 'Another parcel']) await press(page, step);
    expect(await looks()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await context.close();
  });
});
