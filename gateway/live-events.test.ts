import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeId } from '../engine/contract/ids.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';
import { openStream, type TestStream } from './test-stream.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    ALLOWED_ORIGINS: 'https://shop.example',
    SOCKETS_PER_ADDRESS: '3',
    KEYS_MAX: '3',
    HEARTBEAT_MS: '1000',
  });
});
afterAll(() => server.stop());

const events = (query: string, headers?: Readonly<Record<string, string>>) =>
  openStream(`${server.url}/v1/live/events?${query}`, headers);

/** Closes and waits until the server has counted it out. */
async function leave(stream: TestStream): Promise<void> {
  stream.close();
  while ((await sockets()) > 0) await new Promise((done) => setImmediate(done));
}

async function sockets(): Promise<number> {
  const { body } = await server.call('/v1/stats', { key: ADMIN_KEY });
  return (body['server'] as { sockets: number }).sockets;
}

test('[SS1] a page behind a proxy sees a feed without asking again, in the messages of the websocket', async () => {
  await server.feed([onHand('A', 9)]);
  const page = await events('ch=stock&key=A&key=nobody-has-it&key=A&conflateMs=100');
  expect(page.status).toBe(200);
  expect(page.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-content-type-options': 'nosniff',
  });
  expect(await page.next('welcome')).toMatchObject({ v: 1, limits: { keys: 3 } });
  expect(await page.next('subscribed')).toMatchObject({
    id: 0,
    ch: 'stock',
    conflateMs: 100,
    unknown: ['nobody-has-it'],
    snap: [{ k: 'A', e: expect.stringMatching(`^${server.engine.epoch}-.{8}$`), d: { units: 9 } }],
  });
  await server.feed([onHand('A', 2)]);
  expect(await page.next('update')).toMatchObject({ ch: 'stock', k: 'A', d: { band: 'low-stock', units: 2 } });
  await leave(page);
});

test('[SS2] whatever a state holds, the token stands before its event', async () => {
  const node = server.engine.reference.nodes.get('S-2' as NodeId)!;
  await server.engine.apply({ of: 'nodes', rows: [{ ...node, name: 'Big data: store' }] });
  await server.feed([onHand('N', 9, Date.now(), 'S-2')]);
  const page = await events('key=N&lat=42&lon=-93&km=1');
  expect(await page.next('subscribed')).toMatchObject({ snap: [{ d: { pickup: [{ name: 'Big data: store' }] } }] });
  expect(page.lastEventId()).not.toBe('');
  await leave(page);
});

test('[SS2] [ST5] a reconnect goes on where the last event was: what is current comes as unchanged, the rest as state', async () => {
  await server.feed([onHand('B', 9), onHand('C', 9)]);
  const query = 'key=B&key=C&key=never';
  const first = await events(query);
  await first.next('subscribed');
  const before = first.lastEventId();
  await server.feed([onHand('B', 8)]);
  await first.next('update');
  const after = first.lastEventId();
  await leave(first);

  const resumed = await events(query, { 'last-event-id': after });
  expect(await resumed.next('subscribed')).toMatchObject({ snap: [], unchanged: ['B', 'C'], unknown: ['never'] });
  await server.feed([onHand('C', 7)]);
  await resumed.next('update');
  const newest = resumed.lastEventId();
  await leave(resumed);

  const older = await events(`${query}&since=${encodeURIComponent(before)}`);
  expect(await older.next('subscribed')).toMatchObject({ snap: [{ k: 'B' }, { k: 'C' }] });
  await leave(older);
  const again = await events(query, { 'last-event-id': newest });
  expect(await again.next('subscribed')).toMatchObject({ unchanged: ['B', 'C'] });
  await leave(again);
});

test('[SS2] a token of another question, or none at all, resumes nothing', async () => {
  await server.feed([onHand('D', 9)]);
  const first = await events('key=D');
  await first.next('subscribed');
  const token = first.lastEventId();
  await leave(first);
  for (const [query, given] of [
    ['key=D&lat=41&lon=-93', token],
    ['key=D', 'x'.repeat(5_000)],
    ['key=D', `${token}~x`],
    ['key=D', token.replace(/~[a-z0-9]+~/, '~zzzzzzzzzzzz~')],
  ] as const) {
    const stream = await events(query, { 'last-event-id': given });
    const subscribed = await stream.next('subscribed');
    expect(subscribed['unchanged']).toBeUndefined();
    expect(subscribed).toMatchObject({ snap: [{ k: 'D' }] });
    await leave(stream);
  }
});

test.each([
  ['key=A&key=B&key=C&key=D', 422, 'too-many-keys'],
  ['key=A&conflateMs=0', 422, 'conflate-out-of-bounds'],
  ['key=A&lat=41', 422, 'malformed-command'],
  ['key=A&sale=nowhere', 404, 'unknown-channel'],
  ['ch=ops&key=now', 403, 'forbidden'],
  ['ch=feed:wms&key=A&mode=log&consumer=any', 422, 'malformed-command'],
  ['ch=stock', 422, 'invalid-request'],
])('[SS4] %s is answered %i %s and no stream', async (query, status, code) => {
  const answer = await events(query);
  expect(answer.status).toBe(status);
  expect(await answer.body()).toEqual({ code, message: expect.any(String), ...(code[0] === 'i' && { field: 'key' }) });
});

