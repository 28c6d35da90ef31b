import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage, signIn } from './browser.ts';
import { BREAD, MILK } from './reference.ts';
import { ADMIN_KEY, ShopServer } from './shop-server.ts';

interface View {
  readonly name: string;
  readonly path: string;
  readonly arrive: (page: Page) => Promise<void>;
}

const SHOWN = { Why: 'to sell', Ledger: 'count 40', 'As it was': 'worked out again from the journal' } as const;

const VIEWS: readonly View[] = [
  { name: 'the range', path: '/', arrive: (page) => page.getByText('40 left').waitFor() },
  {
    name: 'a product with pickup stores and the developer box open',
    path: `/?sku=${MILK.sku}`,
    arrive: async (page) => {
      await page.getByRole('button', { name: 'Choose a store' }).first().click();
      await page.getByRole('button', { name: /Columbus/ }).click();
      await page.getByText('Pickup nearby').waitFor();
      await page.getByText('For developers').click();
      await page.getByText('Reserve one for 15 minutes').waitFor();
    },
  },
  { name: 'the sign-in', path: '/tower', arrive: (page) => page.getByLabel('API key').waitFor() },
  {
    name: 'the tower',
    path: '/tower',
    arrive: async (page) => {
      await signIn(page, ADMIN_KEY);
      await page.locator('letter-panel .link').first().waitFor();
      await page.locator('network-map .state').first().waitFor();
    },
  },
  {
    name: 'the tower with a split open',
    path: '/tower',
    arrive: async (page) => {
      await signIn(page, ADMIN_KEY);
      await page.getByLabel('Find an item').fill(MILK.sku);
      await page.keyboard.press('Enter');
      await page.locator('split-table tbody tr').first().waitFor();
    },
  },
  ...(['Why', 'Ledger', 'As it was'] as const).map((tab) => ({
    name: `the tower with ${tab} open`,
    path: '/tower',
    arrive: async (page: Page) => {
      await signIn(page, ADMIN_KEY);
      await page.getByLabel('Find an item').fill(MILK.sku);
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: tab }).click();
      await page.getByText(SHOWN[tab]).first().waitFor();
    },
  })),
];

// Colours do not depend on the width, nor the layout on the colours: two cases see all of both.
const CASES = VIEWS.flatMap((view) => [
  { ...view, look: 'light, desk', dark: false, phone: false },
  { ...view, look: 'dark, phone', dark: true, phone: true },
]);

describe('accessible, quiet and self-contained', () => {
  const server = new ShopServer();
  let browser: Browser;

  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    await server.count(MILK.sku, 'S-1', 40);
    await server.count(BREAD.sku, 'S-2', 3);
    await server.reserve(MILK.sku, 'S-1', 2);
    await server.sell(MILK.sku, 'S-1', -2);
    await server.call('POST', '/v1/feeds/tills', {
      kind: 'delta',
      id: 'x',
      at: Date.now(),
      sku: 'none',
      node: 'S-1',
      quantity: 1,
      reason: 'sale',
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  test.each(CASES)('$look: $name', async ({ path, arrive, dark, phone }) => {
    const { page, context, errors, foreign } = await openPage(browser, { url: server.url + path, dark, phone });
    await arrive(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`);
    expect({ found, errors, foreign }).toEqual({ found: [], errors: [], foreign: [] });
    // Nothing may stick out sideways.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });
});
