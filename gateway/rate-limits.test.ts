import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let till = '';
beforeAll(async () => {
  server = await startTestServer({
    REQUESTS_PER_MIN_ADDRESS: '5',
    REQUESTS_PER_MIN_KEY: '20',
    SOURCE_EVENTS_PER_SEC: '1',
  });
  till = await server.keyWith('feeds');
});
afterAll(() => server.stop());

const feed = (rows: readonly object[]) =>
  server.call('/v1/feeds/pos', { method: 'POST', key: till, body: rows.map((row) => JSON.stringify(row)).join('\n') });

const slow = { status: 429, body: { code: 'rate-limited', retryAfterMs: expect.any(Number) } };

test('a batch is taken whole and counted by its events; a source that is ahead waits with its next body', async () => {
  expect((await feed([onHand('R-1', 1)])).body).toMatchObject({ recorded: 1 });
  const batch = Array.from({ length: 60 }, (_, index) => onHand(`B-${index}`, 1));
  expect((await feed(batch)).body).toMatchObject({ recorded: 60 });
  const refused = await feed([onHand('R-1', 2)]);
  expect(refused).toMatchObject(slow);
  // 61 events, 10 at once: the debt of 51 is waited off at one a second.
  expect(refused.body['retryAfterMs']).toBeGreaterThan(40_000);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(40);
});

test('an address without a key, and each key by itself, has so many requests a minute; probes are not counted', async () => {
  for (let index = 0; index < 5; index++) expect((await server.call('/v1/nodes')).status).toBe(200);
  expect(await server.call('/v1/nodes')).toMatchObject(slow);
  expect(await server.call('/v1/no-such-route')).toMatchObject(slow);
  for (let index = 0; index < 10; index++) expect((await server.call('/health/live')).status).toBe(200);
  const ops = await server.keyWith('ops');
  for (let index = 0; index < 20; index++) expect((await server.call('/v1/nodes', { key: ops })).status).toBe(200);
  expect(await server.call('/v1/nodes', { key: ops })).toMatchObject(slow);
  const body = 'x'.repeat(100_000);
  expect(await server.call('/v1/reservations', { method: 'POST', key: ops, body })).toMatchObject({ status: 403 });
  expect((await server.call('/v1/nodes', { key: ADMIN_KEY })).status).toBe(200);
  const metrics = await server.call('/metrics', { key: ADMIN_KEY });
  const hits = (limit: string) => new RegExp(`onhand_limit_hits_total\\{limit="${limit}"\\} [1-9]`);
  for (const limit of ['address-requests', 'key-requests', 'source-events']) {
    expect(metrics.body['text']).toMatch(hits(limit));
  }
});
