import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { MILK } from './reference.ts';
import { ShopServer } from './shop-server.ts';

// A site of somebody else's: another origin, which has the element by one script tag, as the README shows.

let page = '';
const site = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end(page);
});
let server: ShopServer;
let browser: Browser;
let origin = '';

beforeAll(async () => {
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  server = new ShopServer({ ALLOWED_ORIGINS: origin });
  await server.start();
  await server.count(MILK.sku, 'S-1', 40);
  page = `<!doctype html><title>A shop</title><link rel="icon" href="data:," />
    <script type="module" src="${server.url}/onhand.js"></script>
    <onhand-stock sku="${MILK.sku}" near="39.96,-83.00"></onhand-stock>`;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => site.close(resolve));
  await server?.remove();
});

/** Opens the other site under a name of its own. */
async function visit(url: string) {
  const context = await browser.newContext();
  const visited = await context.newPage();
  const errors: string[] = [];
  visited.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  visited.on('pageerror', (error) => errors.push(error.message));
  await visited.goto(url);
  return { visited, context, errors };
}

test('the element follows the stock of the server its script came from', async () => {
  const { visited, context, errors } = await visit(origin);
  await visited.getByText('40 available').waitFor();
  await visited.getByText('Marlow & Finch Columbus').waitFor();
  await server.sell(MILK.sku, 'S-1', 4);
  await visited.getByText('36 available').waitFor();
  expect(errors).toEqual([]);
  await context.close();
});

test('a site that is not in ALLOWED_ORIGINS has the element, which says that it has no connection', async () => {
  const { visited, context } = await visit(origin.replace('127.0.0.1', 'localhost'));
  await visited.getByText('No connection yet').waitFor();
  expect(await visited.getByText('available').count()).toBe(0);
  await context.close();
});
