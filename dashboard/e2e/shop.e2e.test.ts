import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../../gateway/client/connection.ts';
import { realEnvironment } from '../../gateway/client/environment.ts';
import { WAYS } from '../../gateway/client/ladder.ts';
import { liveUrl } from '../../gateway/client/live-url.ts';
import { followStock } from '../../gateway/client/stock-feed.ts';
import { openBrowser, openPage } from './browser.ts';
import { HAM, MILK } from './reference.ts';
import { ShopServer } from './shop-server.ts';

describe('the product page', () => {
  const server = new ShopServer();
  let browser: Browser;

  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    await server.count(MILK.sku, 'S-1', 40);
    await server.count(HAM.sku, 'S-1', 12.5);
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  test('a till sale, then a reservation, change the number without a reload', async () => {
    const { page, context, errors, foreign } = await openPage(browser, { url: `${server.url}/?sku=${MILK.sku}` });
    await page.getByText('40 available').waitFor();
    await page.evaluate(() => document.body.setAttribute('data-mark', 'same page'));
    await server.sell(MILK.sku, 'S-1', 3);
    await page.getByText('37 available').waitFor();
    await server.reserve(MILK.sku, 'S-1', 34);
    await page.getByText('3 available').waitFor();
    await page.locator('product-page').getByText('Low stock', { exact: true }).first().waitFor();
    expect(await page.locator('body').getAttribute('data-mark')).toBe('same page');
    const availability = await page.locator('link[itemprop=availability]').getAttribute('href');
    expect(availability).toBe('https://schema.org/LimitedAvailability');
    expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
    await context.close();
  });

  test('weighed goods are shown in whole units with decimals', async () => {
    const { page, context } = await openPage(browser, { url: `${server.url}/?sku=${HAM.sku}` });
    await page.getByText('12.5 available').waitFor();
    expect(await page.getByText('12.5 available').count()).toBe(1);
    await context.close();
  });

  test('a chosen store brings the nearest pickup stores, nearest first', async () => {
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/?sku=${HAM.sku}` });
    await page.locator('product-page').getByRole('button', { name: 'Choose a store' }).click();
    await page.getByLabel('Name, place or ZIP').fill('dayton');
    await page.getByRole('button', { name: /Dayton/ }).click();
    await page.getByText('Pickup nearby').waitFor();
    const names = page.locator('onhand-stock .store-name');
    await names.nth(1).waitFor();
    expect(await names.allTextContents()).toEqual(['Marlow & Finch Dayton', 'Marlow & Finch Columbus']);
    expect(errors).toEqual([]);
    await context.close();
  });

  test('search finds an item by a word of its name, and an unknown sku says so', async () => {
    const { page, context, errors } = await openPage(browser, { url: server.url });
    await page.getByRole('searchbox', { name: 'Search' }).fill('rye');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Rye bread/ }).click();
    await page.getByText('No store has reported this item yet').waitFor();
    await page.goto(`${server.url}/?sku=nothing`);
    await page.locator('onhand-stock .band').getByText('Not stocked').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  test.each(WAYS)('the SDK follows the same number from Node by %s, and a change of it', async (way) => {
    const connection = new Connection({ url: liveUrl(server.url), ways: [way] }, realEnvironment());
    const heard: (number | undefined)[] = [];
    const stop = followStock(connection, [HAM.sku], {}, (_sku, state) => {
      if (state.phase === 'known') heard.push(state.entry.d.units);
    });
    connection.start();
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(1);
    await server.sell(HAM.sku, 'S-1', 0.25);
    await expect.poll(() => heard.at(-1), { timeout: 20_000 }).toBe((heard[0] ?? 0) - 250);
    expect(connection.link).toMatchObject({ state: 'live', way });
    stop();
    connection.close();
  });

  test('a restart is survived: the last number stays, then the right one comes', async () => {
    await server.count(MILK.sku, 'S-2', 100);
    const { page, context, foreign } = await openPage(browser, { url: `${server.url}/?sku=${MILK.sku}` });
    await page.getByText('103 available').waitFor();
    await server.stop();
    await page.getByText('Reconnecting · last known at').waitFor();
    expect(await page.getByText('103 available').isVisible()).toBe(true);
    await server.start();
    await server.sell(MILK.sku, 'S-2', 3);
    // Under load the server starts slowly and the page's waits grow meanwhile.
    await page.getByText('100 available').waitFor({ timeout: 60_000 });
    await page.locator('onhand-stock .note').getByText('Updated').waitFor();
    expect(await page.getByText('Reconnecting').count()).toBe(0);
    expect(foreign).toEqual([]);
    await context.close();
  }, 120_000);
});
