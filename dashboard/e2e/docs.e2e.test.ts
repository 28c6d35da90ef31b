import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from './browser.ts';
import { ShopServer } from './shop-server.ts';

let server: ShopServer;
let browser: Browser;
beforeAll(async () => {
  server = new ShopServer();
  await server.start();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

test.each([
  { dark: false, phone: false },
  { dark: true, phone: true },
])('/docs loads nothing from elsewhere, fits the screen, and axe finds nothing: %o', async (look) => {
  const { page, context, errors, foreign } = await openPage(browser, { url: `${server.url}/docs`, ...look });
  // One of each kind is open: axe takes its time over a page of this length.
  await page.locator('nav summary').first().click();
  await page.locator('article summary').first().click();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect([errors, foreign]).toEqual([[], []]);
  await context.close();
});

test('/docs is walked by keyboard, and its examples are copied with the own address', async () => {
  const { page, context } = await openPage(browser, { url: `${server.url}/docs` });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).hash).toBe('#content');
  const copy = page.getByRole('button', { name: 'Copy: What a product page shows, in the shell' });
  await copy.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`curl -s ${server.url}/v1/stock/MILK-1`);
  await context.close();
});

test('/docs is whole without scripts, but for the buttons', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/docs#WS1`);
  await page.locator('#WS1').waitFor();
  expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0);
  await context.close();
});
