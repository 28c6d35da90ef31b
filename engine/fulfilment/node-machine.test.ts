import { describe, expect, test } from 'vitest';
import type { NodePortReply } from '../contract/node-port.ts';
import type { Outcome } from '../contract/command.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { NodeRef } from '../contract/reference.ts';
import type { Decision } from '../contract/machine.ts';
import type { WorkEvent, WorkState } from '../contract/work-order.ts';
import { act, HOUR_MS, NODE, node, nodeHarness, offer, ORDERS, SELF, START_MS, workId } from './test-node.ts';
import { WORK_TABLE } from './work-table.ts';

const DAY_MS = 24 * HOUR_MS;

function harness(...nodes: readonly Partial<NodeRef>[]) {
  const play = nodeHarness();
  play.nodes(...(nodes.length === 0 ? [{}] : nodes));
  return play;
}

function said({ outcome }: { outcome: Outcome }): string {
  if (outcome.status === 'refused') return outcome.code;
  return outcome.status === 'done' && 'state' in (outcome as { work: object }).work
    ? (outcome as { work: { state: WorkState } }).work.state
    : outcome.status;
}

/** How the order's shard was answered. */
function replied({ requests }: Decision<NodeFact>): string {
  const { outcome } = requests[0]!.command as Extract<NodePortReply, { outcome: unknown }>;
  return outcome.status === 'refused' ? outcome.code : outcome.status;
}

const PICK_ALL = { act: 'pick', lines: [] };
/** An act of each kind that is well formed for the work order of `offer`. */
const ACTS: readonly { readonly act: string; readonly [field: string]: unknown }[] = [
  { act: 'accept' },
  { act: 'start' },
  PICK_ALL,
  { act: 'pack' },
  { act: 'ship', carrier: 'ups' },
  { act: 'ready' },
  { act: 'collect', code: '4711' },
  { act: 'deliver' },
  { act: 'reject', reason: 'too-busy' },
];
/** How to come to each state. */
const WAYS: Readonly<Record<Exclude<WorkState, 'pulled-back'>, readonly string[]>> = {
  queued: [],
  accepted: ['accept'],
  picking: ['accept', 'start'],
  picked: ['accept', 'start', 'pick'],
  packed: ['accept', 'start', 'pick', 'pack'],
  'ready-for-pickup': ['accept', 'start', 'pick', 'pack', 'ready'],
  shipped: ['accept', 'start', 'pick', 'pack', 'ship'],
  delivered: ['accept', 'start', 'pick', 'pack', 'ship', 'deliver'],
  collected: ['accept', 'start', 'pick', 'pack', 'ready', 'collect'],
  rejected: ['reject'],
};
const actOf = (name: string) => ACTS.find((each) => each.act === name)!;

/** A node with one work order that can be shipped as well as collected, brought to a state. */
function at(state: keyof typeof WAYS) {
  const play = harness();
  play.run(offer(1, { method: 'ship-to-store', collectCode: '4711', collectMs: DAY_MS }), START_MS);
  for (const step of WAYS[state]) play.run(act(1, actOf(step)), START_MS + 1);
  expect(play.work(workId(1))?.state).toBe(state);
  return play;
}

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('from %s', (state) => {
  test.each(ACTS)('[OR8] what is said in a state leads where the table says, or changes nothing: $act', (what) => {
    const play = at(state);
    const next = WORK_TABLE[state][what.act as WorkEvent];
    const digest = play.machine.digest();
    const isFinal = ['delivered', 'collected', 'rejected'].includes(state);
    const no = isFinal ? 'already-ended' : 'not-in-this-state';
    // What has been done already is done, whoever says it again.
    const otherwise = WAYS[state].at(-1) === what.act ? state : no;
    expect(said(play.run(act(1, what, 'another key'), START_MS + 2))).toBe(next === 'refused' ? otherwise : next);
    expect(play.machine.digest() === digest).toBe(next === 'refused');
  });

  test('[OR8] the order gets work back until it is packed, and what waits to be collected', () => {
    const play = at(state);
    const ask = {
      do: 'pull-back',
      replyTo: ORDERS,
      work: workId(1),
      node: NODE.id,
      reason: 'moved',
      by: 'ann',
    } as const;
    const wanted = WORK_TABLE[state]['pull-back'];
    const first = play.run({ ...ask, ask: 1 }, START_MS + 2);
    const code = ['delivered', 'collected', 'rejected'].includes(state) ? 'already-ended' : 'already-packed';
    expect(replied(first)).toBe(wanted === 'refused' ? code : 'pulled-back');
    const again = play.run({ ...ask, ask: 1 }, START_MS + 3);
    expect(again.facts).toEqual([]);
    expect(replied(again)).toBe(replied(first));
  });
});