test('[SS4] [WS2] nothing of the address becomes a field of the command but what the stream has', async () => {
  await server.feed([onHand('A', 9)]);
  const page = await events('key=A&type=unsubscribe&id=7&keys=B&mode=log');
  expect(await page.next('subscribed')).toMatchObject({ id: 0, ch: 'stock', snap: [{ k: 'A' }] });
  await leave(page);
});

test('[SS4] who sends a key watches what the key may', async () => {
  const tower = await events('ch=ops&key=now', { authorization: `Bearer ${ADMIN_KEY}` });
  expect(await tower.next('welcome')).toMatchObject({ limits: { keys: 5_000 } });
  expect(await tower.next('subscribed')).toMatchObject({ ch: 'ops', snap: [{ k: 'now', d: { sockets: 1 } }] });
  expect(await tower.next('update')).toMatchObject({ ch: 'ops', k: 'now' });
  await leave(tower);
  const unknown = await events('ch=ops&key=now', { authorization: 'Bearer nobody' });
  expect(unknown.status).toBe(401);
});

test('[SS4] pages of other sites are let in by the same list as on the websocket', async () => {
  const shop = await events('key=A', { origin: 'https://shop.example' });
  expect(shop.status).toBe(200);
  expect(shop.headers['access-control-allow-origin']).toBe('https://shop.example');
  await leave(shop);
  const other = await events('key=A', { origin: 'https://evil.example' });
  expect(other.status).toBe(403);
  expect(await other.body()).toMatchObject({ code: 'origin-not-allowed' });
});

test('[SS4] [LM5] a stream counts as a socket, and leaves room when it goes', async () => {
  const streams = await Promise.all(['A', 'A', 'A'].map((key) => events(`key=${key}`)));
  expect(await sockets()).toBe(3);
  const fourth = await events('key=A');
  expect([fourth.status, await fourth.body()]).toMatchObject([429, { code: 'too-many-sockets', retryAfterMs: 30_000 }]);
  for (const stream of streams) stream.close();
  await Promise.all(streams.map(leave));
});

test('[SS3] when nothing happens a comment keeps the stream alive', async () => {
  const page = await events('key=A');
  await page.next('subscribed');
  while (page.comments() === 0) await new Promise((done) => page.response.once('data', done));
  expect(page.comments()).toBe(1);
  await leave(page);
});

test('[SS4] [WS11] a deleted key ends its streams with the reason', async () => {
  const key = await server.keyWith('ops');
  const tower = await events('ch=ops&key=now', { authorization: `Bearer ${key}` });
  await tower.next('subscribed');
  await server.call('/v1/keys/key-1', { method: 'DELETE', key: ADMIN_KEY });
  expect(await tower.next('error')).toMatchObject({ code: 'unauthorized', temporary: false });
  await tower.closed;
});

test('[SS4] [LM7] who does not read is closed, and its memory goes', async () => {
  const own = await startTestServer({ UNSENT_CLOSE_BYTES: '65536', SLOW_READER_MS: '1500', CONFLATE_MS_MIN: '10' });
  const key = { authorization: `Bearer ${ADMIN_KEY}` };
  const keys = Array.from({ length: 300 }, (_, index) => `SLOW-${index}`);
  const feed = (units: number) => own.feed(keys.map((sku) => onHand(sku, units, Date.now())));
  await feed(1);
  const query = keys.map((one) => `key=${one}`).join('&');
  const deaf = await openStream(`${own.url}/v1/live/events?${query}&conflateMs=0`, key);
  await deaf.next('subscribed');
  deaf.response.pause();
  const statsOf = async () =>
    (await own.call('/v1/stats', { key: ADMIN_KEY })).body['server'] as {
      sockets: number;
      closed: Record<string, number>;
    };
  for (let round = 2; (await statsOf()).sockets > 0; round++) {
    expect(round).toBeLessThan(2_000);
    await feed(round);
  }
  expect((await statsOf()).closed).toEqual({ 4001: 1 });
  deaf.close();
  await own.stop();
});

test('[WS13] a stopping server tells the stream its moment, then ends it', async () => {
  const own = await startTestServer({ ACCEPTS_PER_SEC: '1' }, () => 1);
  await own.feed([onHand('A', 1)]);
  const page = await openStream(`${own.url}/v1/live/events?key=A`);
  await page.next('subscribed');
  const stopping = own.stop();
  const late = await openStream(`${own.url}/v1/live/events?key=A`);
  expect([late.status, await late.body()]).toMatchObject([503, { code: 'draining' }]);
  expect(await page.next('drain')).toMatchObject({ reconnectInMs: 1000, reason: 'restart' });
  await page.closed;
  await stopping;
});
