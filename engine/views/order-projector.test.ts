import { rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OrderId } from '../contract/ids.ts';
import { orderId } from '../contract/ids.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import { play, step, stocked } from '../shard/test-order-lives.ts';
import { ORDERS, type TestOrders } from '../shard/test-orders.ts';
import { orderCounts, orderKept, orderSourcing, orderTimeline } from './order-answers.ts';
import { OrderProjector } from './order-projector.ts';
import { allOf, idsOf, orderOf, OrderJournal } from './test-orders-file.ts';

// orders.sqlite against the shards themselves: random lives in a real journal, read in random steps with restarts between.

const IDS: readonly OrderId[] = Array.from({ length: 6 }, (_, index) => orderId(ORDERS, index + 1));

function factsOf(world: TestOrders): readonly OrderFact[] {
  return world.facts.filter(({ shard }) => shard === ORDERS).map(({ fact }) => fact as OrderFact);
}

/** All that a reader could see, in an order of its own. */
function dump({ file: { db } }: OrderProjector): unknown {
  const tables = [
    'SELECT * FROM orders ORDER BY n',
    'SELECT * FROM bodies ORDER BY n',
    'SELECT * FROM order_nodes ORDER BY node, n',
    'SELECT * FROM order_counts WHERE orders <> 0 ORDER BY channel, status, queue',
    'SELECT * FROM timeline ORDER BY n, lsn',
    'SELECT * FROM decisions ORDER BY n, lsn',
    'SELECT * FROM customer_keys ORDER BY key',
  ];
  return tables.map((sql) => db.prepare(sql).all());
}

