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
  expect(await consumer.next('error')).toMatchObject({ id: 3, code: 'rate-limited', temporary: true });
  consumer.close();
});
