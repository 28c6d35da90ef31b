import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const AT = Date.now() - 3_600_000;

const sale = (id: string, at: number) => ({
  kind: 'delta',
  id,
  at,
  sku: 'KIWI',
  node: 'S-1',
  quantity: -2,
  reason: 'sale',
});

test('[AV8] a number comes with what it is made of: the count, the sale after it, the holds', async () => {
  await server.feed([sale('before', AT - 1_000), onHand('KIWI', 10, AT), sale('after', AT + 1_000)]);
  const reserve = (key: string, place: object) =>
    server.call('/v1/reservations', {
      method: 'POST',
      key: ADMIN_KEY,
      json: { channel: 'web', lines: [{ sku: 'KIWI', units: 3, ...place }] },
      headers: { 'idempotency-key': key },
    });
  const [atNode, atGroup] = [await reserve('k1', { node: 'S-1' }), await reserve('k2', { group: 'all' })];
  const answer = await server.call('/v1/stock/KIWI/explain?channel=web&node=S-1', { key: ADMIN_KEY });
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toMatchObject({
    sku: 'KIWI',
    e: server.engine.epoch,
    nodes: [
      {
        node: 'S-1',
        onHand: {
          units: 8,
          base: { units: 10, movement: { kind: 'snapshot', source: 'pos' } },
          counted: -2,
          causes: [{ units: -2, movement: { id: 'after', kind: 'delta', reason: 'sale' } }],
          folded: 0,
        },
        reserved: { units: 3, holds: [{ id: atNode.body['id'], units: 3, node: 'S-1' }], more: 0 },
        safety: { units: 0, rule: 'node', since: { kind: 'reference', node: 'S-1' } },
        available: 5,
      },
    ],
    demand: [{ nodes: ['S-1', 'S-2'], units: 3, holds: [{ id: atGroup.body['id'], units: 3 }], more: 0 }],
    channels: [{ channel: 'web', tightest: { groups: [0], available: 5, demand: 3 }, headroom: 2, ats: 2 }],
  });
});

test.each([
  ['/v1/stock/NOBODY/explain', 404, 'unknown-sku', 'sku'],
  ['/v1/stock/KIWI/explain?channel=moon', 404, 'unknown-channel', 'channel'],
  ['/v1/stock/KIWI/explain?node=moon', 404, 'unknown-node', 'node'],
  ['/v1/stock/a%20b/explain', 422, 'malformed-id', 'sku'],
])('GET %s is answered %i %s', async (path, status, code, field) => {
  expect(await server.call(path, { key: ADMIN_KEY })).toMatchObject({ status, body: { code, field } });
});

test('[AV8] an item nobody has spoken of has nothing behind it', async () => {
  const answer = await server.call('/v1/stock/BREAD/explain', { key: ADMIN_KEY });
  expect(answer).toMatchObject({ status: 200, body: { nodes: [], demand: [] } });
});
