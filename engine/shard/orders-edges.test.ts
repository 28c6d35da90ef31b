import { expect, test } from 'vitest';
import { orderId, workOrderId, type NodeId } from '../contract/ids.ts';
import { ORDER_KEEP_MS, SOURCING_TRIES_MAX } from '../contract/order.ts';
import { statusOf } from '../contract/order-status.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import { ORDER_LINES_MAX, ORDER_MESSAGES_MAX } from '../contract/shop-order.ts';
import type { Source, SourcingDecision, SourcingOrder, SourcingRef } from '../contract/sourcing.ts';
import { nodeId } from '../stock/test-retailer.ts';
import { noticeOf } from '../views/notices.ts';
import { ORDERS, piecesOf, shopOrder, SKUS, TestOrders } from './test-orders.ts';
import { nearest } from './test-supply.ts';

// What happens seldom to an order: dates that pass, nodes that turn it down again and again, steps that lead nowhere, bounds.

const ID = orderId(ORDERS, 1);
const DAY_MS = 86_400_000;
const RULES: SourcingRef = {
  id: 'live',
  name: 'live',
  steps: [{ name: 'near', rank: ['cost'] }],
  costs: { splitMinor: 0, handlingMinor: { dc: 0, store: 0, supplier: 0, 'third-party': 0 }, pressureMinor: 0 },
};
const rules = (...rows: readonly Partial<SourcingRef>[]): ReferenceBatch[] => [
  { of: 'sourcing', rows: rows.map((row) => ({ ...RULES, ...row })) },
];