test('[OR8] a no to a pull-back stays a no for the same request, whatever has become of the work since', () => {
  const play = at('packed');
  const ask = { do: 'pull-back', replyTo: ORDERS, work: workId(1), node: NODE.id, reason: 'moved', by: 'ann' } as const;
  expect(replied(play.run({ ...ask, ask: 1 }, START_MS + 2))).toBe('already-packed');
  play.run(act(1, { act: 'ready' }), START_MS + 3);
  expect(replied(play.run({ ...ask, ask: 1 }, START_MS + 4))).toBe('already-packed');
  expect(replied(play.run({ ...ask, ask: 2 }, START_MS + 5))).toBe('pulled-back');
  expect(play.run({ ...ask, ask: 1 }, START_MS + 6)).toMatchObject({ facts: [], requests: [] });
});

test('[OR8] a refused offer is refused for good, so that late repetitions make no work', () => {
  const play = harness({ ordersPerDay: 1 }, { id: node('N2'), enabled: false });
  expect(replied(play.run(offer(1), START_MS))).toBe('queued');
  expect(replied(play.run(offer(2), START_MS))).toBe('capacity-reached');
  expect(replied(play.run(offer(3, { node: 'N2' }), START_MS))).toBe('node-switched-off');
  expect(replied(play.run(offer(4, { node: 'N9' }), START_MS))).toBe('unknown-node');
  // The next local day begins at 5:00 in UTC.
  expect(replied(play.run(offer(5), START_MS + 14 * HOUR_MS - 1))).toBe('capacity-reached');
  expect(replied(play.run(offer(6), START_MS + 14 * HOUR_MS))).toBe('queued');
  for (const n of [2, 5]) expect(replied(play.run(offer(n), START_MS + 14 * HOUR_MS))).toBe('capacity-reached');
  const again = play.run(offer(1), START_MS + 15 * HOUR_MS);
  expect(again.facts).toEqual([]);
  expect(replied(again)).toBe('queued');
});

test('[OR8] what a node has not accepted within its opening hours goes back', () => {
  // Open 9 to 17: at 10:00 seven of the eight hours are left, the eighth is tomorrow's first.
  const hours = [2, 3].map((day) => ({ day, open: 9 * 60, close: 17 * 60 }));
  const play = harness({ hours });
  play.run(offer(1, { acceptMs: 8 * HOUR_MS }), START_MS);
  play.run(offer(2, { acceptMs: 8 * HOUR_MS }), START_MS);
  play.run(act(2, { act: 'accept' }), START_MS + HOUR_MS);
  const due = START_MS + 24 * HOUR_MS;
  expect(play.machine.dueAt()).toBe(due);
  expect(play.run({ do: 'tick' }, due - 1).facts).toEqual([]);
  const { requests } = play.run({ do: 'tick' }, due);
  expect(requests).toMatchObject([
    {
      shard: ORDERS,
      command: { do: 'work-changed', shard: SELF, op: 'accept-timeout', work: { state: 'pulled-back' } },
    },
  ]);
  expect(play.work(workId(2))?.state).toBe('accepted');
});

test('[OR8] what is not collected in time goes back on the shelf', () => {
  const play = at('ready-for-pickup');
  expect(said(play.run(act(1, { act: 'collect', code: '4712' }), START_MS + 2))).toBe('wrong-code');
  expect(said(play.run(act(1, { act: 'collect', code: '' }), START_MS + 2))).toBe('wrong-code');
  play.run({ do: 'tick' }, START_MS + 1 + DAY_MS);
  expect(play.work(workId(1))).toMatchObject({ state: 'pulled-back', reason: 'not collected in time' });
});

test('[OR8] a short pick says why, the rest goes on, and nothing found is a reject', () => {
  const play = at('picking');
  const pick = (...lines: object[]) => act(1, { act: 'pick', lines });
  expect(said(play.run(pick({ line: 3, picked: 0 }), START_MS + 2))).toBe('unknown-line');
  expect(said(play.run(pick({ line: 1, picked: 3 }), START_MS + 2))).toBe('units-out-of-bounds');
  expect(said(play.run(pick({ line: 1, picked: 1 }), START_MS + 2))).toBe('reason-missing');
  expect(said(play.run(pick({ line: 1, picked: 1, short: 'not-found' }), START_MS + 2))).toBe('picked');
  const lines = [{ picked: 1, short: 'not-found' }, { picked: 1 }];
  expect(play.work(workId(1))).toMatchObject({ state: 'picked', reason: 'not-found', lines });
  play.run(act(1, { act: 'pack' }), START_MS + 3);
  const parcel = (units: number) => [
    {
      carrier: 'ups',
      lines: [
        { line: 1, units },
        { line: 2, units: 1 },
      ],
    },
  ];
  expect(said(play.run(act(1, { act: 'ship', parcels: parcel(2) }), START_MS + 4))).toBe('units-out-of-bounds');
  const late = act(1, { act: 'ship', parcels: parcel(1), happenedAt: START_MS + HOUR_MS });
  expect(said(play.run(late, START_MS + 4))).toBe('happened-in-the-future');
  expect(said(play.run(act(1, { act: 'ship', parcels: parcel(1) }), START_MS + 4))).toBe('shipped');

  const none = at('picking');
  const nothing = [1, 2].map((line) => ({ line, picked: 0, short: 'damaged' }));
  expect(said(none.run(act(1, { act: 'pick', lines: nothing }), START_MS + 2))).toBe('rejected');
});

