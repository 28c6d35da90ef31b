import { expect, test } from 'vitest';
import type { Order } from '../contract/order.ts';
import type { ShopOrder } from '../contract/shop-order.ts';
import { orderId, type ReservationId, type Sku } from '../contract/ids.ts';
import type { AllocationOutcome } from '../contract/allocation.ts';
import { orderTotals } from '../contract/order-totals.ts';
import { statusOf } from '../contract/order-status.ts';
import { source } from '../fulfilment/sourcing/source.ts';
import { channelRef, nodeId, nodeRef } from '../stock/test-retailer.ts';
import { CLIENT, ORDERS, piecesOf, shopOrder, SKUS, TestOrders, WEB } from './test-orders.ts';
import { inboundAt, nearest } from './test-supply.ts';

const ID = orderId(ORDERS, 1);

const pieces = (world: TestOrders): string[] => piecesOf(world.order(ID)!);

/** A cart's hold in the sku's own shard. */
function reserve(world: TestOrders, sku: Sku, units: number): ReservationId {
  const lines = [{ sku, units, group: 'all' as never }];
  const request = { key: 'k', client: CLIENT, channel: WEB, lines, holdMs: 600_000, partial: false };
  const outcome = world.run(world.shardOf(sku), { do: 'reserve', request });
  return outcome.status === 'reserved' ? outcome.reservation.id : ('r0-none' as ReservationId);
}

test('[OR2] a reservation turns into the order without freeing a unit; what it held beyond the order goes back', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  const reservation = reserve(world, SKUS[0]!, 4);
  expect(world.stock(SKUS[0]!, 0).ats).toBe(1);
  world.say({ kind: 'place', order: shopOrder([[0, 3]], { reservation }) });
  while (world.underWay > 0) {
    world.deliver(1);
    expect(world.stock(SKUS[0]!, 0).ats).toBeLessThanOrEqual(2);
  }
  expect(pieces(world)).toEqual(['3 released n0']);
  expect([world.promised(ID), world.stock(SKUS[0]!, 0).ats]).toEqual([3, 2]);
});

test('[OR2] an order of more than its reservation asks for the rest, one whose reservation has ended for all', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  const reservation = reserve(world, SKUS[0]!, 2);
  world.say({ kind: 'place', order: shopOrder([[0, 4]], { reservation }) });
  world.deliver();
  expect(pieces(world)).toEqual(['4 released n0']);

  const late = new TestOrders();
  late.count(SKUS[0]!, 0, 5);
  const ended = reserve(late, SKUS[0]!, 2);
  late.nowMs += 600_001;
  late.say({ kind: 'place', order: shopOrder([[0, 2]], { reservation: ended }) });
  late.deliver();
  expect([pieces(late), late.promised(ID), late.stock(SKUS[0]!, 0).ats]).toEqual([['2 released n0'], 2, 3]);
});

/** What was asked of stock to place the order, and why, in order. */
function asked(world: TestOrders): string[] {
  return world.facts.flatMap(({ fact }) => (fact.fact === 'StepAsked' ? [`${fact.what.do} ${fact.why}`] : []));
}

test('[OR2] while units of a cart’s hold are being moved the order waits for them, and asks for no others', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  // Held by a coordinator that is not here: the test says what it answers.
  const reservation = 'r4-1' as ReservationId;
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { reservation }) });
  const answer = (step: number, outcome: AllocationOutcome): void =>
    void world.run(ORDERS, { do: 'allocation-answered', allocation: ID as never, step, shard: 4, outcome });
  answer(1, { status: 'refused', code: 'move-under-way' });
  world.deliver();
  world.crash();
  expect([asked(world), pieces(world)]).toEqual([['allocate-held reserved'], ['2 asked']]);
  world.pass(1_000);
  expect(asked(world)).toEqual(['allocate-held reserved', 'allocate-held reserved']);
  answer(2, { status: 'refused', code: 'already-ended' });
  world.deliver();
  expect(asked(world).slice(2)).toEqual(['allocate reservation-lost', 'move-allocated sourced']);
  expect([pieces(world), world.shards[ORDERS]!.machine.dueAt()]).toEqual([['2 released n0'], Infinity]);
});

test('[OR2] [AV9] a kit is placed as its components, whole or not at all', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 9);
  world.count(SKUS[1]!, 0, 1);
  const kits = [
    {
      sku: 'kit' as Sku,
      components: [
        { sku: SKUS[0]!, units: 2 },
        { sku: SKUS[1]!, units: 1 },
      ],
    },
  ];
  const order = { ...shopOrder([]), lines: [{ line: '1', sku: 'kit' as Sku, units: 3, unitMinor: 500 }] };
  world.say({ kind: 'place', order }, 'A1', kits);
  world.deliver();
  expect(world.order(ID)!.lines.map(({ line, units, kit }) => [line, units, kit])).toEqual([
    ['1', 3, true],
    ['1/1', 6, undefined],
    ['1/2', 3, undefined],
  ]);
  expect(pieces(world).slice(1)).toEqual(['4 cancelled, 2 released n0', '2 refused, 1 released n0']);
  expect(world.promised(ID)).toBe(3);
});

