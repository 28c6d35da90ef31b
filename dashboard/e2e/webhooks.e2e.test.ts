import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, signIn } from './browser.ts';
import { ADMIN_KEY, ShopServer } from './shop-server.ts';

const server = new ShopServer({ WEBHOOK_TARGETS: 'any' });
let browser: Browser;
let status = 500;
let got = 0;
const hook = createServer((request, response) => {
  got++;
  request.resume();
  response.writeHead(status).end('not today');
});

beforeAll(async () => {
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  await server.start();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server.remove();
  hook.close();
});

test.each([
  { look: 'light, desk', dark: false, phone: false },
  { look: 'dark, phone', dark: true, phone: true },
])('$look: an operator sees how endpoints do, tries, pauses, reads the log and replays from it', async (look) => {
  status = 500;
  const { port } = hook.address() as AddressInfo;
  const types = ['dev.onhand.stock.low'];
  const made = await server.call('POST', '/v1/webhook-endpoints', {
    url: `http://127.0.0.1:${port}/${look.look.length}`,
    types,
  });
  const { id } = (await made.json()) as { id: string };
  const { page, context, errors, foreign } = await openPage(browser, { url: `${server.url}/tower`, ...look });
  await signIn(page, ADMIN_KEY);
  await page.getByRole('button', { name: 'Webhooks' }).click();
  const dialog = page.locator('webhook-dialog');
  await dialog.getByText('stock.low').first().waitFor();
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByText('Not delivered: 500').waitFor();
  await dialog.getByRole('button', { name: `127.0.0.1:${port}` }).click();
  await dialog.getByRole('button', { name: 'Replay', exact: true }).waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id: rule, nodes }) => `${rule}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`),
  ).toEqual([]);
  status = 204;
  const before = got;
  await dialog.getByRole('button', { name: 'Replay', exact: true }).press('Enter');
  await dialog.getByText('It is sent again.').waitFor();
  await dialog.locator('webhook-log .mark.good').waitFor();
  expect(got).toBe(before + 1);
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await dialog.getByText('Resumed').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
  await server.call('DELETE', `/v1/webhook-endpoints/${id}`, {});
  await context.close();
});

test('an operator without admin mends an endpoint and sees where it leads, not its path', async () => {
  const { port } = hook.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/a-path-that-is-secret`;
  const made = await server.call('POST', '/v1/webhook-endpoints', { url, types: ['dev.onhand.stock.low'] });
  const { id } = (await made.json()) as { id: string };
  const key = await server.keyOf('floor', ['ops']);
  const { page, context } = await openPage(browser, { url: `${server.url}/tower` });
  await signIn(page, key);
  await page.getByRole('button', { name: 'Webhooks' }).click();
  const dialog = page.locator('webhook-dialog');
  await dialog.getByRole('button', { name: `http://127.0.0.1:${port}/…` }).waitFor();
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await dialog.getByText('Resumed').waitFor();
  expect(await dialog.getByText('a-path-that-is-secret').count()).toBe(0);
  await server.call('DELETE', `/v1/webhook-endpoints/${id}`, {});
  await context.close();
});
