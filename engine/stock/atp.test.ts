import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AtpOutcome } from '../contract/atp.ts';
import type { ChannelId, ClientId, EventId, GroupId, NodeId, PoolId, SafetyId, Sku } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { canServe, type Promise } from './test-matching.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const DAY_MS = 86_400_000;
const GROUPS: Readonly<Record<string, readonly number[]>> = { all: [0, 1, 2], west: [0, 1], east: [1, 2] };
const NODES = 3;

const day = (n: number): number => START_MS + n * DAY_MS;

function newShard(): TestShard {
  const nodes = Array.from({ length: NODES }, (_, n) => nodeId(n));
  return new TestShard(START_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS)] },
    { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
    { of: 'groups', rows: Object.entries(GROUPS).map(([id, members]) => groupRef(id, members.map(nodeId))) },
    { of: 'channels', rows: [channelRef('web', 'all'), channelRef('west', 'west'), channelRef('east', 'east')] },
    { of: 'items', rows: [itemRef(skuId(0)), itemRef(skuId(1))] },
  );
}

let ids = 0;
function stock(shard: TestShard, node: number, quantity: number): void {
  shard.record(delta({ id: `d${ids++}`, at: START_MS, quantity, node: nodeId(node), reason: 'receipt' }));
}

function expectSupply(shard: TestShard, node: number, inboundRef: string, quantity: number, dueAt: number): void {
  const head = { source: WMS, id: `i${ids++}` as EventId, at: START_MS + ids, sku: skuId(0), node: nodeId(node) };
  expect(shard.record({ kind: 'inbound', ...head, inboundRef, quantity, dueAt }).status).toBe('recorded');
}

function reserve(
  shard: TestShard,
  channel: string,
  line: { units: number; node: NodeId } | { units: number; group: GroupId },
) {
  const lines = [{ sku: skuId(0), ...line }] as ReserveLine[];
  const asked = { key: `k${ids++}`, client: 'shop' as ClientId, channel: channel as ChannelId, holdMs: 60_000 };
  return shard.run({ do: 'reserve', request: { ...asked, lines, partial: false } });
}

function atp(
  shard: TestShard,
  dates: readonly number[],
  about: { channel?: string; horizonAt?: number; sku?: Sku } = {},
): AtpOutcome {
  const { channel = 'web', sku = skuId(0), horizonAt } = about;
  const asked = { sku, channel: channel as ChannelId, dates, ...(horizonAt !== undefined && { horizonAt }) };
  const answer = shard.machine.answer({ ask: 'atp', ...asked }, shard.nowMs);
  if (answer.answer !== 'atp') throw new Error(answer.answer);
  return answer.outcome;
}

function unitsOn(shard: TestShard, dates: readonly number[], about?: { channel?: string; horizonAt?: number }): string {
  const outcome = atp(shard, dates, about);
  return outcome.status === 'refused' ? outcome.code : outcome.dates.map(({ units }) => units).join(' ');
}

