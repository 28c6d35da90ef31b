import { expect, test } from 'vitest';

import type { ClientId, OrderId, SourceId } from '../engine/contract/ids.ts';
import type { Order } from '../engine/contract/order.ts';
import type { ShopOutcome } from '../engine/contract/order-command.ts';
import type { ShopMessage } from '../engine/contract/shop-order.ts';
import { createFeedDoor } from './feed-door.ts';
import type { OrdersAnswer } from './order-answer.ts';
import { createOrderDoor } from './order-door.ts';
import type { OrdersAsked } from './order-letter.ts';
import { createParsePool } from './parse-pool.ts';
import { TestSink, testReference } from './test-sink.ts';

const NOW = 1_795_486_000_000;
const SHOP = 'shop' as ClientId;
const ASKED: OrdersAsked = { format: 'json', channel: 'web', client: SHOP };

/** Takes orders as the engine answers them; what is about an order of `never` comes too early, of `bad` is refused. */
class TestOrders extends TestSink {
  readonly said: ShopMessage[] = [];
  underWay = 0;
  underWayMost = 0;

  async shopMessage(client: ClientId, message: ShopMessage): Promise<ShopOutcome> {
    this.said.push(message);
    this.underWayMost = Math.max(this.underWayMost, ++this.underWay);
    await Promise.resolve();
    this.underWay -= 1;
    const { channelOrderId: number, kind } = message;
    const id = `o0-${number.toLowerCase()}` as OrderId;
    if (number.startsWith('never')) return { status: 'kept-for-later', id };
    if (number.startsWith('bad') && kind === 'place')
      return { status: 'refused', code: 'unknown-node', field: 'lines[0].node' };
    const owner = number.startsWith('theirs') ? 'other' : client;
    return { status: 'taken', order: { id, number, version: 3, token: 'secret', client: owner } as unknown as Order };
  }
}

function setUp(pool?: ReturnType<typeof createParsePool>) {
  const sink = new TestOrders();
  const { sources, nodes } = testReference();
  const reference = { channels: new Map([['web', {}]]), sources, nodes };
  const orders = createOrderDoor({ sink, reference, ...(pool && { pool }) });
  return { sink, orders, door: createFeedDoor({ sink, reference, letters: sink, orders }) };
}

const order = (orderId: string, more: object = {}): object => ({
  orderId,
  placedAt: NOW,
  currency: 'USD',
  lines: [{ line: 'a', sku: 'A', units: 1, price: '2.00' }],
  ...more,
});

async function answerOf(
  { orders }: Pick<ReturnType<typeof setUp>, 'orders'>,
  rows: readonly unknown[],
  asked = ASKED,
): Promise<OrdersAnswer> {
  const result = await orders.take(asked, Buffer.from(JSON.stringify(rows)), NOW);
  if (result.status !== 'taken') throw new Error(result.code);
  return result.answer;
}

test('[OR1] outcomes stand in the order of the body, whoever refused: the format or the engine', async () => {
  const world = setUp();
  const rows = [order('W-1'), { orderId: 'W-2' }, order('bad-1'), order('never-1'), 7, order('theirs')];
  const answer = await answerOf(world, rows);
  expect(
    answer.outcomes.map((outcome) => [outcome.place, outcome.status, 'code' in outcome ? outcome.code : '']),
  ).toEqual([
    ['row 1', 'taken', ''],
    ['row 2', 'refused', 'malformed-field'],
    ['row 3', 'refused', 'unknown-node'],
    ['row 4', 'kept-for-later', ''],
    ['row 5', 'refused', 'malformed-row'],
    ['row 6', 'taken', ''],
  ]);
  expect(answer).toMatchObject({ taken: 2, duplicates: 0, kept: 1, refused: 3, ignored: 0 });
  expect(answer.outcomes[0]).toMatchObject({
    id: 'o0-w-1',
    orderId: 'W-1',
    number: 'W-1',
    version: 3,
    token: 'secret',
  });
  expect(answer.outcomes[2]).toMatchObject({ orderId: 'bad-1', field: 'lines[0].node', line: 'a', letter: 'L3' });
  expect('token' in answer.outcomes[5]!).toBe(false);
});

