import { afterAll, expect, test } from 'vitest';

import type { ChannelId } from '../engine/contract/ids.ts';
import { createFeedDoor, POOL_BYTES_MIN } from './feed-door.ts';
import { FORMATS } from './formats/formats.ts';
import { testContext } from './formats/test-context.ts';
import { orderFormats } from './orders/formats.ts';
import { createParsePool } from './parse-pool.ts';
import { TestSink, testReference } from './test-sink.ts';

const pool = createParsePool({ threads: 1, queueMax: 1 });
afterAll(() => pool.close());

const row = (index: number): string =>
  index % 500 === 7
    ? '{"kind":"delta","id":"broken'
    : `{"kind":"delta","id":"e${index}","at":1795486000000,"sku":"S${index % 50}","node":"S-09","quantity":-1,"reason":"sale"}`;
const LARGE = Buffer.from(Array.from({ length: 12_000 }, (_, index) => row(index)).join('\n'));

test('a large body read in the pool is the body read here', async () => {
  expect(LARGE.length).toBeGreaterThan(POOL_BYTES_MIN);
  const context = testContext({ format: 'json' });
  const here = FORMATS.json(LARGE, context);
  const reading = await pool.read(LARGE, context);
  expect(reading.count).toBe(here.events.length);
  expect(reading.refused).toEqual(here.refused);
  expect(await reading.chunk(0, reading.count)).toEqual(here.events.map(({ event, place }) => ({ event, place })));
  expect(await reading.originals([3, 11])).toEqual([here.events[3]?.original(), here.events[11]?.original()]);
  reading.close();
});

test('the door takes a large body through the pool, refusals with their originals included', async () => {
  const sink = new TestSink();
  sink.refuses.set('S3', 'unknown-sku');
  const door = createFeedDoor({ sink, reference: testReference(), letters: sink, pool });
  const result = await door.take('json', LARGE, 1);
  expect(result).toMatchObject({ status: 'taken', answer: { recorded: 11_736, refusedCount: 264 } });
  expect(sink.kept.filter((letter) => letter.code === 'unknown-sku')).toHaveLength(240);
  expect(sink.kept.at(-1)?.original).toContain('"sku":"S3"');
  expect(Math.max(...sink.calls)).toBe(1000);
});

test('[OR1] a body about orders read in the pool is the body read here', async () => {
  const rows = Array.from({ length: 50 }, (_, index) =>
    index === 7
      ? '{"orderId":"broken'
      : `{"orderId":"W-${index}","placedAt":1795486000000,"currency":"USD","lines":[{"sku":"A","units":1}]}`,
  );
  const body = Buffer.from(rows.join('\n'));
  const { nodes, source } = testContext({ format: 'json' });
  const about = { channel: 'web' as ChannelId, source };
  const here = orderFormats.json(body, { ...about, nodes });
  const pages = await pool.readOrders(body, { format: 'json', about }, { nodes });
  expect(pages).toMatchObject({ messages: { count: 49 }, events: { count: 0 }, refused: here.refused });
  expect(await pages.messages.chunk(0, 49)).toEqual(here.messages.map(({ original: _original, ...placed }) => placed));
  expect(await pages.messages.originals([8])).toEqual([rows[9]]);
  pages.close();
});

test('codes that only the item master can tell apart are asked for once, so the pool reads what the main thread reads', async () => {
  const line =
    '<LineItem><Sale><POSIdentity><POSItemID>B</POSItemID></POSIdentity><ItemID>A</ItemID></Sale></LineItem>';
  const receipt = `<POSLog><Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>1</WorkstationID><SequenceNumber>1</SequenceNumber><BusinessDayDate>2026-11-24</BusinessDayDate><EndDateTime>2026-11-24T10:00:00</EndDateTime><RetailTransaction>${line}</RetailTransaction></Transaction></POSLog>`;
  const context = { ...testContext({ format: 'poslog' }), hasItem: (sku: string) => sku === 'B' };
  const reading = await pool.read(Buffer.from(receipt), context);
  expect((await reading.chunk(0, 1))[0]?.event).toMatchObject({ sku: 'B' });
  reading.close();
});

test('when thread and queue are taken, the next body is answered overloaded and nothing of it is kept', async () => {
  const context = testContext({ format: 'json' });
  const first = await pool.read(LARGE, context);
  const waiting = pool.read(LARGE, context);
  await expect(pool.read(LARGE, context)).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 2000 });
  first.close();
  (await waiting).close();
});

test('a body that is not parsed in time is refused with advice, and the pool goes on', async () => {
  const hasty = createParsePool({ parseMs: 1 });
  const context = testContext({ format: 'json' });
  for (let round = 0; round < 2; round += 1) {
    const late = await hasty.read(LARGE, context);
    expect(late).toMatchObject({ count: 0, refused: [{ code: 'parse-timeout', place: 'whole body' }] });
    late.close();
  }
  await hasty.close();
});

test('a body for which no thread is free in time is not refused but sent away', async () => {
  const crowded = createParsePool({ waitMs: 1 });
  await expect(crowded.read(LARGE, testContext({ format: 'json' }))).rejects.toMatchObject({ code: 'overloaded' });
  await crowded.close();
});

test('a body that ends its thread is refused, and the next one is read by a new thread', async () => {
  const cramped = createParsePool({ heapMb: 24 });
  const context = testContext({ format: 'json' });
  const rows = Buffer.alloc(12_000_000, '{"kind":"heartbeat","at":1795486000000}\n');
  const fatal = await cramped.read(rows, context);
  expect(fatal).toMatchObject({ count: 0, refused: [{ code: 'parse-failed', place: 'whole body' }] });
  fatal.close();
  const small = await cramped.read(Buffer.from('{"kind":"heartbeat","at":1795486000000}'), context);
  expect(small.count).toBe(1);
  small.close();
  await cramped.close();
});
