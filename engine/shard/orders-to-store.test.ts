import { expect, test } from 'vitest';
import { orderId, workOrderId } from '../contract/ids.ts';
import { statusOf } from '../contract/order-status.ts';
import { nodeId } from '../stock/test-retailer.ts';
import { ORDERS, piecesOf, shopOrder, SKUS, TestOrders } from './test-orders.ts';

// From another node to the one where the customer collects it (rules OR7, FD8).

const ID = orderId(ORDERS, 1);
const [FIRST, SECOND] = [workOrderId(ID, 1), workOrderId(ID, 2)];
const SKU = SKUS[0]!;

/** Two units at n0, to be collected at n1, which has some of its own that its own customers have. */
function placed(): TestOrders {
  const world = new TestOrders();
  world.count(SKU, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { method: 'ship-to-store', pickupNode: nodeId(1) }) });
  world.deliver();
  world.count(SKU, 1, 3);
  return world;
}

const pieces = (world: TestOrders): string[] => piecesOf(world.order(ID)!);
const status = (world: TestOrders): string => statusOf(world.order(ID)!);

test('[OR7] shipped to a store: on its way it is the order’s, it is received there, shown the code for, and collected', () => {
  const world = placed();
  expect(world.works.get(FIRST)!.work).toMatchObject({ node: 'n0', method: 'ship-to-store', pickupNode: 'n1' });
  expect(world.works.get(FIRST)!.work.collectCode).toBeUndefined();
  world.ship(FIRST);
  world.deliver();
  expect([pieces(world), status(world)]).toEqual([['2 in-transit n1'], 'processing']);
  expect(world.stock(SKU, 0)).toMatchObject({ departed: 2, allocated: 0, available: 3 });
  expect(world.stock(SKU, 1)).toMatchObject({ allocated: 0, available: 3, inbound: 0 });
  expect(world.works.get(SECOND)!.work).toMatchObject({
    node: 'n1',
    from: 'n0',
    state: 'queued',
    lines: [{ sku: SKU, units: 2 }],
    collectCode: expect.stringMatching(/^\d{6}$/),
  });
  world.receive(SECOND);
  world.deliver();
  expect([pieces(world), status(world)]).toEqual([['2 ready n1'], 'ready-for-pickup']);
  expect(world.stock(SKU, 1)).toMatchObject({ departed: -2, allocated: 2, available: 3 });
  world.collect(SECOND);
  world.deliver();
  expect([pieces(world), status(world), world.promised(ID)]).toEqual([['2 collected n1'], 'collected', 0]);
  expect(world.stock(SKU, 1)).toMatchObject({ departed: 0, allocated: 0, available: 3 });
});

test('[OR7] what is not collected is the stock of the node where it waited', () => {
  const world = placed();
  world.ship(FIRST);
  world.deliver();
  world.receive(SECOND);
  world.work(SECOND, 'pickup-timeout', { state: 'pulled-back' });
  world.deliver();
  expect([status(world), world.promised(ID)]).toEqual(['cancelled', 0]);
  expect(world.stock(SKU, 0).available).toBe(3);
  expect(world.stock(SKU, 1)).toMatchObject({ departed: -2, allocated: 0, available: 5 });
});

test('[OR7] what is cancelled on its way goes on, and is put on the shelf where it comes', () => {
  const world = placed();
  world.ship(FIRST);
  world.deliver();
  expect(world.act(ID, { act: 'pull-back', work: SECOND })).toMatchObject({ code: 'already-packed' });
  world.say({ kind: 'cancel' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 in-transit n1']);
  world.receive(SECOND);
  world.deliver();
  expect([status(world), world.promised(ID), world.stock(SKU, 1).available]).toEqual(['cancelled', 0, 5]);
});

test('[OR7] what the node has that hands it over is not shipped', () => {
  const world = new TestOrders();
  world.count(SKU, 1, 3);
  world.say({ kind: 'place', order: shopOrder([[0, 2]], { method: 'ship-to-store', pickupNode: nodeId(1) }) });
  world.deliver();
  const { work } = world.works.get(FIRST)!;
  expect([work.from, work.collectCode?.length]).toEqual([undefined, 6]);
  world.work(FIRST, 'ready', { state: 'ready-for-pickup' });
  world.collect(FIRST);
  world.deliver();
  expect([pieces(world), world.works.size]).toEqual([['2 collected n1'], 1]);
});

test('[OR7] [FD8] the way to the store, cut at every point, comes to the same end', () => {
  for (let cutAt = 0; cutAt < 12; cutAt++) {
    const world = placed();
    let left = cutAt;
    const deliver = (): void => {
      for (; left > 0 && world.underWay > 0; left--) world.deliver(1);
      if (left === 0) world.crash();
      if (left === 0) left = -1;
      world.deliver();
    };
    world.ship(FIRST);
    deliver();
    world.receive(SECOND);
    deliver();
    world.collect(SECOND);
    deliver();
    expect([cutAt, pieces(world), world.promised(ID), world.works.size]).toEqual([cutAt, ['2 collected n1'], 0, 2]);
    expect(world.stock(SKU, 1)).toMatchObject({ departed: 0, allocated: 0, available: 3 });
  }
});
