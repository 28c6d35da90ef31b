import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let shop = '';
beforeAll(async () => {
  server = await startTestServer({ FEED_BYTES_MAX: '65536' });
  shop = await server.keyWith('orders');
  await server.feed([onHand('MILK-1', 50)]);
});
afterAll(() => server.stop());

const order = (orderId: string, more: object = {}): object => ({
  orderId,
  placedAt: Date.now(),
  currency: 'USD',
  shipTo: { postcode: '50309', region: 'IA', country: 'US' },
  lines: [{ line: 'a', sku: 'MILK-1', units: 2, price: '1.50' }],
  ...more,
});
const post = (body: RequestInit['body'], query = 'channel=web', headers: Record<string, string> = {}) =>
  server.call(`/v1/orders?${query}`, { method: 'POST', key: shop, body, headers });
const outcomesOf = ({ body }: Awaited<ReturnType<typeof post>>) => body['outcomes'] as Record<string, any>[];

test('[OR1] one message, a list, NDJSON and gzip: each counts once', async () => {
  const one = await post(JSON.stringify(order('W-1')));
  expect(one).toMatchObject({ status: 200, body: { taken: 1, duplicates: 0, kept: 0, refused: 0 } });
  expect(outcomesOf(one)[0]).toMatchObject({ status: 'taken', orderId: 'W-1', number: 'W-1', place: 'row 1' });
  expect(outcomesOf(one)[0]?.['token']).toMatch(/^[0-9a-f]{32}$/);
  const list = [order('W-2'), { kind: 'cancel', orderId: 'W-3', at: Date.now() }];
  expect(outcomesOf(await post(JSON.stringify(list)))).toMatchObject([
    { status: 'taken', orderId: 'W-2' },
    { status: 'kept-for-later', orderId: 'W-3' },
  ]);
  const lines = gzipSync([order('W-4'), order('W-5')].map((row) => JSON.stringify(row)).join('\n'));
  const packed = { 'content-encoding': 'gzip' };
  expect((await post(lines, 'channel=web', packed)).body).toMatchObject({ taken: 2, duplicates: 0 });
  expect((await post(lines, 'channel=web', packed)).body).toMatchObject({ taken: 2, duplicates: 2 });
});

test('[FD9] a bad message costs none of the others, and counts when its letter is corrected', async () => {
  const mixed = await post(JSON.stringify([{ orderId: 'W-7' }, order('W-8'), order('W-9', { group: 'nowhere' })]));
  expect(mixed).toMatchObject({ status: 200, body: { taken: 1, refused: 2 } });
  expect(outcomesOf(mixed)).toMatchObject([
    { status: 'refused', place: 'row 1', code: 'malformed-field' },
    { status: 'taken', place: 'row 2' },
    { status: 'refused', place: 'row 3', code: 'unknown-group', field: 'group', orderId: 'W-9' },
  ]);
  const path = `/v1/dead-letters/${outcomesOf(mixed)[0]!['letter']}`;
  expect((await server.call(path, { key: ADMIN_KEY })).body).toMatchObject({ source: 'channel:web', state: 'open' });
  const body = JSON.stringify(order('W-7'));
  const replayed = await server.call(`${path}/replay`, { method: 'POST', key: ADMIN_KEY, body });
  expect(replayed).toMatchObject({ status: 200, body: { recorded: 1, refusedCount: 0 } });
  // In the name of who had sent it.
  expect(outcomesOf(await post(body))[0]).toMatchObject({ duplicate: true, token: expect.any(String) });
});

test('when every message is refused it is 422; when there was none, 200', async () => {
  expect(await post('{"orderId":7}')).toMatchObject({ status: 422, body: { refused: 1 } });
  expect(await post('nonsense', 'channel=web&format=shopify')).toMatchObject({ status: 422, body: { refused: 1 } });
  expect(await post('')).toMatchObject({ status: 200, body: { outcomes: [], taken: 0 } });
});

test('what the query must say, and what the body may be', async () => {
  for (const [query, status, field] of [
    ['format=json', 422, 'channel'],
    ['channel=web&format=xml', 422, 'format'],
    ['channel=web&colour=red', 422, undefined],
    ['channel=nowhere', 404, 'channel'],
    ['channel=web&warehouse=nowhere', 404, 'warehouse'],
  ] as const) {
    expect(await post('', query)).toMatchObject({ status, body: field === undefined ? {} : { field } });
  }
  expect(await post('x'.repeat(70_000))).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  expect(await post('x', 'channel=web', { 'content-encoding': 'br' })).toMatchObject({ status: 415 });
});

test('in the name of a source only who may feed it', async () => {
  expect(await post('', 'channel=web&source=pos')).toMatchObject({ status: 403, body: { code: 'scope-required' } });
  const both = await server.keyWith('orders', 'feeds');
  const taken = await server.call('/v1/orders?channel=web&source=pos', { method: 'POST', key: both, body: '' });
  expect(taken.status).toBe(200);
});

test('letters of orders are for who may see their channel', async () => {
  await post('{"orderId":"of-b2b"}', 'channel=b2b');
  const json = { name: 'web-letters', scopes: ['letters'], limits: { channels: ['web'] } };
  const { body } = await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json });
  const list = async (key: string) => {
    const page = await server.call('/v1/dead-letters?limit=100', { key });
    return (page.body['letters'] as { id: string; source: string }[]).map(({ id, source }) => ({ id, source }));
  };
  const [all, some] = [await list(ADMIN_KEY), await list(String(body['key']))];
  expect(some).toEqual(all.filter(({ source }) => source !== 'channel:b2b'));
  const theirs = all.find(({ source }) => source === 'channel:b2b')!;
  const one = await server.call(`/v1/dead-letters/${theirs.id}`, { key: String(body['key']) });
  expect(one).toMatchObject({ status: 403, body: { code: 'out-of-reach' } });
});

test('a source that is ahead of its rate waits, through whichever door it came', async () => {
  const slow = await startTestServer({ SOURCE_EVENTS_PER_SEC: '1' });
  const key = await slow.keyWith('orders', 'feeds');
  const rows = Array.from({ length: 30 }, (_, index) => order(`R-${index}`));
  const send = (query: string) => slow.call(`/v1/orders?${query}`, { method: 'POST', key, body: JSON.stringify(rows) });
  expect((await send('channel=web&source=pos')).status).toBe(200);
  expect(await send('channel=web&source=pos')).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
  expect((await slow.feed([onHand('R-1', 3)])).status).toBe(429);
  expect((await send('channel=web')).status).toBe(200);
  await slow.stop();
});