test('[OR9] what is due is sold where the channel sells it, waits, and is placed when it comes', () => {
  const world = new TestOrders(nearest, [{ of: 'channels', rows: [channelRef('web', 'all', { sellsInbound: true })] }]);
  world.count(SKUS[0]!, 0, 1);
  const dueAt = world.nowMs + 86_400_000;
  world.run(world.shardOf(SKUS[0]!), {
    do: 'record',
    event: inboundAt(SKUS[0]!, 1, 5, dueAt, world.nowMs),
    receivedAt: world.nowMs,
  });
  world.say({ kind: 'place', order: shopOrder([[0, 4]]) });
  world.deliver();
  expect(pieces(world)).toEqual(['3 backordered, 1 released n0']);
  expect(world.order(ID)!.lines[0]!.pieces[0]!.dueAt).toBe(dueAt);
  world.say({ kind: 'refund', message: 'r', lines: [{ line: '1', units: 1, restock: 'cancel' }], amountMinor: 0 });
  world.deliver();
  world.count(SKUS[0]!, 1, 5);
  world.deliver(0);
  world.crash();
  world.deliver();
  expect(pieces(world)).toEqual(['1 released n0, 1 cancelled, 2 released n1']);
  expect(world.stock(SKUS[0]!, 1)).toMatchObject({ allocated: 2, available: 3 });
});

test('[OR9] units that come for an order that was forgotten go back to the shelf', () => {
  const world = new TestOrders(nearest, [{ of: 'channels', rows: [channelRef('web', 'all', { sellsInbound: true })] }]);
  const dueAt = world.nowMs + 86_400_000;
  const event = inboundAt(SKUS[0]!, 1, 5, dueAt, world.nowMs);
  world.run(world.shardOf(SKUS[0]!), { do: 'record', event, receivedAt: world.nowMs });
  world.say({ kind: 'place', order: shopOrder([[0, 4]]) });
  world.deliver();
  expect(pieces(world)).toEqual(['4 backordered']);
  world.forgetOrders();
  world.count(SKUS[0]!, 1, 3);
  world.deliver();
  expect(world.stock(SKUS[0]!, 1)).toMatchObject({ allocated: 0, available: 3, ats: 3 });
});

test('[OR2] a line of one certain node is allocated there, and nowhere else', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  world.count(SKUS[0]!, 1, 1);
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { method: 'pickup', pickupNode: nodeId(1) }) });
  world.deliver();
  expect(pieces(world)).toEqual(['1 refused, 1 released n1']);
  const [work] = world.openWorks();
  expect(work).toMatchObject({ method: 'pickup', collectCode: expect.stringMatching(/^\d{6}$/) });
  world.work(work!.id, 'ready', { state: 'ready-for-pickup' });
  world.deliver();
  expect(statusOf(world.order(ID)!)).toBe('ready-for-pickup');
  world.work(work!.id, 'pickup-timeout', { state: 'pulled-back' });
  world.deliver();
  expect([statusOf(world.order(ID)!), world.promised(ID)]).toEqual(['refused', 0]);
});

test('[OR1] a sale at a till is in the customer’s history at once, and moves no stock of ours', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { fulfilled: { node: nodeId(0), at: world.nowMs } }) });
  expect([world.underWay, pieces(world)]).toEqual([1, ['2 collected n0']]);
});

test('[CS5] an order keeps whether its prices hold the tax, and adds up as its channel said it', () => {
  const taxed = (more: Partial<ShopOrder>): Order => {
    const world = new TestOrders();
    const order = shopOrder([[0, 2]], more);
    world.say({
      kind: 'place',
      order: { ...order, lines: [{ ...order.lines[0]!, taxMinor: 319, discountMinor: 100 }] },
    });
    return world.order(ID)!;
  };
  const charges = [{ kind: 'shipping', name: 'parcel', amountMinor: 495 }] as const;
  expect(orderTotals(taxed({ charges, taxesIncluded: true })).totalMinor).toBe(2_395);
  expect(orderTotals(taxed({ charges })).totalMinor).toBe(2_714);
});

test('[OR5] without rules and carriers of its own an order goes from the nearest of as few nodes as can be', () => {
  const rows = [3, 0, 1].map((away, index) => nodeRef(nodeId(index), { lat: 41 + away }));
  const world = new TestOrders(source, [{ of: 'nodes', rows }]);
  for (const node of [0, 1, 2]) world.count(SKUS[0]!, node, 2);
  world.count(SKUS[1]!, 1, 1);
  world.count(SKUS[1]!, 2, 1);
  const shipTo = { lines: [], lat: 42.2, lon: -93 };
  world.say({
    kind: 'place',
    order: shopOrder(
      [
        [0, 2],
        [1, 2],
      ],
      { shipTo },
    ),
  });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n2', '1 released n2, 1 released n1']);
});
