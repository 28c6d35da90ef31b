import { expect, test } from 'vitest';
import type { OrderId } from '../contract/ids.ts';
import { orderId } from '../contract/ids.ts';
import { ORDER_KEEP_MS } from '../contract/order.ts';
import { statusOf } from '../contract/order-status.ts';
import { NODES, ORDERS, piecesOf, shopOrder, SKUS, TestOrders } from './test-orders.ts';

const ID: OrderId = orderId(ORDERS, 1);

function stocked(...units: readonly (readonly [sku: number, node: number, units: number])[]): TestOrders {
  const world = new TestOrders();
  for (const [sku, node, quantity] of units) world.count(SKUS[sku]!, node, quantity);
  return world;
}

const pieces = (world: TestOrders): string[] => piecesOf(world.order(ID)!);
const status = (world: TestOrders): string => statusOf(world.order(ID)!);
const work = (world: TestOrders, n: number) => `${ID}.${n}` as never;

test('[OR2] [OR3] [OR8] an order is allocated, finds its nodes, is worked on and leaves; its status follows', () => {
  const world = stocked([0, 0, 5], [1, 1, 5]);
  world.say({
    kind: 'place',
    order: shopOrder([
      [0, 2],
      [1, 3],
    ]),
  });
  expect(status(world)).toBe('received');
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n0', '3 released n1']);
  expect(status(world)).toBe('processing');
  world.ship(work(world, 1));
  world.deliver();
  expect([status(world), pieces(world)[0]]).toEqual(['partly-shipped', '2 shipped n0']);
  world.ship(work(world, 2));
  world.deliver();
  expect(status(world)).toBe('shipped');
  expect(world.promised(ID)).toBe(0);
  expect(world.stock(SKUS[0]!, 0)).toMatchObject({ onHand: 5, departed: 2, allocated: 0, available: 3 });
});

test('[OR2] what is not there is refused, line by line and unit by unit, and the rest goes', () => {
  const world = stocked([0, 0, 1], [0, 1, 1]);
  world.say({
    kind: 'place',
    order: shopOrder([
      [0, 3],
      [1, 1],
    ]),
  });
  world.deliver();
  expect(pieces(world)).toEqual(['1 refused, 1 released n0, 1 released n1', '1 refused']);
  expect(world.promised(ID)).toBe(2);
});

test('[OR8] a short pick goes to another node at once, and says what it says of stock', () => {
  const world = stocked([0, 0, 5], [0, 1, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 3]]) });
  world.deliver();
  world.work(work(world, 1), 'pick', {
    state: 'picked',
    lines: [{ line: 1, orderLine: '1', sku: SKUS[0]!, units: 3, picked: 1, short: 'not-found' }],
  });
  world.deliver();
  expect(pieces(world)).toEqual(['1 released n0, 2 released n1']);
  expect(world.stock(SKUS[0]!, 0)).toMatchObject({ allocated: 1, available: 0 });
  world.ship(work(world, 1));
  world.ship(work(world, 2));
  world.deliver();
  expect([status(world), world.promised(ID)]).toEqual(['shipped', 0]);
});

