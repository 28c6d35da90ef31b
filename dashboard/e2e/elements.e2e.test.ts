import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlockingProxy } from './blocking-proxy.ts';
import { openBrowser, openPage } from './browser.ts';
import { MILK } from './reference.ts';
import { ShopServer } from './shop-server.ts';

const NOTHING = /^$/;
const STREAMS = /^\/v1\/live\/events/;

/** The page of examples, whose first section is a product page. */
const PATH = `/examples?sku=${MILK.sku}`;

function product(page: Page) {
  const section = page.locator('section').first();
  return { stock: section.locator('onhand-stock'), pickup: section.locator('onhand-pickup') };
}

/** An example shows its source once its script runs. */
async function openExamples(
  browser: Browser,
  look: { readonly url: string; readonly dark?: boolean; readonly phone?: boolean },
) {
  const opened = await openPage(browser, { ...look, url: look.url + PATH });
  await expect.poll(() => opened.page.locator('section .source').count()).toBe(6);
  return opened;
}

async function found(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`);
}

describe('both elements, on the page of examples', () => {
  const server = new ShopServer();
  let browser: Browser;
  let units = 40;

  const sell = async (page: Page): Promise<void> => {
    units -= 1;
    await server.sell(MILK.sku, 'S-1', 1);
    const { stock, pickup } = product(page);
    // The slowest way asks every 10 s ± 25 %, and this machine may be busy.
    await stock.getByText(`${units} available`).waitFor({ timeout: 45_000 });
    await pickup.getByText(`In stock · ${units}`).waitFor({ timeout: 45_000 });
  };

  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    await server.count(MILK.sku, 'S-1', units);
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  test('change while one looks, over one socket for the whole page', async () => {
    const sockets: string[] = [];
    const { page, context, errors, foreign } = await openExamples(browser, { url: server.url });
    await page.getByText('The link is live, by websocket.').waitFor();
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.reload();
    await product(page).stock.getByText(`${units} available`).waitFor();
    await sell(page);
    await page.getByText('The link is live, by websocket.').waitFor();
    expect(await product(page).pickup.getAttribute('way')).toBe('websocket');
    // One of the elements, one of the example that uses the SDK by itself.
    expect(sockets).toHaveLength(2);
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await context.close();
  });

  test('keep what they showed while the server restarts, say so, and go on', async () => {
    const { page, context } = await openExamples(browser, { url: server.url });
    const { stock, pickup } = product(page);
    await pickup.getByText(`In stock · ${units}`).waitFor();
    await server.stop();
    await stock.getByText('Reconnecting · last known at').waitFor();
    await pickup.getByText('Reconnecting · last known at').waitFor();
    expect(await pickup.getByText(`In stock · ${units}`).isVisible()).toBe(true);
    await server.start();
    await sell(page);
    expect(await pickup.getByText('Reconnecting').count()).toBe(0);
    await context.close();
  }, 120_000);

  test.each([
    ['websockets are blocked they go on by Server-Sent Events', NOTHING, 'sse'],
    ['streams are blocked too they go on by polling', STREAMS, 'polling'],
  ])(
    'where %s',
    async (_name, blocked, way) => {
      const proxy = new BlockingProxy(server.url, blocked);
      const url = await proxy.start();
      const { page, context } = await openExamples(browser, { url });
      const { stock, pickup } = product(page);
      await stock.getByText(`${units} available`).waitFor({ timeout: 45_000 });
      await sell(page);
      expect([await stock.getAttribute('way'), await pickup.getAttribute('way')]).toEqual([way, way]);
      expect(proxy.asked.filter((path) => path.startsWith('upgrade')).length).toBeGreaterThanOrEqual(2);
      await context.close();
      await proxy.stop();
    },
    120_000,
  );

  test('each way can be taken by hand', async () => {
    const { page, context } = await openExamples(browser, { url: server.url });
    const taken: (string | null)[] = [];
    for (const [label, way] of [
      ['polling', 'polling'],
      ['Server-Sent Events', 'sse'],
      ['websocket', 'websocket'],
    ] as const) {
      await page.getByRole('radio', { name: label }).check();
      await page.locator('#used').getByText(way, { exact: true }).waitFor();
      await page.locator('#switched').getByText(`${units} available`).waitFor();
      taken.push(await page.locator('#switched').getAttribute('way'));
    }
    expect(taken).toEqual(['polling', 'sse', 'websocket']);
    await context.close();
  });

  test('a store is found and chosen with the keyboard alone, and is the value of the form', async () => {
    const { page, context, errors } = await openExamples(browser, { url: server.url });
    const form = page.locator('#order');
    await form.getByRole('radio', { name: /Columbus/ }).waitFor();
    await form.getByLabel('City, store or ZIP').focus();
    await page.keyboard.type('45402');
    await page.keyboard.press('Enter');
    const stores = form.locator('.store-name');
    await expect.poll(() => stores.allTextContents()).toEqual(['Marlow & Finch Dayton', 'Marlow & Finch Columbus']);
    // Find, own location, then the group: one stop, arrows within.
    for (let stop = 0; stop < 3; stop++) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByText('You chose Marlow & Finch Dayton: out-of-stock.').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByText('You chose Marlow & Finch Columbus: in-stock.').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The form would send store=S-1.').waitFor();
    expect(await form.getByRole('radio', { name: /Columbus/ }).isChecked()).toBe(true);
    expect(errors).toEqual([]);
    await context.close();
  });

  test('the own place is asked for by the button only, and a place that is none is named', async () => {
    const { page, context } = await openExamples(browser, { url: server.url });
    const { pickup } = product(page);
    await pickup.getByText('Marlow & Finch Columbus').waitFor();
    await pickup.getByRole('button', { name: 'Use my location' }).click();
    await pickup.getByText('Your location was not found or not shared.').first().waitFor();
    await context.grantPermissions(['geolocation']);
    await context.setGeolocation({ latitude: 39.758_949, longitude: -84.191_607 });
    await pickup.getByRole('button', { name: 'Use my location' }).click();
    await expect.poll(() => pickup.locator('.store-name').first().textContent()).toBe('Marlow & Finch Dayton');
    await pickup.getByLabel('City, store or ZIP').fill('Atlantis');
    await page.keyboard.press('Enter');
    await pickup.getByText('No store matches “Atlantis”.').first().waitFor();
    await context.close();
  });

  test.each([
    ['light, desk', false, false],
    ['dark, phone', true, true],
  ])('are accessible and quiet: %s', async (_name, dark, phone) => {
    const { page, context, errors, foreign } = await openExamples(browser, { url: server.url, dark, phone });
    await product(page)
      .pickup.getByRole('radio', { name: /Columbus/ })
      .check();
    await page.getByText('The link is live').waitFor();
    await page.locator('.list').getByText('Not stocked').waitFor();
    expect({ found: await found(page), errors, foreign }).toEqual({ found: [], errors: [], foreign: [] });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });
});