test('[OR12] orders in the read model are those of their shards, through restarts, and the same when it is written again', () => {
  const property = fc.property(
    fc.array(step, { maxLength: 50 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
    (steps, parts) => {
      const world = stocked();
      for (const each of steps) play(world, each);
      world.deliver();
      const at = new OrderJournal();
      const facts = factsOf(world);
      let written = 0;
      for (const part of parts) {
        at.write(...facts.slice(written, (written += part)));
        at.read(15).close();
      }
      at.write(...facts.slice(written));
      const model = at.read(5);
      for (const id of IDS) expect(orderKept(model, id)).toEqual(world.order(id));
      const rows = allOf(model);
      expect(rows).toHaveLength(IDS.filter((id) => world.order(id) !== undefined).length);
      const counts = orderCounts(model);
      for (const [status, count] of Object.entries(counts.statuses)) {
        expect([status, count]).toEqual([status, rows.filter((row) => row.status === status).length]);
        expect(allOf(model, { status: status as never })).toHaveLength(count);
      }
      for (const [queue, count] of Object.entries(counts.queues)) {
        expect(allOf(model, { queue: queue as never, sort: 'waiting' })).toHaveLength(count);
      }
      for (const node of new Set(rows.flatMap(({ nodes }) => nodes))) {
        const there = rows.filter(({ nodes }) => nodes.includes(node));
        expect(allOf(model, { node })).toEqual(there);
      }
      const before = dump(model);
      model.close();
      rmSync(at.settings.ordersPath);
      expect(dump(at.read())).toEqual(before);
    },
  );
  fc.assert(property, { numRuns: 15 });
});

test('[OR12] every sourcing decision and every change of an order is told, in the order of its facts', () => {
  const world = stocked();
  for (let pick = 0; pick < IDS.length; pick++) play(world, ['place', pick, pick]);
  for (const each of fc.sample(step, { seed: 11, numRuns: 60 })) {
    world.deliver();
    play(world, each);
  }
  world.deliver();
  const at = new OrderJournal();
  at.write(...factsOf(world));
  const model = at.read();
  const sourced = world.facts.filter(({ fact }) => fact.fact === 'OrderSourced');
  expect(sourced.length).toBeGreaterThan(3);
  expect(IDS.flatMap((id) => orderSourcing(model, id) ?? [])).toHaveLength(sourced.length);
  for (const { fact } of sourced) {
    if (fact.fact !== 'OrderSourced') continue;
    const { ask, decision, at: atMs } = fact;
    expect(orderSourcing(model, fact.order)).toContainEqual(expect.objectContaining({ ask, decision, at: atMs }));
  }
  for (const id of IDS.filter((each) => world.order(each) !== undefined)) {
    const all = orderTimeline(model, { id, after: 0, limit: 1_000 })!;
    expect(all.entries[0]).toMatchObject({ what: 'placed', text: expect.stringMatching(/^Ordered: \d × sku-/) });
    expect(all).not.toHaveProperty('incomplete');
    for (const { text } of all.entries) expect(text).not.toMatch(/undefined|\[object|: $/);
    const first = orderTimeline(model, { id, after: 0, limit: 2 })!;
    const rest = orderTimeline(model, { id, after: Number(first.next?.split('.')[1] ?? 1e9), limit: 1_000 })!;
    expect([...first.entries, ...rest.entries]).toEqual(all.entries);
  }
});

test('[OR12] an order that its shard has forgotten is kept as it was', () => {
  const at = new OrderJournal();
  const order = orderOf(1);
  at.place(order);
  at.write({ fact: 'OrderForgotten', at: order.at + 1, order: order.id });
  const model = at.read();
  expect(orderKept(model, order.id)).toEqual(order);
  expect(orderTimeline(model, { id: order.id, after: 0, limit: 9 })?.entries.map(({ what }) => what)).toEqual([
    'placed',
    'forgotten',
  ]);
  expect(orderKept(model, orderId(ORDERS, 2))).toBeUndefined();
});

test.each(['not a database', 'of another epoch', 'not begun'] as const)(
  '[OR12] a file that is %s is written again',
  (how) => {
    const at = new OrderJournal();
    at.place(orderOf(1), orderOf(2));
    const model = at.read();
    const before = dump(model);
    if (how === 'not begun') model.file.db.exec('DELETE FROM progress; DELETE FROM bodies');
    model.close();
    const { settings } = at;
    if (how === 'not a database') writeFileSync(settings.ordersPath, 'x'.repeat(5_000));
    const epoch = how === 'of another epoch' ? 'other' : settings.epoch;
    const again = new OrderProjector({ ...settings, epoch });
    while (!again.step(at.journal.head));
    expect(dump(again)).toEqual(before);
    again.close();
  },
);

test('[OR12] where the journal begins later it is written again from snapshots, and what shards had forgotten is taken over', async () => {
  const at = new OrderJournal();
  const [gone, kept, young] = [orderOf(1), orderOf(2), orderOf(3)];
  at.place(gone, kept);
  at.write({ fact: 'OrderForgotten', at: gone.at + 1, order: gone.id });
  const noted = { ...kept, note: 'ring', version: 2, at: kept.at + 1 };
  at.write({ fact: 'OrderChanged', at: noted.at, order: kept.id, set: { note: 'ring' } });
  await at.snapshot([noted]);
  at.fill();
  at.place(young);
  at.write({ fact: 'HoldPut', at: young.at, order: kept.id, kind: 'manual', by: 'ann' });
  const before = at.read();
  const timeline = orderTimeline(before, { id: gone.id, after: 0, limit: 9 });
  const now = IDS.map((id) => orderKept(before, id));
  before.close();

  at.cutBeginning();
  const logged: string[] = [];
  const settings = { ...at.settings, epoch: 'another', log: (line: string) => void logged.push(line) };
  const again = new OrderProjector(settings);
  while (!again.step(at.journal.head));
  expect(again.progress.first).toBeGreaterThan(1);
  expect(IDS.map((id) => orderKept(again, id))).toEqual(now);
  expect(orderTimeline(again, { id: gone.id, after: 0, limit: 9 })?.entries).toEqual(timeline?.entries);
  expect(orderTimeline(again, { id: kept.id, after: 0, limit: 9 })).toMatchObject({
    entries: [{ what: 'held', by: 'ann' }],
    incomplete: true,
  });
  expect(orderTimeline(again, { id: young.id, after: 0, limit: 9 })).toMatchObject({ entries: [{ what: 'placed' }] });
  expect(logged.at(-1)).toBe('orders: 1 that their shards have forgotten were taken over');
  expect(idsOf(allOf(again, { q: 'ring' }))).toEqual([kept.id]);
  expect(allOf(again)).toHaveLength(3);
  again.close();
});

test('[OR12] what its shard has forgotten goes after its days, from every table, and its customer with the last order', () => {
  const at = new OrderJournal();
  const ann = { customer: { name: 'Ann', email: 'ann@x.example' } };
  const old = orderOf(1, { ...ann, queue: { queue: 'late', why: 'x', since: 1 } });
  const [open, later] = [orderOf(2), orderOf(3, { customer: { name: 'Ben', email: 'ben@x.example' } })];
  at.place(old, open, later);
  at.write({ fact: 'OrderForgotten', at: old.at + 1, order: old.id });
  const node = 'n1' as never;
  at.write({
    fact: 'PiecesChanged',
    at: later.at,
    order: later.id,
    what: 'came',
    pieces: [{ line: '1', from: 0, units: 2, to: { state: 'shipped', node } }],
  });
  const days = 86_400_000 * 1_095;
  at.writeAt(old.at + days, { fact: 'HoldPut', at: open.at, order: open.id, kind: 'manual' });
  const before = at.read();
  expect(idsOf(allOf(before))).toContain(old.id);
  before.close();
  at.writeAt(later.at + days + 1, { fact: 'OrderForgotten', at: later.at + 1, order: later.id });
  const after = at.read();
  // One that its shard still has stays, however old.
  expect(idsOf(allOf(after))).toEqual([open.id]);
  for (const table of ['orders', 'bodies']) {
    expect([table, after.file.db.prepare(`SELECT count(*) AS rows FROM ${table}`).get()]).toEqual([table, { rows: 1 }]);
  }
  for (const sql of [
    'SELECT 1 FROM order_nodes',
    'SELECT 1 FROM customers',
    'SELECT 1 FROM customer_keys',
    `SELECT 1 FROM order_counts WHERE orders <> 0 AND status <> 'on-hold'`,
    `SELECT 1 FROM words WHERE words MATCH 'ann OR ben'`,
    'SELECT 1 FROM timeline WHERE n NOT IN (SELECT n FROM orders)',
  ]) {
    expect([sql, after.file.db.prepare(sql).all()]).toEqual([sql, []]);
  }
  expect(orderKept(after, old.id)).toBeUndefined();
});
