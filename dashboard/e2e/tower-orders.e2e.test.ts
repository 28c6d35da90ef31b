import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage, signIn } from './browser.ts';
import { MILK } from './reference.ts';
import { ADMIN_KEY, ShopServer } from './shop-server.ts';

describe("the control tower's orders", () => {
  const server = new ShopServer();
  let browser: Browser;
  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    await server.count(MILK.sku, 'S-1', 40);
    await server.count(MILK.sku, 'DC-1', 40);
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  async function place(id: string, sku: string, units: number): Promise<void> {
    const response = await server.call('POST', '/v1/orders?format=json&channel=web', {
      orderId: id,
      number: `#${id}`,
      placedAt: Date.now(),
      currency: 'USD',
      customer: { name: 'Ada Birch', email: 'ada@example.com' },
      shipTo: { lines: ['1 Oak Street'], city: 'Columbus', postcode: '43004', country: 'US', lat: 39.96, lon: -83 },
      lines: [{ sku, name: MILK.name, units, price: '3.29' }],
    });
    expect(await response.json()).toMatchObject({ taken: 1, refused: 0 });
  }

  test('[OR1][OR6][OR10] an order appears by itself, says why its node was chosen, is held by hand and found again', async () => {
    const { page, context, errors, foreign } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    await page.getByRole('link', { name: 'Orders' }).click();
    const list = page.locator('order-list');
    await list.getByText('No orders yet').waitFor();
    await place('1001', MILK.sku, 2);
    await list.getByRole('button', { name: /#1001/ }).waitFor();
    await list.locator('.mark').getByText('In work').waitFor();
    await list.getByRole('button', { name: /#1001/ }).click();

    const drawer = page.locator('order-drawer');
    await drawer.locator('order-facts').getByText('in work').waitFor();
    await drawer.locator('order-facts').getByText('Total').waitFor();
    await page.getByRole('tab', { name: 'Why there' }).click();
    const chosen = drawer.locator('order-sourcing tr.chosen');
    await chosen.filter({ hasText: 'chosen' }).getByText('Columbus').waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await drawer
      .locator('order-timeline')
      .getByText(/^Sourced by step/)
      .waitFor();

    await page.getByRole('tab', { name: 'By hand' }).click();
    const hold = drawer.locator('order-acts form').filter({ has: page.getByRole('heading', { name: 'Put on hold' }) });
    await hold.getByLabel('Reason').fill('customer called');
    await hold.getByRole('button').click();
    await drawer.getByText('Done: put on hold.').waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await drawer.locator('order-timeline').getByText('customer called').first().waitFor();
    const axe = await new AxeBuilder({ page }).analyze();
    expect(axe.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    await page.keyboard.press('Escape');
    // While the drawer closes, what is behind it takes no keys.
    await drawer.locator('.about').waitFor({ state: 'detached' });

    await page.getByLabel('Find orders').fill('birch');
    await list.getByText('1 order found').waitFor();
    await page.getByLabel('Find orders').fill('nobody of that name');
    await list.getByText('No order fits').waitFor();
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    await context.close();
  });

  test('[OR10] an order is cancelled by two presses, and one that is held stands in its queue', async () => {
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/tower#orders` });
    await page.getByLabel('API key').fill(ADMIN_KEY);
    await page.keyboard.press('Enter');
    const queues = page.locator('order-queues');
    await queues.getByText('Needs somebody').waitFor();
    await place('1002', MILK.sku, 2);
    await page.locator('order-list').getByRole('button', { name: /#1002/ }).click();
    await page.getByRole('tab', { name: 'By hand' }).click();
    const cancel = page
      .locator('order-acts form')
      .filter({ has: page.getByRole('heading', { name: 'Cancel the order' }) });
    await cancel.getByRole('button').click();
    await cancel.getByRole('button', { name: 'Sure?' }).click();
    await page.locator('order-drawer').getByText('Done: cancel the order.').waitFor();
    await page.locator('order-drawer .about').getByText('Cancelled').waitFor();
    await page.keyboard.press('Escape');
    await queues.getByRole('button', { name: 'On hold' }).click();
    await queues.getByRole('button', { name: /#1001/ }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
