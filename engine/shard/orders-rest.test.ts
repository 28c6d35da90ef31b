import { expect, test } from 'vitest';
import { orderId } from '../contract/ids.ts';
import type { ReservationId, Sku } from '../contract/ids.ts';
import type { ShopOrder } from '../contract/shop-order.ts';
import { groupRef, nodeId } from '../stock/test-retailer.ts';
import { NODES, ORDERS, piecesOf, shopOrder, SKUS, START_MS, TestOrders } from './test-orders.ts';
import { nearest } from './test-supply.ts';

// An order never stands nowhere: whatever crosses on the way, something is under way for it, or somebody looks. Found by the
// simulator.

const ID = orderId(ORDERS, 1);

test('[OR5] what is ordered while nodes are looked for is looked for too, when stock has none of the first', () => {
  const world = new TestOrders();
  world.count(SKUS[1]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 1]]) });
  world.say({
    kind: 'edit',
    order: shopOrder([
      [0, 1],
      [1, 2],
    ]),
  });
  world.deliver();
  expect(piecesOf(world.order(ID)!)).toEqual(['1 refused', '2 released n0']);
});

test('[OR5] nodes that join the group while it is asked about do not keep the order waiting for them', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  const nodes = [0, 1, 2].map((index) => nodeId(index));
  const tell = (all: typeof nodes): void =>
    void world.run(ORDERS, { do: 'apply', batch: { of: 'groups', rows: [groupRef('all', all)] } });
  tell([]);
  world.say({ kind: 'place', order: shopOrder([[0, 1]]) });
  tell(nodes);
  world.deliver();
  expect(piecesOf(world.order(ID)!)).toEqual(['1 released n0']);
});

test('[OR3] each fact makes one version, asking for a cart’s hold included', () => {
  const world = new TestOrders();
  world.say({ kind: 'place', order: shopOrder([[0, 1]], { reservation: 'r0-1' as ReservationId }) });
  const facts = world.facts.filter(({ shard, fact }) => shard === ORDERS && 'order' in fact);
  expect(facts.map(({ fact }) => fact.fact)).toContain('StepAsked');
  expect(world.order(ID)!.version).toBe(facts.length);
});

test('[OR2] a promise that is broken while a person looks already asks for nothing more', () => {
  const HOUR_MS = 3_600_000;
  const world = new TestOrders((...asked) => {
    const decided = nearest(...asked);
    const parts = (decided.plan?.parts ?? []).map((part) => ({ ...part, arrivesAt: START_MS + HOUR_MS }));
    return { ...decided, ...(decided.plan && { plan: { ...decided.plan, parts } }) };
  });
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 1]], { paid: 'pending' }) });
  world.deliver();
  world.pass(2 * HOUR_MS);
  const { machine } = world.shards[ORDERS]!;
  expect([world.order(ID)!.queue?.queue, machine.dueAt() > world.nowMs]).toEqual(['on-hold', true]);
  world.act(ID, { act: 'unhold', kind: 'payment' });
  expect(world.order(ID)!.queue?.queue).toBe('late');
});

test('[OR5] an answer to an older question, come late, takes nothing from those to the newest', () => {
  let isBlind = true;
  const world = new TestOrders((...asked) => {
    const none = { rules: 'live', tried: [], candidates: [], candidatesInAll: 0, compared: [], bounded: false };
    return isBlind ? none : nearest(...asked);
  });
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 1]]) });
  world.deliver();
  expect(world.order(ID)!.queue?.queue).toBe('unfillable');

  isBlind = false;
  world.act(ID, { act: 're-source' });
  world.deliver(3);
  world.run(ORDERS, { do: 'load-read', order: ID, ask: 1, shard: NODES, loads: [] });
  world.deliver();
  expect(piecesOf(world.order(ID)!)).toEqual(['1 released n0']);
});

test('[OR11] a refund that names a line twice brings back no more units than had left', () => {
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.ship(world.openWorks()[0]!.id);
  world.deliver();
  const back = { line: '1', units: 2, restock: 'return', node: nodeId(0) } as const;
  world.say({ kind: 'refund', lines: [back, back], amountMinor: 2_000 });
  world.deliver();
  const came = world.facts.flatMap(({ fact }) => (fact.fact === 'UnitsCameBack' ? [fact.units] : []));
  expect([piecesOf(world.order(ID)!), came]).toEqual([['2 returned n0'], [2]]);
});

test('[AV9] a line stays the kit that it was when it was ordered, or none, whatever the kit is by now', () => {
  const PAIR = 'pair' as Sku;
  const kit = (units: number) => ({ sku: PAIR, components: [0, 1].map((each) => ({ sku: SKUS[each]!, units })) });
  const line = (name: string, units: number) => ({ line: name, sku: PAIR, units, unitMinor: 1_000 });
  const order = (units: number): ShopOrder => ({ ...shopOrder([]), lines: [line('1', units)] });
  const world = new TestOrders();
  for (const sku of [0, 1]) world.count(SKUS[sku]!, 0, 9);
  world.say({ kind: 'place', order: order(1) }, 'A1', [kit(1)]);
  world.say({ kind: 'edit', order: order(2) }, 'A1', [kit(3)]);
  world.say({ kind: 'place', order: order(1) }, 'A2');
  world.say({ kind: 'edit', order: order(2) }, 'A2', [kit(1)]);
  world.deliver();
  expect(piecesOf(world.order(ID)!)).toEqual(['', '2 released n0', '2 released n0']);
  expect(world.order(orderId(ORDERS, 2))!.lines.map(({ units, kit: isKit }) => [units, isKit])).toEqual([
    [2, undefined],
  ]);
});

test('[AV9] what was cancelled of a component before the rest of it was refused makes no kit whole', () => {
  const PAIR = 'pair' as Sku;
  const kit = { sku: PAIR, components: [0, 1].map((each) => ({ sku: SKUS[each]!, units: 1 })) };
  const order = (units: number): ShopOrder => {
    return { ...shopOrder([]), lines: [{ line: '1', sku: PAIR, units, unitMinor: 1_000 }] };
  };
  const world = new TestOrders();
  world.count(SKUS[0]!, 0, 9);
  world.say({ kind: 'edit', order: order(2) }, 'A1', [kit]);
  world.say({ kind: 'place', order: order(3), at: START_MS - 1 }, 'A1', [kit]);
  world.deliver();
  expect(piecesOf(world.order(ID)!).slice(1)).toEqual(['3 cancelled', '1 cancelled, 2 refused']);
  expect(world.promised(ID)).toBe(0);
});
