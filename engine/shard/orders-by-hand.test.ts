import { expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import { orderId, type NodeId } from '../contract/ids.ts';
import type { OrderAct } from '../contract/order.ts';
import { nodeId } from '../stock/test-retailer.ts';
import { ORDERS, piecesOf, shopOrder, SKUS, TestOrders } from './test-orders.ts';

// What staff do by hand and what they are told of it (rules OR4, OR10).

const ID = orderId(ORDERS, 1);

/** An order of two units at n0, on hold so that they can be moved; n1 has some more. */
function atFirstNode(more: number): TestOrders {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  world.count(SKUS[0]!, 1, more);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.act(ID, { act: 'hold', kind: 'manual' });
  world.deliver();
  return world;
}

const to = (node: NodeId): OrderAct => ({ act: 'allocate', node });
const pieces = (world: TestOrders): string[] => piecesOf(world.order(ID)!);
const again = (world: TestOrders, key: string, node = nodeId(1)): Outcome => world.act(ID, to(node), key);

test('[OR10] units sent to a node by hand are answered for when stock has, and once under their key', () => {
  const world = atFirstNode(2);
  expect(again(world, 'k')).toEqual({ status: 'pending', id: ID });
  expect(again(world, 'k')).toEqual({ status: 'pending', id: ID });
  expect(again(world, 'k', nodeId(2))).toMatchObject({ code: 'key-reused' });
  expect(again(world, 'other')).toMatchObject({ code: 'under-way' });
  expect(world.settled).toEqual([]);
  world.deliver();
  expect(world.settled).toMatchObject([{ id: ID, outcome: { status: 'done', order: { id: ID } } }]);
  expect(pieces(world)).toEqual(['2 allocated n1']);
  expect(again(world, 'k')).toMatchObject({ status: 'done' });
  expect([pieces(world), world.promised(ID)]).toEqual([['2 allocated n1'], 2]);
});

test('[OR10] a node that has fewer units is a no, for good under its key, and the units stay where they were', () => {
  const world = atFirstNode(1);
  again(world, 'k');
  world.deliver();
  const no = { status: 'refused', code: 'units-exceed-available', units: 1 };
  expect(world.settled).toMatchObject([{ outcome: no }]);
  world.count(SKUS[0]!, 1, 9);
  expect(again(world, 'k')).toMatchObject(no);
  expect([pieces(world), world.order(ID)!.queue?.queue]).toEqual([['2 allocated n0'], 'on-hold']);
  again(world, 'k2');
  world.deliver();
  expect(pieces(world)).toEqual(['2 allocated n1']);
});

test('[OR10] hands that ask in vain do not use up the tries of sourcing', () => {
  const world = atFirstNode(1);
  for (const key of ['a', 'b', 'c', 'd']) {
    again(world, key);
    world.deliver();
  }
  world.act(ID, { act: 'release' });
  world.deliver();
  expect([pieces(world), world.order(ID)!.queue]).toEqual([['2 released n0'], undefined]);
});

test('[OR10] a node that takes no more work says so, and its units look for another one', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.reject(`${ID}.1` as never, 'too-busy');
  world.deliver();
  world.count(SKUS[0]!, 1, 2);
  world.count(SKUS[0]!, 2, 2);
  world.full.add(nodeId(1));
  again(world, 'k');
  world.deliver();
  expect(world.settled).toMatchObject([{ outcome: { status: 'refused', code: 'capacity-reached', field: 'node' } }]);
  expect(pieces(world)).toEqual(['2 released n2']);
});

test('[OR10] what comes of a hand’s act survives a crash at every step, and a retry is told the same', () => {
  for (const [there, end] of [
    [2, 'done'],
    [1, 'refused'],
  ] as const) {
    for (let cutAt = 0; cutAt < 3; cutAt++) {
      const world = atFirstNode(there);
      again(world, 'k');
      world.deliver(cutAt);
      world.crash();
      const retried = again(world, 'k');
      world.deliver();
      const told = retried.status === 'pending' ? world.settled.at(-1)?.outcome : retried;
      expect([cutAt, told?.status, again(world, 'k').status]).toEqual([cutAt, end, end]);
      expect([pieces(world), world.promised(ID)]).toEqual([[`2 allocated n${there - 1}`], 2]);
    }
  }
});

test('[OR4] released by hand is what hands have held; a hold for anything else stands, and is named', () => {
  const world = atFirstNode(0);
  world.act(ID, { act: 'hold', kind: 'fraud' });
  expect(world.act(ID, { act: 'release' })).toEqual({ status: 'refused', code: 'on-hold', field: 'fraud' });
  expect(world.order(ID)!.holds).toMatchObject([{ kind: 'manual' }, { kind: 'fraud' }]);
  world.act(ID, { act: 'unhold', kind: 'fraud' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 allocated n0']);
  expect(world.act(ID, { act: 'release' })).toMatchObject({ status: 'done' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n0']);
  expect(world.act(ID, { act: 'release' })).toMatchObject({ code: 'nothing-to-do' });
});
