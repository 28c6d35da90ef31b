import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket } from '../test-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  server.call(`/v1/states/${path}`, { key: ADMIN_KEY, headers });

async function watched(ch: string, key: string): Promise<Readonly<Record<string, unknown>>> {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  socket.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  await socket.next('connected');
  socket.say({ type: 'subscribe', id: 2, ch, keys: [key] });
  const { snap } = (await socket.next('subscribed')) as unknown as { snap: readonly [Record<string, unknown>] };
  socket.close();
  return snap[0];
}

test('[SS5] an alert is the same when it is asked for, and 304 for as long as it is', async () => {
  const { e, d } = await watched('alerts', 'dead-letters');
  const asked = await get('alerts/dead-letters');
  expect(asked.status).toBe(200);
  expect(asked.body).toEqual({ ch: 'alerts', k: 'dead-letters', e, r: asked.body['r'], d });
  const etag = asked.headers.get('etag')!;
  expect(etag).toBe(`"${String(e)}.${String(asked.body['r'])}"`);
  expect((await get('alerts/dead-letters', { 'if-none-match': etag })).status).toBe(304);
  const row = { kind: 'snapshot', id: 'x', at: Date.now(), sku: 'A', node: 'no-such-node', quantity: 1 };
  await server.feed([{ ...row, covers: 'count', carries: 'on-hand' }]);
  const moved = await get('alerts/dead-letters', { 'if-none-match': etag });
  expect(moved).toMatchObject({ status: 200, body: { d: { count: 1 } } });
});

test('[SS5] the figures of operators are asked for under the key that is watched, and no other', async () => {
  const { e } = await watched('ops', 'now');
  expect(await get('ops/now')).toMatchObject({ status: 200, body: { ch: 'ops', k: 'now', e } });
  expect(await get('ops/then')).toMatchObject({ status: 404, body: { code: 'unknown-state' } });
  expect(await get('stock/MILK-1')).toMatchObject({ status: 404, body: { code: 'unknown-state' } });
  expect(await get('order/nobodys')).toMatchObject({ status: 404, body: { code: 'unknown-state' } });
});