describe('available to promise', () => {
  test('[AV3] supplies count from their due time on, those past due not at all', () => {
    const shard = newShard();
    stock(shard, 0, 4);
    expectSupply(shard, 0, 'po-1', 10, day(2));
    expectSupply(shard, 1, 'po-2', 5, day(5));
    expectSupply(shard, 2, 'po-3', 7, day(0));
    expectSupply(shard, 2, 'po-4', 9, day(40));
    const dates = [day(0), day(2) - 1, day(2), day(5), day(30)];
    expect(unitsOn(shard, dates)).toBe('4 4 14 19 19');
    expect(unitsOn(shard, [day(40)], { horizonAt: day(40) })).toBe('28');
    // The order slips: overdue now, it is not promised until somebody says when it comes.
    shard.nowMs = day(3);
    expect(unitsOn(shard, [day(3), day(5)])).toBe('4 9');
    expectSupply(shard, 0, 'po-1', 10, day(6));
    expect(unitsOn(shard, [day(3), day(5), day(6)])).toBe('4 9 19');
    // What was received is there now, and no longer to come.
    shard.record(delta({ id: 'got', at: day(3), quantity: 5, node: nodeId(1), reason: 'receipt', inboundRef: 'po-2' }));
    expect(unitsOn(shard, [day(3), day(5), day(6)])).toBe('9 9 19');
  });

  test('[AV3] a supply first fills what a feed took from promises', () => {
    const shard = newShard();
    stock(shard, 0, 5);
    expect(reserve(shard, 'web', { units: 5, node: nodeId(0) }).status).toBe('reserved');
    stock(shard, 0, -3);
    expectSupply(shard, 0, 'po-1', 10, day(2));
    expect(unitsOn(shard, [day(0), day(2)])).toBe('0 7');
  });

  test('[AV3] an earlier date sees what a later moment needs: the least from it to the horizon', () => {
    const shard = newShard().apply({
      of: 'safety',
      rows: [
        { id: 'sale' as SafetyId, sku: skuId(0), node: nodeId(0), units: 6, from: day(10), to: day(12) },
        { id: 'other' as SafetyId, sku: skuId(1), units: 9, from: day(3) },
      ],
    });
    stock(shard, 0, 8);
    expectSupply(shard, 0, 'po-1', 3, day(5));
    expectSupply(shard, 0, 'po-2', 10, day(11));
    // 8 now, 11 from day 5, 5 on day 10 while the sale keeps 6 back, 15 from day 11, 21 from day 12.
    const dates = [0, 5, 10, 11, 12].map(day);
    expect(unitsOn(shard, dates)).toBe('5 5 5 15 21');
    expect(unitsOn(shard, [day(0), day(5)], { horizonAt: day(9) })).toBe('8 11');
    expect(unitsOn(shard, [day(12), day(0), day(10)])).toBe('21 5 5');
  });

  test('[AV3] promises, pools and thresholds are left room for, and a node switched off promises nothing', () => {
    const shard = newShard().apply(
      { of: 'pools', rows: [{ id: 'p' as PoolId, channel: 'west' as ChannelId, sku: skuId(0), units: 3 }] },
      { of: 'channels', rows: [channelRef('web', 'all', { threshold: 1 })] },
    );
    stock(shard, 0, 6);
    expect(reserve(shard, 'web', { units: 2, group: 'west' as GroupId }).status).toBe('reserved');
    expectSupply(shard, 2, 'po-1', 10, day(2));
    expect(unitsOn(shard, [day(0), day(2)])).toBe('0 10');
    expect(unitsOn(shard, [day(0), day(2)], { channel: 'west' })).toBe('4 4');
    shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(2), { enabled: false })] });
    expect(unitsOn(shard, [day(0), day(2)])).toBe('0 0');
  });

  test('[AV3] bounds are checked in the order of their codes; the past counts as now', () => {
    const shard = newShard();
    expect(unitsOn(shard, [day(0), day(1)])).toBe('0 0');
    const [web] = shard.stock(skuId(0))?.channels ?? [];
    expect(web?.ats).toBe(0);
    stock(shard, 0, 2);
    expect(atp(shard, [day(-5)])).toMatchObject({ sku: skuId(0), channel: 'web', dates: [{ at: day(0), units: 2 }] });
    const code = (dates: readonly number[], about: Parameters<typeof atp>[2]) => {
      const outcome = atp(shard, dates, about);
      return outcome.status === 'refused' ? outcome.code : outcome.status;
    };
    const bad = { channel: 'nowhere', horizonAt: day(181) };
    expect(code([], { ...bad, sku: 'nobody' as Sku })).toBe('unknown-sku');
    expect(code([], bad)).toBe('unknown-channel');
    expect(code([], { horizonAt: day(181) })).toBe('horizon-out-of-bounds');
    expect(code([], { horizonAt: day(180) })).toBe('too-many-dates');
    expect(
      code(
        Array.from({ length: 182 }, () => day(1)),
        {},
      ),
    ).toBe('too-many-dates');
    expect(code([day(1), day(31)], {})).toBe('date-beyond-horizon');
    expect(code([day(180)], { horizonAt: day(180) })).toBe('projected');
  });
});

