import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlockingProxy } from './blocking-proxy.ts';
import { openBrowser, openPage, scan, signInAtNode, TABLET } from './browser.ts';
import { BREAD, MILK } from './reference.ts';
import { shopifyOrder } from './shopify-order.ts';
import { ShopServer } from './shop-server.ts';

const milk = { sku: MILK.sku, name: MILK.name, units: 2, price: '3.29' };
const bread = { sku: BREAD.sku, name: BREAD.name, units: 1, price: '4.49' };

describe('an order and everybody who has to do with it', () => {
  const server = new ShopServer();
  let browser: Browser;

  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    for (const node of ['S-1', 'DC-1']) for (const { sku } of [MILK, BREAD]) await server.count(sku, node, 20);
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  const keys = new Map<string, string>();
  /** With a key that may do nothing anywhere else. */
  const screenOf = async (node: string) => {
    const opened = await openPage(browser, { url: `${server.url}/node/${node}`, size: TABLET });
    const key = keys.get(node) ?? (await server.nodeKey(node));
    keys.set(node, key);
    await signInAtNode(opened.page, key);
    return opened;
  };
  const customer = ({ id, token }: { id: string; token: string }, base = server.url) =>
    openPage(browser, { url: `${base}/order#${id}.${token}`, phone: true });
  const press = async (page: Page, ...names: string[]): Promise<void> => {
    for (const name of names) await page.getByRole('button', { name, exact: true }).click();
  };
  const sees = (page: Page, words: string) => page.locator('order-view h1').getByText(words, { exact: true }).waitFor();
  const openOn = (page: Page, number: string) => page.locator('work-queue .card').filter({ hasText: number }).click();

  test('[OR8] short at one place it moves to another by itself, ships from both, and its customer sees each step', async () => {
    const store = await screenOf('S-1');
    const warehouse = await screenOf('DC-1');
    await warehouse.page.getByText('All done.').waitFor();
    const placed = await server.order('shopify', shopifyOrder(2_001, [milk, bread]));
    const { page, context, errors, foreign } = await customer(placed);
    await page.evaluate(() => document.body.setAttribute('data-mark', 'same page'));
    await sees(page, 'Your order is confirmed');

    await openOn(store.page, '#2001');
    await press(store.page, 'Accept', 'Start picking');
    await sees(page, 'We are preparing your order');
    await scan(store.page, MILK.sku);
    await scan(store.page, BREAD.sku);
    await press(store.page, 'Missing?', 'Not found', 'Picked');
    // One unit is not where it should be: nobody but the server sends it elsewhere.
    await warehouse.page.locator('work-queue .card').filter({ hasText: '#2001' }).waitFor();
    await page.getByText('Moved to another of our places').waitFor();
    await press(store.page, 'Packed');
    await store.page.getByLabel('Carrier', { exact: true }).fill('UPS');
    await store.page.getByLabel('Tracking number').fill('1Z-STORE');
    await press(store.page, 'Ship');
    await sees(page, 'Part of your order is on its way');
    await page.getByText('1Z-STORE').waitFor();

    await openOn(warehouse.page, '#2001');
    await press(warehouse.page, 'Accept', 'Start picking', 'All found', 'Picked', 'Packed');
    await warehouse.page.getByLabel('Carrier', { exact: true }).fill('FedEx');
    await warehouse.page.getByLabel('Tracking number').fill('9-WAREHOUSE');
    await press(warehouse.page, 'Ship');
    await sees(page, 'Your order is on its way');
    await page.getByText('9-WAREHOUSE').waitFor();

    for (const node of ['S-1', 'DC-1']) {
      const works = await server.workOf<{ id: string; order: string }>(node);
      const work = works.find(({ order }) => order === placed.id);
      const path = `/v1/nodes/${node}/work/${work?.id}/acts`;
      await server.call('POST', path, { act: 'deliver' }, { 'idempotency-key': `deliver-${node}` });
    }
    await sees(page, 'Delivered');
    expect(await page.locator('order-view .steps li p:first-child').allTextContents()).toEqual([
      'Delivered',
      'Handed to the carrier',
      'Moved to another of our places, which had it at hand',
      'Being prepared',
      'Confirmed',
      'Order placed',
    ]);
    expect(await page.locator('body').getAttribute('data-mark')).toBe('same page');
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    for (const { errors: of } of [store, warehouse]) expect(of).toEqual([]);
    for (const each of [context, store.context, warehouse.context]) await each.close();
  });

  test('[OR7] what is collected is handed over for the code on the customer’s screen, scanned at the counter', async () => {
    const store = await screenOf('S-1');
    const { page, context } = await customer(await server.order('shopify', shopifyOrder(2_002, [bread], 'S-1')));
    await page.getByText('The code you show there appears here').waitFor();
    await openOn(store.page, '#2002');
    await press(store.page, 'Accept', 'Start picking', 'All found', 'Picked', 'Packed', 'Ready for pickup');
    await sees(page, 'Ready for you');
    const code = (await page.locator('order-view .code').textContent()) ?? '';
    await store.page.getByLabel('Code the customer shows').waitFor();
    await scan(store.page, code);
    await press(store.page, 'Hand over');
    await sees(page, 'Collected');
    expect(await store.page.getByText('The customer has it').isVisible()).toBe(true);
    for (const each of [context, store.context]) await each.close();
  });

  test('[ST17] a customer who goes offline is told how old the page is, and goes on by himself', async () => {
    const placed = await server.order('shopify', shopifyOrder(2_003, [bread]));
    const { page, context } = await customer(placed);
    await sees(page, 'Your order is confirmed');
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    expect(await page.locator('order-view h1').isVisible()).toBe(true);
    await context.setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
    await server.call('POST', `/v1/orders/${placed.id}/acts`, { act: 'cancel' }, { 'idempotency-key': 'cancel' });
    await sees(page, 'Cancelled');
    await context.close();
  });

  test('[ST17] behind a proxy without websockets the page shows the order all the same, and no address holds its token', async () => {
    const placed = await server.order('shopify', shopifyOrder(2_004, [bread]));
    const proxy = new BlockingProxy(server.url, /nothing/);
    const { page, context } = await customer(placed, await proxy.start());
    await page.locator('order-view h1').waitFor();
    expect(proxy.asked).toContain(`/v1/orders/${placed.id}/status`);
    expect(proxy.asked.filter((path) => path.includes(placed.token))).toEqual([]);
    await context.close();
    await proxy.stop();
  });

  test('a link that is cut off or wrong says so, and another link in its place is followed', async () => {
    const placed = await server.order('shopify', shopifyOrder(2_005, [bread]));
    const { page, context } = await openPage(browser, { url: `${server.url}/order#${placed.id}`, phone: true });
    await page.getByText('We cannot find this order').waitFor();
    await page.goto(`${server.url}/order#${placed.id}.${'0'.repeat(32)}`);
    await page.getByText('We cannot find this order').waitFor();
    await page.goto(`${server.url}/order#${placed.id}.${placed.token}`);
    await sees(page, 'Your order is confirmed');
    expect(await page.title()).toBe('Your order is confirmed · #2005');
    await context.close();
  });

  test.each([
    { look: 'light, desk', dark: false, phone: false },
    { look: 'dark, phone', dark: true, phone: true },
  ])('the customer’s page is accessible and sticks out nowhere: $look', async ({ dark, phone }) => {
    const { id, token } = await server.order('shopify', shopifyOrder(phone ? 2_006 : 2_007, [milk, bread], 'S-1'));
    const url = `${server.url}/order#${id}.${token}`;
    const { page, context, errors, foreign } = await openPage(browser, { url, dark, phone });
    for (const act of ['accept', 'start', 'pick', 'pack', 'ready']) {
      const work = (await server.workOf<{ id: string; order: string }>('S-1')).find(({ order }) => order === id);
      const path = `/v1/nodes/S-1/work/${work?.id}/acts`;
      await server.call('POST', path, { act }, { 'idempotency-key': `${id}-${act}` });
    }
    await sees(page, 'Ready for you');
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(
      ({ id: rule, nodes }) => `${rule}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`,
    );
    expect({ found, errors, foreign }).toEqual({ found: [], errors: [], foreign: [] });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });
});