/** An order of two units at n0, of which n1 has some too. */
function placed(source: Source = nearest, more: readonly ReferenceBatch[] = []): TestOrders {
  const world = new TestOrders(source, more);
  world.count(SKUS[0]!, 0, 5);
  world.count(SKUS[0]!, 1, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  return world;
}

const pieces = (world: TestOrders): string[] => piecesOf(world.order(ID)!);
const work = (n: number) => workOrderId(ID, n);
const queue = (world: TestOrders) => world.order(ID)!.queue;

/** As `nearest`, each part arriving a day later; what it was asked stays in `asked`. */
function dated(asked: SourcingOrder[] = []): Source {
  return (world, order, skus, loads, at) => {
    asked.push(order);
    const decision = nearest(world, order, skus, loads, at);
    const parts = decision.plan?.parts.map((part) => ({ ...part, arrivesAt: at + DAY_MS })) ?? [];
    return decision.plan === undefined ? decision : { ...decision, plan: { ...decision.plan, parts } };
  };
}

test('[OR5] what was promised the first time is the promise when another node is looked for', () => {
  const asked: SourcingOrder[] = [];
  const world = placed(dated(asked));
  const [{ dueAt } = {}] = world.order(ID)!.lines[0]!.pieces;
  world.nowMs += 3_600_000;
  world.reject(work(1), 'too-busy');
  world.deliver();
  expect(asked.map(({ promisedAt }) => promisedAt)).toEqual([undefined, dueAt]);
  expect(pieces(world)).toEqual(['2 released n1']);
});

test('[OR10] an order whose promised day has passed is in the queue of late ones until it has left', () => {
  const world = placed(dated());
  expect(queue(world)).toBeUndefined();
  world.pass(DAY_MS + 1);
  expect(queue(world)).toMatchObject({ queue: 'late', why: 'promised-date-passed' });
  expect(world.shards[ORDERS]!.machine.dueAt()).toBeGreaterThan(world.nowMs);
  world.ship(work(1));
  world.deliver();
  expect([queue(world), statusOf(world.order(ID)!)]).toEqual([undefined, 'shipped']);
});

test('[OR5] units that as many nodes turned down as may are a person’s: the queue of rejected ones', () => {
  const world = placed(nearest, rules({ attemptsMax: 2 }));
  world.count(SKUS[0]!, 2, 5);
  for (const n of [1, 2]) {
    world.reject(work(n), 'too-busy');
    world.deliver();
  }
  expect(queue(world)).toMatchObject({ queue: 'rejected', why: 'too-many-attempts' });
  expect([world.promised(ID), world.works.size]).toEqual([2, 2]);
  world.act(ID, { act: 'allocate', node: nodeId(2) });
  world.deliver();
  expect([pieces(world), queue(world)]).toEqual([['2 released n2'], undefined]);
});

test('[OR5] what nobody can serve is cancelled when its step says how long it may wait', () => {
  const waits: Source = (...asked) => {
    const { plan, ...decision } = nearest(...asked);
    return plan === undefined ? { ...decision, otherwise: { cancelAfterMs: DAY_MS } } : { ...decision, plan };
  };
  const world = new TestOrders(waits);
  world.count(SKUS[0]!, 0, 5);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.reject(work(1), 'closing');
  world.deliver();
  expect(queue(world)).toMatchObject({ queue: 'unfillable', why: 'no-plan' });
  world.crash();
  world.pass(DAY_MS - 1_000);
  world.deliver();
  expect(statusOf(world.order(ID)!)).toBe('unfillable');
  world.pass(2_000);
  world.deliver();
  expect([statusOf(world.order(ID)!), world.promised(ID), queue(world)]).toEqual(['cancelled', 0, undefined]);
});

test('[OR1] too many units: those whose node has failed them go back before those that have a good one', () => {
  const world = new TestOrders();
  for (const node of [0, 1, 2]) world.count(SKUS[0]!, node, 1);
  world.say({ kind: 'place', order: shopOrder([[0, 2]]) });
  world.deliver();
  world.act(ID, { act: 'hold', kind: 'manual' });
  world.say({ kind: 'edit', order: shopOrder([[0, 3]]) });
  world.deliver();
  world.reject(work(2), 'too-busy');
  world.deliver();
  expect(pieces(world)).toEqual(['1 released n0, 1 allocated n2, 1 allocated n1']);
  world.say({ kind: 'refund', lines: [{ line: '1', units: 1, restock: 'cancel' }], amountMinor: 0 });
  world.deliver();
  expect(pieces(world)).toEqual(['1 released n0, 1 allocated n2, 1 cancelled']);
});

test('[OR8] what a node does not accept in time goes to another one', () => {
  const world = placed();
  world.work(work(1), 'accept-timeout', { state: 'pulled-back', reason: 'not accepted in time' });
  world.deliver();
  expect(pieces(world)).toEqual(['2 released n1']);
  expect(world.order(ID)!.lines[0]!.pieces[0]!.failed).toEqual([{ node: 'n0', why: 'not-accepted' }]);
});

test('[OR11] a refund that says units came back puts them on the shelf there, and no more than had left', () => {
  const world = placed();
  world.ship(work(1));
  world.deliver();
  const lines = [{ line: '1', units: 3, restock: 'return', node: nodeId(2) }] as const;
  world.say({ kind: 'refund', message: 'r', lines, amountMinor: 2_000 });
  world.deliver();
  expect([pieces(world), statusOf(world.order(ID)!)]).toEqual([['2 returned n2'], 'returned']);
  expect(world.stock(SKUS[0]!, 2)).toMatchObject({ departed: -2, available: 2 });
  expect(world.order(ID)!.refunds).toMatchObject([{ id: 'r', amountMinor: 2_000 }]);
});

test('[OR6] shadow rules are tried beside those that decide, and change nothing', () => {
  const byRules: Source = (world, order, ...more) => {
    const decision = nearest(world, order, ...more);
    const only = world.rules.id === 'shadow' ? { ...decision, plan: undefined as never } : decision;
    return { ...only, rules: world.rules.id };
  };
  const world = placed(byRules, rules({}, { id: 'shadow' }));
  const sourced = world.facts.flatMap(({ fact }) => (fact.fact === 'OrderSourced' ? [fact] : []));
  expect(sourced).toMatchObject([{ decision: { rules: 'live' }, shadow: { rules: 'shadow' } }]);
  expect(pieces(world)).toEqual(['2 released n0']);
});

test('[OR5] a step whose plans stock refuses again and again is passed over for the next one', () => {
  const asked: (readonly string[])[] = [];
  const blind: Source = (world, order, skus, loads, at): SourcingDecision => {
    const { failedSteps = [] } = order;
    asked.push(failedSteps);
    const decision = nearest(world, order, skus, loads, at);
    const isOver = failedSteps.includes('blind');
    const parts = (decision.plan?.parts ?? []).map((part) => ({ ...part, node: 'n2' as NodeId }));
    return isOver ? decision : { ...decision, step: 'blind', plan: { ...decision.plan!, parts } };
  };
  const world = placed(blind);
  expect(pieces(world)).toEqual(['2 released n0']);
  const tries = Array.from({ length: SOURCING_TRIES_MAX }, () => []);
  expect(asked).toEqual([...tries, ['blind']]);
});

test('[OR10] what a rule has to tell of an order is a notice, for staff and webhooks, once', () => {
  const rule = { id: 'due', name: 'Not sent', enabled: true, when: { event: 'unfilled', afterMs: DAY_MS } } as const;
  // oxlint-disable-next-line unicorn/no-thenable
  const row = { ...rule, then: [{ do: 'notify', text: 'not sent for a day' }] } as const;
  const world = placed(nearest, [{ of: 'automations', rows: [row] }]);
  const told = () => world.facts.flatMap(({ fact }) => noticeOf(fact, false) ?? []);
  expect(told()).toEqual([]);
  for (const day of [1, 2]) {
    world.pass(DAY_MS + 1);
    const notice = { notice: 'automation', automation: 'due', order: ID, text: 'not sent for a day' };
    expect([day, told()]).toEqual([day, [notice]]);
  }
});

test('orders are counted by status and queue, as they are and no longer as they were', () => {
  const world = placed(dated());
  const stats = () => {
    const answer = world.shards[ORDERS]!.machine.answer({ ask: 'stats' }, world.nowMs);
    return answer.answer === 'stats' ? answer.stats : undefined;
  };
  const is = { orders: 1, open: 1, early: 0, byStatus: { processing: 1 }, byQueue: {} };
  expect(stats()).toMatchObject(is);
  world.pass(DAY_MS + 1);
  expect(stats()).toMatchObject({ ...is, byQueue: { late: 1 } });
  world.crash();
  expect(stats()).toMatchObject({ ...is, byQueue: { late: 1 } });
  world.ship(work(1));
  world.deliver();
  expect(stats()).toMatchObject({ open: 0, byStatus: { processing: 0, shipped: 1 }, byQueue: { late: 0 } });
  world.pass(ORDER_KEEP_MS + 1);
  expect(stats()).toMatchObject({ orders: 0, open: 0, byStatus: { shipped: 0 } });
});

test('[OR1] bounds: lines of an order, messages about one, and how late a message may come', () => {
  const world = placed();
  const {
    lines: [line],
  } = shopOrder([[0, 1]]);
  const many = Array.from({ length: ORDER_LINES_MAX + 1 }, (_, index) => ({ ...line!, line: `${index}` }));
  const place = (count: number) =>
    ({ kind: 'place', order: { ...shopOrder([]), lines: many.slice(0, count) } }) as const;
  expect(world.say(place(ORDER_LINES_MAX + 1), 'A2')).toMatchObject({ code: 'too-many-lines', units: ORDER_LINES_MAX });
  expect(world.say(place(ORDER_LINES_MAX), 'A2')).toMatchObject({ status: 'taken' });
  expect(world.say({ kind: 'cancel', at: world.nowMs - ORDER_KEEP_MS - 1 })).toMatchObject({
    code: 'too-late-to-check',
  });
  const note = { kind: 'refund', lines: [], amountMinor: 0 } as const;
  for (let n = 1; n < ORDER_MESSAGES_MAX; n++) expect(world.say(note)).toMatchObject({ status: 'taken' });
  expect(world.say(note)).toMatchObject({ code: 'too-many-messages' });
});
