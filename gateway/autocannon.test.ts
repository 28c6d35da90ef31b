import autocannon from 'autocannon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

// autocannon, the load generator of others, finds every answer in order. How fast it is on a busy machine says nothing:
// for figures see loadtest/README.md.

const REQUESTS = 1_000;
const AMOUNT = { connections: 10, amount: REQUESTS };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('MILK-1', 50_000)]);
});
afterAll(() => server.stop());

const ALL_WELL = { '2xx': REQUESTS, non2xx: 0, errors: 0, timeouts: 0 };

test('autocannon reads stock without an error', async () => {
  expect(await autocannon({ url: `${server.url}/v1/stock/MILK-1`, ...AMOUNT })).toMatchObject(ALL_WELL);
});

test('autocannon reserves without an error, and every unit is held once', async () => {
  const body = JSON.stringify({ channel: 'web', lines: [{ sku: 'MILK-1', units: 1, group: 'all' }] });
  const headers = {
    authorization: `Bearer ${ADMIN_KEY}`,
    'content-type': 'application/json',
    'idempotency-key': '[<id>]',
  };
  const about = { method: 'POST', idReplacement: true, body, headers } as const;
  expect(await autocannon({ url: `${server.url}/v1/reservations`, ...AMOUNT, ...about })).toMatchObject(ALL_WELL);
  const { body: stock } = await server.call('/v1/stock/MILK-1');
  expect(stock).toMatchObject({ d: { units: 50_000 - REQUESTS } });
});
