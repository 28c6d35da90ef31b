import { afterAll, beforeAll, expect, test } from 'vitest';
import { consume, defineOutfeed } from '../log/test-log-client.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let at = Date.now();
beforeAll(async () => {
  server = await startTestServer({ LOG_ACKS_PER_SEC: '1' });
});
afterAll(() => server.stop());

const CH = 'feed:wms';
const ask = (path: string, method = 'GET') => server.call(path, { method, key: ADMIN_KEY });
const count = async (sku: string, ...units: number[]): Promise<unknown> =>
  server.feed(units.map((each) => onHand(sku, each, ++at)));

test('[LG8] staff see who reads a log and how far it lags, and forget who is gone', async () => {
  await defineOutfeed(server, 'wms', { skus: ['L-1'] });
  await count('L-1', 1, 2, 3);
  const consumer = await consume(server, { ch: CH });
  await consumer.events(3);
  consumer.say({ type: 'ack', id: 3, ch: CH, o: 2 });
  await consumer.next('acked');
  const { body } = await ask('/v1/log');
  const logs = (body['logs'] as { ch: string }[]).filter(({ ch }) => ch === CH);
  expect({ logs }).toMatchObject({
    logs: [
      {
        ch: CH,
        first: 1,
        head: 3,
        consumers: [{ consumer: 'erp', o: 2, lag: 1, parked: 0, connected: { client: 'admin', unacked: 1 } }],
      },
    ],
  });
  expect(await ask(`/v1/log/${CH}/consumers/erp`, 'DELETE')).toMatchObject({
    status: 409,
    body: { code: 'still-connected' },
  });
  consumer.close();
  await consumer.closed;
  expect((await ask(`/v1/log/${CH}/consumers/erp`, 'DELETE')).status).toBe(204);
  expect((await ask(`/v1/log/${CH}/consumers/erp`, 'DELETE')).status).toBe(404);
});

test('[LG2] events are read page by page over HTTP too', async () => {
  const first = await ask(`/v1/log/${CH}/events?limit=2`);
  expect(first.body).toMatchObject({ first: 1, head: 3, next: 3, events: [{ o: 1, d: { units: 1 } }, { o: 2 }] });
  const second = await ask(`/v1/log/${CH}/events?offset=3`);
  expect(second.body).toMatchObject({ events: [{ o: 3, d: { sku: 'L-1', units: 3 } }] });
  expect(second.body).not.toHaveProperty('next');
  expect(await ask('/v1/log/feed:none/events')).toMatchObject({ status: 404, body: { code: 'unknown-log' } });
});

test('[LG3] the snapshot says where the log ended, and each sku with what it rests on', async () => {
  const { body } = await ask(`/v1/log/${CH}/snapshot`);
  const [end, milk, ...rest] = String(body['text'])
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(end).toMatchObject({ ch: CH, o: 3 });
  expect(milk).toMatchObject({ sku: 'L-1', position: expect.stringMatching(/^\d+\.\d+$/), nodes: [{ onHand: 3 }] });
  expect(rest).toEqual([]);
});

/** `shard.number`. */
const isCovered = (position: string, by: string | undefined): boolean => {
  const [[shard, number], [ofShard, upTo]] = [position, by ?? '.'].map((text) => text.split('.')) as [
    string[],
    string[],
  ];
  return shard === ofShard && Number(number) <= Number(upTo);
};

test('[LG3] a snapshot and the events from any time before it on give the stock that there is', async () => {
  await defineOutfeed(server, 'rebuilt', { nodes: ['S-1'] });
  const skus = Array.from({ length: 8 }, (_, index) => `R-${index}`);
  const sold = (sku: string) => ({ ...onHand(sku, -1, ++at), kind: 'delta', reason: 'sale' });
  const trade = async (): Promise<void> => {
    // Each ends with a delta: counted twice it would show.
    for (const sku of skus) await server.feed([onHand(sku, 50, ++at), sold(sku), sold(sku)]);
  };
  await trade();
  const { body } = await ask('/v1/log/feed:rebuilt/snapshot');
  const lines = String(body['text']).trimEnd().split('\n').slice(1);
  await trade();
  await server.feed(skus.map(sold));
  const head = skus.length * 7;
  let events: { d: { kind: string; sku: string; units: number; position: string } }[] = [];
  while (events.length < head) {
    events = (await ask('/v1/log/feed:rebuilt/events')).body['events'] as typeof events;
  }

  const stock = new Map(
    lines.map((text) => {
      const { sku, position, nodes } = JSON.parse(text) as {
        sku: string;
        position: string;
        nodes: { onHand: number }[];
      };
      return [sku, { position, units: nodes[0]?.onHand ?? 0 }];
    }),
  );
  let covered = 0;
  for (const { d } of events) {
    const known = stock.get(d.sku);
    if (isCovered(d.position, known?.position)) covered += 1;
    else stock.set(d.sku, { position: '', units: d.kind === 'delta' ? (known?.units ?? 0) + d.units : d.units });
  }
  expect(covered).toBe(skus.length * 3);
  expect(skus.map((sku) => stock.get(sku)?.units)).toEqual(skus.map(() => 47));
});

