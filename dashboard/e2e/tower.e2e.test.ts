import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage, signIn } from './browser.ts';
import { BREAD, HAM, MILK } from './reference.ts';
import { ADMIN_KEY, ShopServer } from './shop-server.ts';

describe('the control tower', () => {
  const server = new ShopServer();
  let browser: Browser;

  beforeAll(async () => {
    await server.start();
    browser = await openBrowser();
    await server.count(MILK.sku, 'S-1', 40);
  });
  afterAll(async () => {
    await browser?.close();
    await server.remove();
  });

  test('a wrong key is refused in words, the right one opens live figures, sign out forgets it', async () => {
    const { page, context, foreign } = await openPage(browser, { url: `${server.url}/tower` });
    await page.getByLabel('API key').fill('wrong-key-0123456789abcdefgh');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This key is not valid').waitFor();
    // The wrong key is marked, so that the next one replaces it, without a mouse.
    await page.waitForFunction(() => document.activeElement !== document.body);
    await page.keyboard.type(ADMIN_KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Network' }).waitFor();
    await page.locator('source-panel').getByText('Store tills').waitFor();
    await page.locator('network-panel').getByText('Akron distribution center').waitFor();
    const figures = page.locator('key-figures .tile');
    expect(await figures.filter({ hasText: 'Open sockets' }).locator('.value').textContent()).toBe('1');
    await page.reload();
    await page.locator('source-panel').getByText('Store tills').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(foreign).toEqual([]);
    await context.close();
  });

  test('search opens a sku with its split, which follows a sale', async () => {
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    await page.getByLabel('Find an item').fill('milk');
    await page
      .locator('sku-search')
      .getByRole('button', { name: /WHOLE MILK/ })
      .click();
    const row = page.locator('split-table tbody tr').filter({ hasText: 'Columbus' });
    await row.locator('.available').getByText('40').waitFor();
    await server.sell(MILK.sku, 'S-1', 4);
    await row.locator('.available').getByText('36').waitFor();
    await page.locator('sku-drawer .channel').getByText('36').waitFor();
    await page.keyboard.press('Escape');
    await row.waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
    await context.close();
  });

  test('[AV7] the invariant watch says that every sum adds up', async () => {
    const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    const tile = page.locator('key-figures .tile').filter({ hasText: 'Sums that do not add up' });
    await tile.getByText(/checked/).waitFor();
    expect(await tile.locator('.value').textContent()).toBe('0');
    await context.close();
  });

  test("another client's reservation is released by two presses, and its row stays put meanwhile", async () => {
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    const id = await server.reserve(MILK.sku, 'S-1', 2, await server.keyOf('cart', ['reservations']));
    const panel = page.locator('hold-panel');
    await panel.getByRole('button', { name: `Release ${id}` }).click();
    const later = await server.reserve(MILK.sku, 'S-1', 1);
    await panel.getByText('2 held').waitFor();
    // Pointed at, the list does not move: the newest waits.
    expect(await panel.locator('tbody tr').count()).toBe(1);
    await panel.getByRole('button', { name: `Sure? ${id}` }).click();
    await panel.getByText('ended').waitFor();
    await page.getByRole('heading', { name: 'Control tower' }).hover();
    await panel.getByRole('button', { name: `Release ${later}` }).press('Enter');
    await panel.getByRole('button', { name: `Sure? ${later}` }).press('Enter');
    await panel.getByText('No units are held').waitFor();
    const state = (await (
      await fetch(`${server.url}/v1/reservations/${id}`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      })
    ).json()) as { state: string };
    expect(state.state).toBe('released');
    expect(errors).toEqual([]);
    await context.close();
  });

  test('who was never heard comes last, and the page is no longer than the screen', async () => {
    const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    const panel = page.locator('source-panel');
    await panel.getByText('1 fresh · 41 never heard').waitFor();
    expect(await panel.locator('tbody tr').first().textContent()).toContain('Store tills');
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
    await context.close();
  });

  test('weighed goods are listed in their own decimals', async () => {
    const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    await server.count(HAM.sku, 'S-1', 12.5);
    const row = page.locator('mover-panel[kind=movers] tbody tr').filter({ hasText: 'HONEY HAM' });
    await row.getByText('12.5', { exact: false }).waitFor();
    expect(await row.locator('.mark').textContent()).toBe('12.5, In stock');
    await context.close();
  });

  test('without a mouse: one Tab reaches the nodes, arrows walk them, the next Tab leaves', async () => {
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    const nodes = page.locator('network-panel li button');
    await nodes.nth(2).waitFor();
    await nodes.first().focus();
    await page.keyboard.press('End');
    const last = (await nodes.last().locator('span').first().textContent()) ?? '';
    await page.locator('network-panel .detail').getByText(last).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName)).not.toBe(
      'NETWORK-PANEL',
    );
    expect(errors).toEqual([]);
    await context.close();
  });

  test('[FD9] a dead letter is corrected and sent again, another is discarded', async () => {
    const sale = {
      kind: 'delta',
      id: 'typo-1',
      at: Date.now(),
      sku: MILK.sku,
      node: 'S-9',
      quantity: -1,
      reason: 'sale',
    };
    await server.call('POST', '/v1/feeds/tills', sale);
    await server.call('POST', '/v1/feeds/tills', { ...sale, id: 'typo-2', node: 'S-8' });
    const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    const letters = page.locator('letter-panel .link');
    await letters.nth(1).click();
    const text = page.getByLabel('Original text');
    await text.fill((await text.inputValue()).replace(/S-[89]/, 'S-1'));
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.locator('letter-panel').getByText('1 open').waitFor();
    await letters.first().click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Yes, discard for good' }).click();
    await page.getByText('Everything that arrived was understood').waitFor();
    expect(await letters.count()).toBe(0);
    await context.close();
  });

  test('[FD12] what waits at the brakes is approved, and counts', async () => {
    const row = { kind: 'snapshot', id: 'huge-1', at: Date.now(), sku: HAM.sku, node: 'S-1', quantity: 90_000 };
    const count = { ...row, covers: 'count', carries: 'on-hand' };
    const answer = await server.call('POST', '/v1/feeds/tills', count);
    expect(await answer.json()).toMatchObject({ refused: [{ code: 'waits-for-approval' }] });
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    await page.locator('letter-panel .link').filter({ hasText: 'waits-for-approval' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Everything that arrived was understood').waitFor();
    await page
      .locator('mover-panel[kind=movers] tbody tr')
      .filter({ hasText: 'HONEY HAM' })
      .getByText('90,000')
      .waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  test('[FD5] a number that never arrived stands beside its source, until it comes', async () => {
    const sale = { kind: 'delta', sku: MILK.sku, node: 'S-1', quantity: -1, reason: 'sale', stream: 'lane-1' };
    const numbered = (seq: number) => ({ ...sale, id: `numbered-${seq}`, at: Date.now(), seq });
    await server.feed('tills', numbered(1));
    await server.feed('tills', numbered(3));
    const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    const source = page.locator('source-panel tbody tr').filter({ hasText: 'Store tills' });
    await source.getByText('1 event missing').waitFor();
    await server.feed('tills', numbered(2));
    await source.getByText('1 event missing').waitFor({ state: 'detached' });
    expect(await source.textContent()).not.toContain('missing');
    await context.close();
  });

  test('[AV8] why, ledger and as it was: the events behind a number, as a file, and the number before the sale', async () => {
    const { page, context, errors } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    await server.count(BREAD.sku, 'S-1', 30);
    await server.reserve(BREAD.sku, 'S-1', 5);
    await page.getByLabel('Find an item').fill(BREAD.sku);
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Why' }).click();
    const columbus = page.locator('node-evidence').filter({ hasText: 'Columbus' });
    await columbus.getByText('30 on hand − 5 reserved').click();
    await columbus.getByText('count 30').waitFor();
    await columbus.getByText('by admin').waitFor();
    // It follows: the sale appears among the evidence without a reload.
    await server.sell(BREAD.sku, 'S-1', 4);
    await columbus.getByText('26 on hand − 5 reserved').waitFor();
    await columbus.getByText('sale −4').waitFor();

    await page.getByRole('tab', { name: 'Ledger' }).click();
    const rows = page.locator('ledger-view tbody tr');
    await rows.filter({ hasText: 'sale −4' }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`ledger-${BREAD.sku}.csv`);
    await page.getByLabel('What').selectOption('hold');
    await rows.filter({ hasText: 'hold 5' }).getByRole('button').click();
    const past = page.locator('past-view');
    await past.locator('split-table tbody tr').filter({ hasText: 'Columbus' }).getByText('30').waitFor();
    await past.getByText('facts replayed').waitFor();
    await past.getByLabel('Moment').fill('2031-01-01T00:00:00');
    await past.getByRole('button', { name: 'Show' }).click();
    await past.getByText('this moment has not come').waitFor();
    expect(errors.filter((line) => !line.includes('409'))).toEqual([]);
    await context.close();
  });

  test('a restart is survived: the banner says since when the figures stand, then they live again', async () => {
    const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
    await signIn(page, ADMIN_KEY);
    await page.locator('source-panel').getByText('Store tills').waitFor();
    await server.stop();
    await page.getByText(/Connection lost at \d/).waitFor();
    expect(await page.locator('network-panel').getByText('Akron distribution center').isVisible()).toBe(true);
    expect(await page.locator('source-panel').getByText('Store tills').isVisible()).toBe(true);
    await server.start();
    await page.getByText(/Connection lost/).waitFor({ state: 'detached', timeout: 60_000 });
    await server.sell(MILK.sku, 'S-1', 1);
    await page.locator('mover-panel[kind=movers]').getByText('WHOLE MILK').waitFor();
    expect(await page.getByRole('heading', { name: 'Network' }).isVisible()).toBe(true);
    await context.close();
  }, 120_000);
});