test('[OR8] what no node can serve stays promised and waits for a person; staff can send it on or cancel it', () => {
  const world = stocked([0, 0, 2]);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.reject(work(world, 1), 'too-busy');
  world.deliver();
  expect(world.order(ID)!.queue).toMatchObject({ queue: 'unfillable' });
  expect([status(world), world.promised(ID)]).toEqual(['unfillable', 2]);
  world.count(SKUS[0]!, 1, 4);
  expect(world.act(ID, { act: 're-source' }, 'again')).toMatchObject({ status: 'done' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n1']);
  expect(world.order(ID)!.queue).toBeUndefined();
});

test('[OR8] a node that has reached its capacity is passed over', () => {
  const world = stocked([0, 0, 5], [0, 1, 5]);
  world.full.add('n0' as never);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n1']);
  expect(world.promised(ID)).toBe(2);
});

test('[OR4] a hold stops release, not allocation', () => {
  const world = stocked([0, 0, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { paid: 'pending' }) });
  world.deliver();
  expect([status(world), ...pieces(world)]).toEqual(['on-hold', '2 allocated n0']);
  expect(world.act(ID, { act: 'unhold', kind: 'payment' }, 'u')).toMatchObject({ status: 'done' });
  expect(world.act(ID, { act: 'unhold', kind: 'payment' }, 'u')).toMatchObject({ status: 'done' });
  expect(world.act(ID, { act: 'unhold', kind: 'fraud' }, 'u')).toMatchObject({ code: 'key-reused' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n0']);
});

test('[OR1] cancelled while a node works on it: pulled back first, then given back; packed is too late', () => {
  const world = stocked([0, 0, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.say({ kind: 'cancel' });
  world.deliver();
  expect([status(world), world.promised(ID), world.openWorks().length]).toEqual(['cancelled', 0, 0]);

  const late = stocked([0, 0, 5]);
  late.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  late.deliver();
  late.work(work(late, 1), 'pack', { state: 'packed' });
  late.say({ kind: 'cancel' });
  late.deliver();
  expect(late.order(ID)!.queue).toMatchObject({ queue: 'stuck', why: 'too-late-to-cancel' });
});

test('[OR1] what was packed when its order was cancelled goes back on the shelf as soon as it waits to be collected', () => {
  const world = stocked([0, 0, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { method: 'pickup', pickupNode: 'n0' as never }) });
  world.deliver();
  world.work(work(world, 1), 'pack', { state: 'packed' });
  world.say({ kind: 'cancel' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n0']);
  world.work(work(world, 1), 'ready', { state: 'ready-for-pickup' });
  world.deliver();
  expect([status(world), world.promised(ID), world.openWorks().length]).toEqual(['cancelled', 0, 0]);
  expect(world.order(ID)!.queue).toBeUndefined();
});

test('[OR1] the same message counts once, other content under its id is refused, and one about an unknown order is kept', () => {
  const world = stocked([0, 0, 9]);
  expect(
    world.say({
      kind: 'refund',
      message: 'r',
      lines: [{ line: '1', units: 1, restock: 'cancel' }],
      amountMinor: 1_000,
    }),
  ).toMatchObject({ status: 'kept-for-later', id: ID });
  const at = world.nowMs;
  const place = { kind: 'place', message: 'p', at: at - 100, order: shopOrder([[0, 3]]) } as const;
  expect(world.say(place)).toMatchObject({ status: 'taken' });
  expect(world.say(place)).toMatchObject({ status: 'taken', duplicate: true });
  expect(world.say({ ...place, order: shopOrder([[0, 4]]) })).toMatchObject({ code: 'id-reused' });
  world.deliver();
  expect(pieces(world)).toEqual(['1 cancelled, 2 released n0']);
  expect(world.order(ID)!.refunds).toMatchObject([{ id: 'r', amountMinor: 1_000 }]);
  expect(world.promised(ID)).toBe(2);
});

test('[OR11] what has left comes back to any node: good units on the shelf, damaged ones out of sale, the refund follows', () => {
  const world = stocked([0, 0, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 3]]) });
  world.deliver();
  expect(world.act(ID, { act: 'request-return', lines: [{ line: '1', units: 1 }] })).toMatchObject({
    code: 'not-shipped',
  });
  world.ship(work(world, 1));
  world.deliver();
  expect(world.act(ID, { act: 'request-return', lines: [{ line: '1', units: 4 }] })).toMatchObject({
    code: 'units-out-of-bounds',
    units: 3,
  });
  world.act(ID, { act: 'request-return', lines: [{ line: '1', units: 3 }] });
  const [{ id } = { id: '' }] = world.order(ID)!.returns;
  const grades = [
    { line: '1', units: 2, grade: 'good' },
    { line: '1', units: 1, grade: 'damaged' },
  ] as const;
  world.act(ID, { act: 'receive-return', id, node: 'n1' as never, grades, refundMinor: 3_000 });
  world.deliver();
  expect(status(world)).toBe('returned');
  expect(world.order(ID)!.refunds).toMatchObject([{ id, amountMinor: 3_000 }]);
  expect(world.order(ID)!.queue).toBeUndefined();
  expect(world.stock(SKUS[0]!, 1)).toMatchObject({ available: 2 });
});

test('[OR10] a rule does what staff would: once, when it becomes true', () => {
  const world = new TestOrders(undefined, [
    {
      of: 'automations',
      rows: [
        {
          id: 'big',
          name: 'review',
          enabled: true,
          when: { event: 'placed' },
          if: { valueMinorMin: 2_000 },
          // oxlint-disable-next-line unicorn/no-thenable
          then: [
            { do: 'hold', kind: 'review' },
            { do: 'tag', tag: 'big' },
          ],
        },
        {
          id: 'old',
          name: 'old',
          enabled: true,
          when: { event: 'unfilled', afterMs: 172_800_000 },
          // oxlint-disable-next-line unicorn/no-thenable
          then: [{ do: 'cancel' }],
        },
      ],
    },
  ]);
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  expect([status(world), world.order(ID)!.tags]).toEqual(['on-hold', ['big']]);
  world.act(ID, { act: 'unhold', kind: 'review' });
  world.act(ID, { act: 'hold', kind: 'manual' });
  expect(world.order(ID)!.holds).toMatchObject([{ kind: 'manual' }]);
  world.pass(172_800_001);
  world.deliver();
  expect([status(world), world.promised(ID)]).toEqual(['cancelled', 0]);
});

test('[OR1] an order that ended is forgotten when returns come no more, and is the same from an image as from facts', () => {
  const world = stocked([0, 0, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  const machine = world.shards[ORDERS]!.machine;
  const image = machine.beginImage();
  const pages = [];
  for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
  const restored = world.newShards()[ORDERS]!.machine;
  restored.restore(image.header, pages);
  expect(restored.digest()).toBe(machine.digest());
  world.ship(work(world, 1));
  world.deliver();
  world.pass(ORDER_KEEP_MS + 1);
  expect(world.order(ID)).toBeUndefined();
  world.crash();
  expect(world.shards[ORDERS]!.machine.digest()).toBe(machine.digest());
});

test('[OR8] what a node said before is not believed after what it said later', () => {
  const world = stocked([0, 0, 5]);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.work(work(world, 1), 'accept', { state: 'accepted' });
  const accepted = world.works.get(work(world, 1))!.work;
  world.ship(work(world, 1));
  world.deliver();
  const { machine } = world.shards[ORDERS]!;
  const before = machine.digest();
  world.run(ORDERS, { do: 'work-changed', shard: NODES, op: 'accept', work: accepted });
  expect(machine.digest()).toBe(before);
  expect(world.order(ID)!.works).toMatchObject([{ state: 'shipped' }]);
});
