import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onHand, startTestServer, type TestServer } from '../test-server.ts';
import { consume, defineOutfeed, type TestConsumer } from './test-log-client.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'onhand-log-'));
let server: TestServer;
let ids = 0;
let at = Date.now();

const start = async (): Promise<TestServer> =>
  startTestServer({
    DATA_DIR: dataDir,
    LOG_KEEP_EVENTS: '20',
    LOG_CREDIT_MAX: '8',
    LOG_ACK_MS: '2000',
    LOG_PARKED_MAX: '2',
  });

beforeAll(async () => (server = await start()));
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A log of its own for each test, and counts of units that become its events. */
async function log(row: object = {}): Promise<{ ch: string; count: (...units: number[]) => Promise<void> }> {
  const name = `t${++ids}`;
  const sku = `SKU-${name}`;
  await defineOutfeed(server, name, { skus: [sku], ...row });
  return {
    ch: `feed:${name}`,
    async count(...units) {
      const rows = units.map((each) => onHand(sku, each, ++at));
      expect(await server.feed(rows)).toMatchObject({ status: 200 });
    },
  };
}

const offsets = (events: readonly Record<string, unknown>[]): unknown[] => events.map(({ o }) => o);

/** Until the ledger, which follows the journal, has so many events of the log. */
async function reached(ch: string, head: number): Promise<void> {
  for (;;) {
    const page = await server.engine.outfeed({ id: ch.slice('feed:'.length), from: 1, limit: 0 });
    if (!('status' in page) && page.head >= head) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Until the server has answered: whatever was said before has been dealt with. */
async function settled(consumer: TestConsumer, ch: string, o: number): Promise<void> {
  consumer.say({ type: 'ack', id: 900, ch, o });
  await consumer.next('acked');
}

test('[LG1][LG2][LG11] a consumer gets every event in order, live and from before it came', async () => {
  const { ch, count } = await log();
  await count(5, 6);
  const consumer = await consume(server, { ch });
  expect(consumer.subscribed).toMatchObject({ ch, recovered: true, from: 1, credit: 8 });
  const before = await consumer.events(2);
  await count(7);
  const events = [...before, ...(await consumer.events(1))];
  expect(offsets(events)).toEqual([1, 2, 3]);
  expect(events.map(({ d }) => (d as { units: number }).units)).toEqual([5, 6, 7]);
  const eids = events.map(({ eid }) => Number.parseInt(String(eid), 36));
  expect(eids).toEqual(eids.toSorted((a, b) => a - b));
  consumer.close();
});

test('[LG4] no more than its credit is sent until it acknowledges', async () => {
  const { ch, count } = await log();
  await count(1, 2, 3, 4, 5);
  const consumer = await consume(server, { ch, credit: 2 });
  expect(offsets(await consumer.events(2))).toEqual([1, 2]);
  consumer.say({ type: 'ack', ch, o: 1 });
  expect(offsets(await consumer.events(1))).toEqual([3]);
  // Refused, and after whatever would have been sent before it.
  consumer.say({ type: 'ack', id: 4, ch, o: 99 });
  await consumer.next('error');
  expect(consumer.rest()).toEqual([]);
  consumer.close();
});

test('[LG5][LG9] what was acknowledged is remembered over a restart, and what was not comes again with the same offset and eid, also from a ledger that is written again', async () => {
  const { ch, count } = await log();
  await count(1, 2, 3);
  const first = await consume(server, { ch });
  const events = await first.events(3);
  await settled(first, ch, 2);
  await server.stop();
  rmSync(join(dataDir, 'ledger.sqlite'));
  server = await start();
  const again = await consume(server, { ch });
  expect(again.subscribed).toMatchObject({ recovered: true, from: 3 });
  expect(await again.events(1)).toEqual([events[2]]);
  again.close();
});

test('[LG5] an ack above what was sent is refused and moves nothing', async () => {
  const { ch, count } = await log();
  await count(1, 2);
  const consumer = await consume(server, { ch, credit: 1 });
  await consumer.events(1);
  consumer.say({ type: 'ack', id: 5, ch, o: 2 });
  expect(await consumer.next('error')).toMatchObject({ id: 5, ch, code: 'ack-beyond-sent', temporary: false });
  const other = await consume(server, { ch });
  expect(other.subscribed).toMatchObject({ from: 1 });
  other.close();
});

test('[LG3] a consumer says itself what it has, even less than it acknowledged, and that counts from then on', async () => {
  const { ch, count } = await log();
  await count(1, 2, 3);
  const consumer = await consume(server, { ch });
  await consumer.events(3);
  await settled(consumer, ch, 3);
  const { e } = consumer.subscribed;
  const rewound = await consume(server, { ch, since: { e, o: 1 } });
  expect(rewound.subscribed).toMatchObject({ recovered: true, from: 2 });
  rewound.close();
  await rewound.closed;
  const again = await consume(server, { ch });
  expect(again.subscribed).toMatchObject({ from: 2 });
  again.close();
});

test('[LG3][LG10] what is no longer kept is said to be lost, and the stream goes on behind it', async () => {
  const { ch, count } = await log();
  await count(1);
  const gone = await consume(server, { ch });
  await gone.events(1);
  gone.close();
  await gone.closed;
  await count(...Array.from({ length: 30 }, (_, index) => index));
  await reached(ch, 31);
  const back = await consume(server, { ch });
  expect(back.subscribed).toMatchObject({
    recovered: false,
    reason: 'trimmed',
    snapshot: `/v1/log/${ch}/snapshot`,
  });
  const { from, head, e } = back.subscribed as { from: number; head: number; e: string };
  expect(from).toBe(head + 1);
  await count(77);
  expect(await back.events(1)).toMatchObject([{ o: from, d: { units: 77 } }]);
  // It never acknowledged: the loss is said again.
  const twice = await consume(server, { ch });
  expect(twice.subscribed).toMatchObject({ recovered: false, reason: 'trimmed' });
  await settled(twice, ch, (twice.subscribed['from'] as number) - 1);
  const told = await consume(server, { ch });
  expect(told.subscribed).toMatchObject({ recovered: true });
  const other = await consume(server, { ch, since: { e: 'other', o: 1 } });
  expect(other.subscribed).toMatchObject({ recovered: false, reason: 'epoch' });
  const ahead = await consume(server, { ch, since: { e, o: 5_000 } });
  expect(ahead.subscribed).toMatchObject({ recovered: false, reason: 'ahead' });
  ahead.close();
});

test('[LG6] a nack parks the event, over a restart, and the stream goes on; twice is once', async () => {
  const { ch, count } = await log();
  await count(1, 2);
  const consumer = await consume(server, { ch });
  await consumer.events(2);
  consumer.say({ type: 'nack', id: 6, ch, o: 1, code: 'unknown-bin', msg: 'no bin 7' });
  expect(await consumer.next('parked')).toMatchObject({ id: 6, ch });
  // Its answer was lost: the consumer comes again and says it again.
  const again = await consume(server, { ch });
  await again.events(2);
  again.say({ type: 'nack', id: 7, ch, o: 1, code: 'unknown-bin' });
  await again.next('parked');
  await settled(again, ch, 2);
  await server.stop();
  server = await start();
  const after = await consume(server, { ch });
  expect(after.subscribed).toMatchObject({ from: 3 });
  // One is parked still: of two that may be, one more has room, and then none.
  await count(3, 4);
  await after.events(2);
  after.say({ type: 'nack', id: 8, ch, o: 3, code: 'unknown-bin' });
  await after.next('parked');
  after.say({ type: 'nack', id: 9, ch, o: 4, code: 'unknown-bin' });
  expect(await after.closed).toMatchObject({ code: 4009 });
});

test('[LG6] what cannot be parked closes the consumer, and nothing behind it counts as acknowledged', async () => {
  const { ch, count } = await log();
  await count(1, 2, 3, 4);
  const consumer = await consume(server, { ch });
  await consumer.events(4);
  for (const o of [1, 2, 3]) consumer.say({ type: 'nack', ch, o, code: 'broken' });
  consumer.say({ type: 'ack', ch, o: 4 });
  expect(await consumer.closed).toMatchObject({ code: 4009 });
  const again = await consume(server, { ch });
  expect(again.subscribed).toMatchObject({ from: 1 });
  again.close();
});

test('[LG7] an event that is not acknowledged in time closes the socket', async () => {
  const { ch, count } = await log();
  await count(1);
  const consumer = await consume(server, { ch });
  await consumer.events(1);
  expect(await consumer.closed).toMatchObject({ code: 4008 });
});

test('[LG8][LG12] consumers of a log go their own ways; of two connections of one the newer reads on', async () => {
  const { ch, count } = await log();
  await count(1, 2);
  const a = await consume(server, { ch, consumer: 'a' });
  const b = await consume(server, { ch, consumer: 'b' });
  await a.events(2);
  await b.events(2);
  await settled(a, ch, 2);
  const newer = await consume(server, { ch, consumer: 'b' });
  expect(await b.closed).toMatchObject({ code: 4505 });
  expect(newer.subscribed).toMatchObject({ from: 1 });
  const aNext = await consume(server, { ch, consumer: 'a' });
  expect(aNext.subscribed).toMatchObject({ from: 3 });
  newer.close();
  aNext.close();
});

test('[LG1] a log is read with the scope outfeeds alone, and a retired one ends its readers', async () => {
  const { ch, count } = await log();
  await count(1);
  const stranger = await consume(server, { ch }, await server.keyWith('stock'));
  expect(stranger.subscribed).toMatchObject({ type: 'error', code: 'forbidden', ch });
  stranger.close();
  const reader = await consume(server, { ch }, await server.keyWith('outfeeds'));
  await reader.events(1);
  await server.engine.apply({ of: 'outfeeds', rows: [] }, { retire: [ch.slice(5)] });
  expect(await reader.closed).toMatchObject({ code: 4007 });
});

test('an ack for a log the socket does not read is refused, and an unsubscribe ends the events', async () => {
  const { ch, count } = await log();
  const consumer = await consume(server, { ch });
  consumer.say({ type: 'unsubscribe', id: 8, ch, mode: 'log' });
  await consumer.next('unsubscribed');
  await count(1);
  consumer.say({ type: 'ack', id: 9, ch, o: 1 });
  expect(await consumer.next('error')).toMatchObject({ id: 9, code: 'not-subscribed' });
  expect(consumer.rest()).toEqual([]);
  consumer.close();
});

test('[LG14] a socket reads 20 logs and no more; one it gave up makes room', async () => {
  const names: string[] = [];
  for (let i = 0; i <= 20; i++) names.push((await log()).ch);
  const [first, ...others] = names;
  const consumer = await consume(server, { ch: first });
  const asking = { type: 'subscribe', id: 3, mode: 'log', consumer: 'erp' };
  const answers: unknown[] = [];
  const ask = async (ch: string): Promise<void> => {
    consumer.say({ ...asking, ch });
    answers.push((await consumer.next('subscribed', 'error'))['code'] ?? 'subscribed');
  };
  for (const ch of others) await ask(ch);
  expect(answers.splice(0)).toEqual([...Array<string>(19).fill('subscribed'), 'too-many-keys']);
  consumer.say({ type: 'unsubscribe', id: 4, ch: first, mode: 'log' });
  await ask(others.at(-1)!);
  expect(answers).toEqual(['subscribed']);
  consumer.close();
});