test('a body of many is with the engine in parts, and comes to it in its order', async () => {
  const world = setUp();
  await answerOf(
    world,
    Array.from({ length: 300 }, (_, index) => order(`W-${index}`)),
  );
  expect(world.sink.said.map(({ channelOrderId }) => channelOrderId)).toEqual(
    Array.from({ length: 300 }, (_, index) => `W-${index}`),
  );
  expect(world.sink.underWayMost).toBe(64);
});

test('[FD9] what was refused waits as a letter that knows how it came, and counts when it is corrected', async () => {
  const world = setUp();
  const { sink, door } = world;
  const asked: OrdersAsked = { ...ASKED, topic: 'orders/create', source: 'json' };
  const answer = await answerOf(world, [order('bad-1')], asked);
  expect(answer).toMatchObject({ taken: 0, refused: 1 });
  expect(sink.kept[0]).toMatchObject({ source: 'json', code: 'unknown-node', place: 'row 1' });
  expect(sink.kept[0]?.format).toBe('orders?format=json&channel=web&client=shop&topic=orders%2Fcreate&source=json');
  const again = await door.replay('L1', undefined, 'ann' as ClientId, NOW);
  expect(again).toMatchObject({ status: 'still-refused', answer: { refusedCount: 1, refused: [{ letter: 'L1' }] } });
  expect(sink.kept).toHaveLength(1);
  const corrected = await door.replay('L1', JSON.stringify(order('W-1')), 'ann' as ClientId, NOW);
  expect(corrected).toMatchObject({ status: 'taken', answer: { recorded: 1, refusedCount: 0 } });
  expect(sink.kept[0]).toMatchObject({ state: 'replayed', closedBy: 'ann' });
});

test('without a source the letter is the channel’s', async () => {
  const world = setUp();
  await answerOf(world, [{}]);
  expect(world.sink.kept[0]).toMatchObject({ source: 'channel:web', place: 'row 1' });
});

test('when letters cannot be kept, nothing of the body is taken', async () => {
  const world = setUp();
  world.sink.letterError = new Error('too many');
  await expect(answerOf(world, [order('W-1'), {}])).rejects.toThrow('too many');
  expect(world.sink.said).toEqual([]);
});

test('an unknown channel, source or warehouse is said before anything is read', async () => {
  const { orders, sink } = setUp();
  const body = Buffer.from('{');
  for (const [more, code] of [
    [{ channel: 'x' }, 'unknown-channel'],
    [{ source: 'x' }, 'unknown-source'],
    [{ warehouse: 'x' }, 'unknown-node'],
  ] as const) {
    expect(await orders.take({ ...ASKED, ...more }, body, NOW)).toMatchObject({ status: 'refused', code });
  }
  expect(sink.kept).toEqual([]);
});

test('movements of stock in an invoice list go the way of a feed of their source', async () => {
  const world = setUp();
  const csv = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,Apple,5,2011-01-03 10:00:00,2.00,7.0,EIRE
3,21730,damages,-4,2011-01-20 10:00:00,0.0,,France
`;
  const asked: OrdersAsked = { ...ASKED, format: 'invoices', source: 'csv', warehouse: 'S-09' };
  const result = await world.orders.take(asked, Buffer.from(csv), NOW);
  expect(result).toMatchObject({ answer: { taken: 1, refused: 0, stock: { recorded: 1, refusedCount: 0 } } });
  expect(world.sink.recorded).toMatchObject([{ source: 'csv' as SourceId, sku: '21730', node: 'S-09', quantity: -4 }]);
});

test('a large body is read in the pool and answered alike', async () => {
  const pool = createParsePool();
  const note = 'x'.repeat(490);
  const rows = Array.from({ length: 2_000 }, (_, index) =>
    order(index % 1_000 === 7 ? `bad-${index}` : `W-${index}`, { note }),
  );
  const [here, there] = [setUp(), setUp(pool)];
  expect(JSON.stringify(rows).length).toBeGreaterThan(1024 * 1024);
  expect(await answerOf(there, rows)).toEqual(await answerOf(here, rows));
  expect(there.sink.kept.map(({ original }) => original)).toEqual(here.sink.kept.map(({ original }) => original));
  await pool.close();
});