const world = fc.record({
  onHand: fc.array(fc.nat(5), { minLength: NODES, maxLength: NODES }),
  supplies: fc.array(fc.record({ node: fc.nat(NODES - 1), units: fc.nat(4), due: fc.integer({ min: -1, max: 9 }) }), {
    maxLength: 5,
  }),
  rules: fc.array(
    fc.record({ node: fc.nat(NODES - 1), units: fc.nat(4), from: fc.nat(8), lasts: fc.integer({ min: 1, max: 5 }) }),
    { maxLength: 2 },
  ),
  promises: fc.array(
    fc.record({
      channel: fc.constantFrom('web', 'west', 'east'),
      group: fc.constantFrom('west', 'east'),
      units: fc.nat(3),
    }),
    { maxLength: 3 },
  ),
  pool: fc.nat(2),
  threshold: fc.nat(2),
});

describe('available to promise in random worlds', () => {
  test('[AV3] units more than matching can serve on every day from then on are never promised, nor fewer', () => {
    const dates = Array.from({ length: 9 }, (_, n) => n);
    fc.assert(
      fc.property(world, ({ onHand, supplies, rules, promises, pool, threshold }) => {
        const shard = newShard().apply(
          { of: 'channels', rows: [channelRef('web', 'all', { threshold })] },
          { of: 'pools', rows: [{ id: 'p' as PoolId, channel: 'west' as ChannelId, sku: skuId(0), units: pool }] },
        );
        for (const [node, units] of onHand.entries()) stock(shard, node, units);
        for (const [i, { node, units, due }] of supplies.entries())
          expectSupply(shard, node, `po-${i}`, units, day(due));
        const held: Promise[] = [];
        let left = pool;
        for (const { channel, group, units } of promises) {
          const outcome = reserve(shard, channel, { units, group: group as GroupId });
          if (outcome.status !== 'reserved') continue;
          held.push({ nodes: GROUPS[group] ?? [], units });
          if (channel === 'west') left -= Math.min(left, units);
        }
        // One rule per node, or the winner among them would have to be modelled too.
        const byNode = new Map(rules.map((rule) => [rule.node, rule]));
        shard.apply({
          of: 'safety',
          rows: [...byNode.values()].map(({ node, units, from, lasts }) => {
            const dates = { from: day(from), to: day(from + lasts) };
            return { id: `s${node}` as SafetyId, node: nodeId(node), units, ...dates };
          }),
        });
        const availableOn = (at: number): number[] =>
          onHand.map((units, node) => {
            const come = supplies.filter((one) => one.node === node && one.due > 0 && one.due <= at);
            const rule = byNode.get(node);
            const kept = rule !== undefined && rule.from <= at && at < rule.from + rule.lasts ? rule.units : 0;
            return Math.max(0, units + come.reduce((sum, one) => sum + one.units, 0) - kept);
          });
        const against = [...held, { nodes: GROUPS['west'] ?? [], units: left }];
        const canServeFrom = (from: number, more: readonly Promise[]): boolean =>
          dates.slice(from).every((at) => canServe(availableOn(at), [...against, ...more]));
        const outcome = atp(shard, dates.map(day), { horizonAt: day(dates.length - 1) });
        const units = outcome.status === 'projected' ? outcome.dates.map((date) => date.units) : [];
        expect(units).toHaveLength(dates.length);
        for (const from of dates) {
          // Where a rule or a pool leaves too little for what stands already, matching has no say on more.
          if (!canServeFrom(from, [])) continue;
          const room = threshold + (units[from] ?? 0);
          expect(canServeFrom(from, [{ nodes: GROUPS['all'] ?? [], units: room + 1 }])).toBe(false);
          const isServed = units[from] === 0 || canServeFrom(from, [{ nodes: GROUPS['all'] ?? [], units: room }]);
          expect(isServed).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