test('[OR8] a retry by the same key is done once, other content under it is refused', () => {
  const play = at('picking');
  const what = { act: 'pick', lines: [{ line: 1, picked: 1, short: 'damaged' }] };
  play.run(act(1, what, 'k1'), START_MS + 2);
  play.run(act(1, { act: 'pack' }, 'k2'), START_MS + 3);
  const digest = play.machine.digest();
  expect(said(play.run(act(1, what, 'k1'), START_MS + 4))).toBe('packed');
  expect(said(play.run(act(1, PICK_ALL, 'k1'), START_MS + 4))).toBe('key-reused');
  expect(said(play.run(act(9, what, 'k1'), START_MS + 4))).toBe('unknown-work');
  expect(play.machine.digest()).toBe(digest);
});

test('[OR8] the code is not shown to anybody who asks the node', () => {
  const play = at('ready-for-pickup');
  const asked = play.machine.answer({ ask: 'work', node: NODE.id, limit: 9 }, START_MS);
  const told = play.run(act(1, { act: 'collect', code: '4711' }), START_MS + 2);
  expect(said(told)).toBe('collected');
  expect(JSON.stringify([asked, told.outcome, told.requests])).not.toContain('4711');
});

test('[OR8] a change is told until it is heard, and what is over is forgotten a day later', () => {
  const play = at('rejected');
  play.crash('image');
  expect(play.machine.outstanding()).toHaveLength(1);
  play.run({ do: 'tick' }, START_MS + 30 * DAY_MS);
  expect(play.work(workId(1))).toBeDefined();
  const heardAt = START_MS + 30 * DAY_MS;
  play.run({ do: 'work-heard', work: workId(1), node: NODE.id, version: 2 }, heardAt);
  expect(play.machine.outstanding()).toEqual([]);
  expect(play.machine.dueAt()).toBe(heardAt + DAY_MS);
  play.run({ do: 'tick' }, heardAt + DAY_MS);
  expect(play.work(workId(1))).toBeUndefined();
  expect(play.machine.dueAt()).toBe(Infinity);
});

test('[OR8] of a node the open work is listed oldest first, page by page, with the number of its newest event', () => {
  const play = harness({}, { id: node('N2') });
  for (const n of [5, 3, 9]) play.run(offer(n), START_MS);
  play.run(offer(4, { node: 'N2' }), START_MS);
  play.run(act(3, { act: 'reject', reason: 'closing' }), START_MS);
  const page = (more: object) => play.machine.answer({ ask: 'work', node: NODE.id, limit: 1, ...more }, START_MS);
  expect(page({})).toMatchObject({ head: 4, works: [{ id: workId(5) }] });
  expect(page({ after: workId(5) })).toMatchObject({ works: [{ id: workId(9) }] });
  expect(page({ after: workId(5), ended: true })).toMatchObject({ works: [{ id: workId(3) }] });
  const loads = play.run({ do: 'read-load', replyTo: 3, order: 'o' as never, ask: 1, nodes: [NODE.id] }, START_MS);
  expect(loads.requests).toMatchObject([{ shard: 3, command: { loads: [{ open: 2, today: 3 }] } }]);
});

test('[OR7] what comes packed from another node is taken whatever the day, received instead of picked, and collected', () => {
  const play = harness();
  play.nodes({ ordersPerDay: 1 });
  play.run(offer(1), START_MS);
  expect(replied(play.run(offer(2), START_MS))).toBe('capacity-reached');
  const coming = { method: 'ship-to-store', pickupNode: NODE.id, from: node('N2'), collectCode: '4711' };
  expect(replied(play.run(offer(3, { ...coming, collectMs: HOUR_MS }), START_MS))).toBe('queued');
  for (const what of [{ act: 'start' }, { act: 'reject', reason: 'closing' }])
    expect(said(play.run(act(3, what), START_MS))).toBe('not-in-this-state');
  expect(said(play.run(act(3, { act: 'receive' }), START_MS))).toBe('ready-for-pickup');
  expect(play.work(workId(3))?.collectBy).toBe(START_MS + HOUR_MS);
  expect(play.run(act(3, { act: 'receive' }, 'again'), START_MS).facts).toEqual([]);
  expect(said(play.run(act(3, { act: 'collect', code: '4711' }), START_MS))).toBe('collected');
  play.crash('journal');
});

test('[OR7] a node ships to the one that hands it over, and does not hand it over itself', () => {
  const play = harness();
  play.nodes({});
  play.run(offer(1, { method: 'ship-to-store', pickupNode: node('N2') }), START_MS);
  for (const step of WAYS.packed) play.run(act(1, actOf(step)), START_MS);
  for (const what of ['ready', 'receive'])
    expect(said(play.run(act(1, { act: what }), START_MS))).toBe('not-in-this-state');
  expect(said(play.run(act(1, { act: 'ship' }), START_MS))).toBe('shipped');
});