test('[LG6][LG13] a parked event is seen, played again until it is acknowledged, or discarded', async () => {
  const consumer = await consume(server, { ch: CH, consumer: 'wms' });
  const [event] = await consumer.events(3);
  for (const [id, o] of [10, 11].map((each, index) => [each, index + 1])) {
    consumer.say({ type: 'nack', id, ch: CH, o, code: 'unknown-bin', msg: 'no bin 7' });
    await consumer.next('parked');
  }
  const { body } = await ask(`/v1/log/${CH}/parked?consumer=wms`);
  const parked = body['parked'] as { id: number }[];
  expect(parked).toMatchObject([
    { o: 1, code: 'unknown-bin', msg: 'no bin 7', state: 'parked', tries: 1, d: { units: 1 } },
    { o: 2 },
  ]);
  const [one, two] = parked.map(({ id }) => id);
  expect((await ask(`/v1/log/${CH}/parked/${two}`, 'DELETE')).status).toBe(204);
  expect((await ask(`/v1/log/${CH}/parked/${one}/replay`, 'POST')).status).toBe(202);
  expect(await consumer.next('event')).toEqual({ ...event, parked: one });
  // Not acknowledged: the next connection gets it again.
  const again = await consume(server, { ch: CH, consumer: 'wms' });
  expect(await again.next('event')).toMatchObject({ parked: one });
  again.say({ type: 'ack', id: 12, ch: CH, parked: one });
  await again.next('acked');
  expect((await ask(`/v1/log/${CH}/parked`)).body).toEqual({ parked: [] });
  expect((await ask(`/v1/log/${CH}/parked/${one}/replay`, 'POST')).status).toBe(404);
  again.close();
});

test('[LG14] acks that come too fast are refused, and the socket stays', async () => {
  const consumer = await consume(server, { ch: CH, consumer: 'fast' });
  await consumer.events(3);
  for (const o of [1, 2, 3]) consumer.say({ type: 'ack', id: o, ch: CH, o });
  const refused = { id: 3, ch: CH, code: 'rate-limited', msg: 'at most 1 acks and nacks a second', temporary: true };
  expect(await consumer.next('error')).toMatchObject(refused);
  consumer.close();
});

test('[LG1][LG11] a log of fewer nodes is another log: who may read that one has nothing of what it held before', async () => {
  const ch = 'feed:narrow';
  const keyOf = async (name: string, rights: object): Promise<string> => {
    const json = { name, limits: { nodes: ['S-1'] }, ...rights };
    return String((await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json })).body['key']);
  };
  await defineOutfeed(server, 'narrow', { nodes: ['S-1', 'S-2'] });
  await server.feed([onHand('L-2', 5, ++at, 'S-2')]);
  const wide = await consume(server, { ch, consumer: 'shop' });
  await wide.events(1);
  wide.say({ type: 'nack', id: 3, ch, o: 1, code: 'odd' });
  await wide.next('parked');
  await defineOutfeed(server, 'narrow', { nodes: ['S-1'] });
  expect(await wide.closed).toMatchObject({ code: 4007 });
  const [shop, staff] = [await keyOf('shop', { role: 'node' }), await keyOf('staff', { scopes: ['outfeeds', 'ops'] })];

  const read = (path: string, method = 'GET') => server.call(`/v1/log/${ch}/${path}`, { key: staff, method });
  while ((await read('events')).status === 503) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await read('events?offset=1')).toMatchObject({ status: 200, body: { first: 1, head: 0, events: [] } });
  expect((await ask(`/v1/log/${ch}/parked`)).body).toMatchObject({ parked: [{ d: { node: 'S-2' } }] });
  const [parked] = (await ask(`/v1/log/${ch}/parked`)).body['parked'] as { id: number }[];
  expect((await read('parked')).body).toEqual({ parked: [] });
  expect((await read(`parked/${parked!.id}/replay`, 'POST')).status).toBe(404);
  expect((await read(`parked/${parked!.id}`, 'DELETE')).status).toBe(404);

  expect((await ask(`/v1/log/${ch}/parked/${parked!.id}/replay`, 'POST')).status).toBe(202);
  const narrow = await consume(server, { ch, consumer: 'shop' }, shop);
  expect(narrow.subscribed).toMatchObject({ recovered: false, reason: 'epoch', from: 1 });
  await server.feed([onHand('L-2', 6, ++at, 'S-1')]);
  expect(await narrow.next('event')).toMatchObject({ o: 1, d: { node: 'S-1', units: 6 } });
  expect(narrow.rest()).toEqual([]);
  narrow.close();
});
