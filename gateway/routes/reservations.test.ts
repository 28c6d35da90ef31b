import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../caller.ts';
import { onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let shop = '';
let made = 0;
beforeAll(async () => {
  server = await startTestServer();
  shop = await server.keyWith('reservations');
  await server.feed([onHand('R-1', 50)]);
});
afterAll(() => server.stop());

/** Path of a new reservation of the shop's. */
async function held(): Promise<string> {
  const answer = await server.call('/v1/reservations', {
    method: 'POST',
    key: shop,
    headers: { 'idempotency-key': `cart-${++made}` },
    json: { channel: 'web', lines: [{ sku: 'R-1', units: 2, group: 'all' }] },
  });
  expect(answer.status).toBe(201);
  return `/v1/reservations/${String(answer.body['id'])}`;
}

test.each<[Scope[]]>([[['admin']], [['ops', 'reservations']]])(
  '%j releases what another client holds',
  async (scopes) => {
    const operator = await server.keyWith(...scopes);
    const path = await held();
    expect((await server.call('/v1/stock/R-1')).body).toMatchObject({ d: { units: 48 } });
    const released = await server.call(path, { key: operator, method: 'DELETE' });
    expect(released).toMatchObject({ status: 200, body: { client: 'key-1', state: 'released' } });
    expect((await server.call('/v1/stock/R-1')).body).toMatchObject({ d: { units: 50 } });
    expect((await server.call(path, { key: shop })).body).toEqual(released.body);
  },
);

test.each<[Scope[], number]>([
  [['reservations'], 404],
  [['ops'], 403],
  [['ops', 'stock', 'feeds', 'letters'], 403],
])('%j may not: %d, and the units stay held', async (scopes, status) => {
  const other = await server.keyWith(...scopes);
  const path = await held();
  expect((await server.call(path, { key: other, method: 'DELETE' })).status).toBe(status);
  expect((await server.call(path, { key: shop })).body).toMatchObject({ state: 'held' });
  expect((await server.call(path, { key: shop, method: 'DELETE' })).body).toMatchObject({ state: 'released' });
});

test('an operator is told of a reservation nobody has', async () => {
  const operator = await server.keyWith('admin');
  for (const id of ['r0-zzz', 'nonsense']) {
    const answer = await server.call(`/v1/reservations/${id}`, { key: operator, method: 'DELETE' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'unknown-reservation' } });
  }
});

test('[RS3] a client reads its own holds page by page, and a page that nobody gave is refused', async () => {
  const paths = [await held(), await held(), await held()];
  const first = await server.call('/v1/reservations?limit=2', { key: shop });
  const [newest, second] = first.body['reservations'] as { id: string; createdAt: number }[];
  expect([newest?.id, second?.id].map((id) => `/v1/reservations/${id}`)).toEqual([paths[2], paths[1]]);
  expect(first.body['next']).toBe(`${second?.createdAt}.${second?.id}`);
  const rest = await server.call(`/v1/reservations?limit=1&after=${String(first.body['next'])}`, { key: shop });
  expect(rest.body['reservations']).toMatchObject([{ id: paths[0]?.split('/').at(-1) }]);
  const wrong = await server.call('/v1/reservations?after=last', { key: shop });
  expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid-request', field: 'after' } });
  for (const path of paths) await server.call(path, { key: shop, method: 'DELETE' });
});
