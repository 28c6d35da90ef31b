import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import type { Cap } from '../protocol/wire.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket } from '../test-socket.ts';
import { consume } from './test-log-client.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('MILK-1', 5)]);
});
afterAll(() => server.stop());

async function keyOf(name: string, about: object): Promise<string> {
  const json = { name, ...about };
  const made = await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json });
  return String(made.body['key']);
}

test('[LG15] a node reads what happens to its work live and in order, and begins anew with what is open', async () => {
  const key = await keyOf('s1', { scopes: ['work'], limits: { nodes: ['S-1'] } });
  const consumer = await consume(server, { ch: 'work:S-1', consumer: 'screen' }, key);
  const { id, node } = await workFor(server.engine, pickupOrder('1001', { 'MILK-1': 2 }));
  const [came] = await consumer.events(1);
  expect(came).toMatchObject({ ch: 'work:S-1', o: 1, d: { op: 'queued', work: { id, node: 'S-1', state: 'queued' } } });
  const act = (said: string, idempotencyKey: string) =>
    server.call(`/v1/nodes/S-1/work/${id}/acts`, {
      method: 'POST',
      key,
      json: { act: said },
      headers: { 'idempotency-key': idempotencyKey },
    });
  for (let times = 0; times < 2; times++) {
    expect(await act('accept', 'k1')).toMatchObject({ status: 200, body: { work: { state: 'accepted' } } });
  }
  await act('start', 'k2');
  const events = await consumer.events(2);
  expect(events.map(({ o, d }) => [o, (d as { op: string }).op])).toEqual([
    [2, 'accept'],
    [3, 'start'],
  ]);

  const snapshot = await server.call('/v1/log/work:S-1/snapshot', { key });
  const lines = String(snapshot.body['text']).trim().split('\n');
  expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([
    { ch: 'work:S-1', e: server.engine.epoch, o: 3 },
    { id, state: 'picking', version: 3 },
  ]);
  const page = await server.call('/v1/log/work:S-1/events?offset=2&limit=1', { key });
  expect(page.body).toMatchObject({ head: 3, next: 3, events: [{ o: 2, d: { op: 'accept' } }] });
  expect(await server.engine.work({ node, limit: 9 })).toMatchObject({ head: 3, works: [{ id }] });
  consumer.close();
});

test('[WS16] [LG15] connected names the logs of a key’s nodes, and with one word those of all nodes', async () => {
  const capsOf = async (token: string): Promise<readonly string[]> => {
    const socket = openSocket(server.url);
    await socket.next('welcome');
    socket.say({ type: 'connect', id: 1, token });
    const { caps } = (await socket.next('connected')) as unknown as { readonly caps: readonly Cap[] };
    socket.close();
    return caps.map(({ ch }) => ch).filter((ch) => ch.startsWith('work:'));
  };
  const [scopes, nodes] = [['work'], ['S-2', 'S-9']];
  expect(await capsOf(ADMIN_KEY)).toEqual(['work:*']);
  expect(await capsOf(await keyOf('two', { scopes, limits: { nodes } }))).toEqual(['work:S-2']);
  expect(await capsOf(await keyOf('web', { scopes, limits: { nodes, channels: ['web'] } }))).toEqual([]);
  expect(await capsOf(await keyOf('feeds', { scopes: ['outfeeds'] }))).toEqual([]);
});

test('[LG16] logs are listed by pages, to whoever may read one kind of them', async () => {
  const key = await server.keyWith('work');
  const first = await server.call('/v1/log?limit=1', { key });
  expect(first.body).toMatchObject({ logs: [{ ch: 'work:S-1', head: 3 }], next: 'work:S-1' });
  const second = await server.call('/v1/log?limit=1&after=work:S-1', { key });
  expect(second.body).toEqual({ logs: [{ ch: 'work:S-2', e: server.engine.epoch, first: 1, head: 0, consumers: [] }] });
  expect(await server.call('/v1/log', { key: await server.keyWith('stock') })).toMatchObject({ status: 403 });
});
