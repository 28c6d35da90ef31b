import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MILK } from './reference.ts';
import { ShopServer } from './shop-server.ts';

const EXAMPLE = '/examples/fulfilment-stream.mjs';
const folder = mkdtempSync(join(tmpdir(), 'onhand-example-'));
let server: ShopServer;

beforeAll(async () => {
  server = new ShopServer();
  await server.start();
});
afterAll(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('the example of a log runs in Node from two files of the server, and is on the page of examples', async () => {
  expect(await (await fetch(new URL('/examples', server.url))).text()).toContain(`href="${EXAMPLE}"`);
  for (const path of [EXAMPLE, '/onhand-sdk.js']) {
    writeFileSync(join(folder, basename(path)), await (await fetch(new URL(path, server.url))).text());
  }
  await server.call('PUT', '/v1/reference/outfeeds/shop', { id: 'shop', nodes: ['S-1'] });
  const env = { PATH: process.env['PATH'], ONHAND_URL: server.url, ONHAND_KEY: await server.keyOf('fc', ['outfeeds']) };
  await server.count(MILK.sku, 'S-1', 40);
  const child = spawn(process.execPath, [basename(EXAMPLE), 'feed:shop'], { cwd: folder, env });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  expect(line).toBe(`1 snapshot ${MILK.sku} S-1 40`);
  child.kill('SIGINT');
  expect((await once(child, 'exit'))[0]).toBe(0);
});
