import { afterAll, beforeAll, expect, test } from 'vitest';
import { onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test('staff see what a feed took away from promises, page by page', async () => {
  const staff = await server.keyWith('stock');
  const shop = await server.keyWith('reservations');
  for (const sku of ['SF-1', 'SF-2', 'SF-3']) {
    await server.feed([onHand(sku, 5)]);
    const held = await server.call('/v1/reservations', {
      method: 'POST',
      key: shop,
      headers: { 'idempotency-key': sku },
      json: { channel: 'web', lines: [{ sku, units: 5, node: 'S-1' }] },
    });
    expect(held.status).toBe(201);
    await server.feed([onHand(sku, 2)]);
  }
  const first = await server.call('/v1/shortfalls?node=S-1&limit=2', { key: staff });
  expect(first).toMatchObject({
    status: 200,
    body: { shortfalls: [{ sku: 'SF-1', units: 3, node: 'S-1' }, { sku: 'SF-2' }] },
  });
  expect(first.body['shortfalls']).toMatchObject([{ by: { fact: 'StockRecorded', source: 'pos' } }, {}]);
  const rest = await server.call(`/v1/shortfalls?after=${encodeURIComponent(String(first.body['next']))}`, {
    key: staff,
  });
  expect(rest.body).toMatchObject({ shortfalls: [{ sku: 'SF-3' }] });
  expect(rest.body).not.toHaveProperty('next');
  expect((await server.call('/v1/shortfalls?node=S-2', { key: staff })).body).toEqual({ shortfalls: [] });
  const unknown = await server.call('/v1/shortfalls?node=S-99', { key: staff });
  expect(unknown).toMatchObject({ status: 404, body: { code: 'unknown-node', field: 'node' } });
});

test('nobody else sees them, and a bad page is refused by name', async () => {
  const staff = await server.keyWith('stock');
  expect((await server.call('/v1/shortfalls')).status).toBe(401);
  expect((await server.call('/v1/shortfalls', { key: await server.keyWith('feeds') })).status).toBe(403);
  for (const query of ['after=nonsense', 'limit=0', 'limit=1001', 'node=a%20b']) {
    expect((await server.call(`/v1/shortfalls?${query}`, { key: staff })).status).toBeGreaterThanOrEqual(400);
  }
});
