import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DemandExplanation, Explanation, HeldTerm, SkuTerms, SummedTerm } from '../contract/explain.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { AllocationId, ChannelId, ClientId, GroupId, PoolId, SafetyId, Sku } from '../contract/ids.ts';
import type { Place, ReserveLine } from '../contract/reservation.ts';
import { headroom } from '../stock/headroom.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from '../stock/test-history.ts';
import { channelRef, delta, groupRef, nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { TestShard } from '../stock/test-shard.ts';
import { Evidence } from './evidence.ts';
import { explainSku } from './explain-sku.ts';
import { LedgerFile } from './ledger-file.ts';
import { movementsOf } from './movements.ts';
import { tightestChoice } from './tightest.ts';

// Σ of every answer, on random histories: feeds of all kinds in any order, holds at nodes and groups, moves, ends, safety
// stock and rules, pools and thresholds.

const SHARD = 0;

/** Explanations as the engine makes them: facts to the ledger, terms from the shard. The disk has its own tests. */
function explained(shard: TestShard, skus: readonly Sku[]): { explanation: Explanation; terms: SkuTerms }[] {
  const file = LedgerFile.create(':memory:', 'test0001', 1);
  for (const [i, fact] of shard.facts.entries()) {
    const place = { position: i + 1, shard: SHARD, lsn: i + 1, atMs: fact.at };
    file.add(place, movementsOf(JSON.parse(JSON.stringify(fact)) as StockFact, file.heldLines(SHARD), true));
  }
  const made = skus.flatMap((sku) => {
    const answer = shard.machine.answer({ ask: 'terms', sku }, shard.nowMs);
    if (answer.answer !== 'terms' || answer.terms === undefined) return [];
    const terms = JSON.parse(JSON.stringify(answer.terms)) as SkuTerms;
    expectHeldInLedger(file, terms);
    const evidence = new Evidence(file, { sku, shard: SHARD, lsn: terms.lsn });
    return [{ explanation: explainSku(terms, evidence, {}), terms }];
  });
  file.close();
  return made;
}

/** Of every open hold the ledger says, place by place, what is held there now: what a release will give back. */
function expectHeldInLedger(file: LedgerFile, { stock, holds }: SkuTerms): void {
  for (const [id, open] of Map.groupBy(holds, (hold) => hold.id)) {
    const known = file
      .heldLines(SHARD)(id)
      .filter((line) => line.sku === stock.sku);
    const unitsAt = (node: string | undefined): number =>
      sum(known.flatMap((line) => (line.node === node ? (line.units ?? 0) : [])));
    for (const { node } of stock.nodes) {
      expect(unitsAt(node)).toBe(sum(open.flatMap((hold) => ('node' in hold && hold.node === node ? hold.units : []))));
    }
    expect(unitsAt(undefined)).toBe(sum(open.flatMap((hold) => ('nodes' in hold ? hold.units : []))));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function expectSummed(term: SummedTerm): void {
  expect(term.units).toBe((term.base?.units ?? 0) + term.counted + term.folded);
  expect(term.more).toBe(0);
  expect(sum(term.causes.map(({ units }) => units))).toBe(term.counted);
  // Histories of 8 hours fold nothing: every unit has its event.
  expect(term.folded).toBe(0);
}

function expectHeld(term: HeldTerm & Partial<Pick<DemandExplanation, 'allocations'>>): void {
  const { holds, allocations = [] } = term;
  expect(sum([...holds, ...allocations].map(({ units }) => units))).toBe(term.units);
  expect(term.more).toBe(0);
}

function expectAddsUp({ nodes, channels, demand }: Explanation, terms: SkuTerms): void {
  expect(nodes.map(({ node }) => node)).toEqual(terms.stock.nodes.map(({ node }) => node));
  for (const [i, node] of nodes.entries()) {
    expectSummed(node.onHand);
    for (const state of node.unavailable.states) expectSummed(state);
    expect(sum(node.unavailable.states.map(({ units }) => Math.max(0, units)))).toBe(node.unavailable.units);
    expectHeld(node.reserved);
    const { onHand, unavailable, departed, reserved, allocated, safety } = node;
    const rest = onHand.units - unavailable.units - departed.units - reserved.units - allocated.units - safety.units;
    expect(departed.more).toBe(0);
    expect(allocated.more).toBeLessThanOrEqual(0);
    expect(node.available).toBe(node.nodeEnabled && node.itemEnabled ? Math.max(0, rest) : 0);
    const said = safety.rule === 'node' ? { reason: 'nodes', node: node.node } : { reason: 'safety', ref: safety.rule };
    expect(safety.since).toMatchObject({ units: safety.units, ...said });
    expect(terms.stock.nodes[i]).toMatchObject({
      onHand: onHand.units,
      departed: departed.units,
      reserved: reserved.units,
      allocated: allocated.units,
      available: node.available,
    });
  }
  for (const group of demand.filter(({ pool }) => pool === undefined)) expectHeld(group);
  for (const { units, quota = 0, drawn = 0 } of demand.filter(({ pool }) => pool !== undefined)) {
    expect(units).toBe(quota - drawn);
  }
  const available = new Map(nodes.map((one) => [one.node, one.available]));
  for (const { channel, tightest, headroom: left, threshold, ats } of channels) {
    expect(sum(tightest.nodes.map((one) => available.get(one) ?? 0))).toBe(tightest.available);
    expect(sum(tightest.groups.map((one) => demand[one]?.units ?? 0))).toBe(tightest.demand);
    expect(left).toBe(tightest.available - tightest.demand);
    expect(tightest.groups.map((one) => demand[one]?.pool)).not.toContain(channel);
    expect(ats).toBe(Math.max(0, left - threshold));
  }
}

const actions = fc.array(
  fc.record({
    before: fc.nat(40),
    act: fc.constantFrom(
      ...([
        'reserve-node',
        'reserve-group',
        'part',
        'move',
        'move',
        'move-part',
        'extend',
        'release',
        'end-part',
        'allocate',
        'allocate',
        'allocate-held',
        'place',
        'ship',
      ] as const),
      ...(['safety', 'switch', 'pool', 'threshold', 'rule', 'wait', 'regroup'] as const),
    ),
    n: fc.nat(1),
    units: fc.integer({ min: 1, max: 4 }),
    group: fc.constantFrom('all', 'first', 'rest'),
  }),
  { maxLength: 16 },
);

type Action = Parameters<Parameters<typeof actions.map>[0]>[0][number];

function act(shard: TestShard, { act: what, n, units, group }: Action, i: number): void {
  const client = 'shop' as ClientId;
  const channel = 'web' as ChannelId;
  const allocation = `o${n}` as AllocationId;
  const line = { sku: skuId(n % HISTORY_SKUS), units };
  const lines = [what === 'reserve-node' ? { ...line, node: nodeId(n) } : { ...line, group: group as GroupId }];
  switch (what) {
    case 'reserve-node':
    case 'reserve-group': {
      const request = { key: `k${i}`, client, channel, lines, holdMs: 3_600_000, partial: true };
      return void shard.run({ do: 'reserve', request });
    }
    case 'part':
      return void shard.run({
        do: 'hold-part',
        saga: `r9-${i}` as never,
        replyTo: 9,
        startedAt: shard.nowMs,
        client,
        keyDigest: `key ${i}`,
        channel,
        lines,
        partial: true,
      });
    case 'allocate':
      return void shard.run({ do: 'allocate', allocation, step: i, channel, lines, partial: true });
    case 'allocate-held': {
      const made = shard.facts.findLast((fact) => fact.fact === 'UnitsReserved');
      if (made === undefined) return;
      return void shard.run({ do: 'allocate-held', allocation, step: i, id: made.reservation.id, client });
    }
    case 'place': {
      const places = { from: { group: group as GroupId }, to: { node: nodeId(n) } };
      return void shard.run({ do: 'move-allocated', allocation, step: i, sku: line.sku, ...places, units: 1 });
    }
    case 'ship': {
      const shipped = [{ ...line, node: nodeId(n), units: 1 }];
      const about = { as: 'shipped', happenedAt: shard.nowMs, lines: shipped } as const;
      return void shard.run({ do: 'ship-allocated', allocation, step: i, ...about });
    }
    case 'release':
      for (const fact of shard.facts.filter((each) => each.fact === 'UnitsReserved').slice(0, n + 1)) {
        shard.run({ do: 'release', id: fact.reservation.id, client });
      }
      return;
    case 'end-part':
      for (const fact of shard.facts.filter((each) => each.fact === 'PartHeld').slice(0, n + 1)) {
        shard.run({ do: 'end-part', saga: fact.saga, replyTo: 9, reason: 'released' });
      }
      return;
    case 'move':
      for (const fact of shard.facts.filter((each) => each.fact === 'UnitsReserved')) {
        const from = fact.reservation.lines[0];
        if (from === undefined) continue;
        for (const place of [placeOf(from), { node: nodeId(1 - n) }, { group: 'all' as GroupId }]) {
          const to = n === 0 ? { node: nodeId(units % HISTORY_NODES) } : { group: group as GroupId };
          const key = `m${i}${JSON.stringify(place)}`;
          const part = units > 2 ? {} : { units };
          const request = { key, client, id: fact.reservation.id, sku: from.sku, from: place, to, ...part };
          shard.run({ do: 'move', request, shard: SHARD });
        }
      }
      return;
    case 'move-part':
      for (const [move, fact] of shard.facts.filter((each) => each.fact === 'PartHeld').entries()) {
        const to = n === 0 ? { node: nodeId(units % HISTORY_NODES) } : { group: 'all' as GroupId };
        const asked = { channel, sku: fact.lines[0]?.sku ?? line.sku, from: placeOf(fact.lines[0] ?? lines[0]!), to };
        shard.run({ do: 'move-part', saga: fact.saga, replyTo: 9, move: i * 100 + move, ...asked, units: 1 });
      }
      return;
    case 'extend':
      for (const fact of shard.facts.filter((each) => each.fact === 'UnitsReserved').slice(0, n + 1)) {
        shard.run({ do: 'extend', request: { id: fact.reservation.id, client, holdMs: units * 3_600_000 } });
      }
      return;
    case 'pool': {
      const row = { id: `p${n}` as PoolId, channel: (units > 2 ? 'web' : 'till') as ChannelId, sku: line.sku, units };
      return void shard.apply({ of: 'pools', rows: [row] });
    }
    case 'threshold':
      return void shard.apply({ of: 'channels', rows: [channelRef('web', 'all', { threshold: units })] });
    case 'rule': {
      const dates = units > 2 ? {} : { from: shard.nowMs + 1_000 * units, to: shard.nowMs + 60_000 };
      const place = n === 0 ? { sku: line.sku } : { node: nodeId(n) };
      return void shard.apply({ of: 'safety', rows: [{ id: `s${n}` as SafetyId, ...place, units, ...dates }] });
    }
    case 'wait':
      shard.nowMs += units * 10_000;
      return void shard.run({ do: 'tick' });
    case 'regroup':
      // A line held before is another than one held at the same name now.
      return void shard.apply({ of: 'groups', rows: [groupRef('rest', [nodeId(n), nodeId(1)])] });
    case 'safety':
    case 'switch': {
      const [nodes] = retailer({ nodes: HISTORY_NODES, skus: 1 }).filter((batch) => batch.of === 'nodes');
      const change = what === 'safety' ? { safety: units } : { enabled: units > 2 };
      const rows = (nodes?.rows ?? []).slice(n, n + 1).map((row) => ({ ...row, ...change }));
      return void shard.apply({ of: 'nodes', rows });
    }
  }
}

/** Something to hold and to move, until a count of the history says otherwise. */
function stockUp(shard: TestShard): void {
  for (let n = 0; n < HISTORY_SKUS * HISTORY_NODES; n++) {
    const place = { sku: skuId(n % HISTORY_SKUS), node: nodeId(Math.floor(n / HISTORY_SKUS)) };
    shard.record(delta({ id: `opening-${n}`, at: HISTORY_END_MS - 1, quantity: 9, reason: 'receipt', ...place }));
  }
}

function placeOf(line: ReserveLine): Place {
  return 'node' in line ? { node: line.node } : { group: line.group };
}

test('[AV8] [AV2] [RS7] the events and holds behind every term add up to the number', () => {
  let causes = 0;
  const seen = { moved: 0, pools: 0, rules: 0, thresholds: 0 };
  fc.assert(
    fc.property(histories, actions, (events, acts) => {
      const shard = new TestShard(HISTORY_END_MS, { shard: SHARD });
      shard.apply(...retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS }));
      stockUp(shard);
      for (const [i, event] of events.entries()) {
        for (const each of acts.filter(({ before }) => before % events.length === i))
          act(shard, each, shard.facts.length);
        shard.record(event);
      }
      const skus = Array.from({ length: HISTORY_SKUS }, (_, n) => skuId(n));
      for (const { explanation, terms } of explained(shard, skus)) {
        expectAddsUp(explanation, terms);
        seen.pools += explanation.demand.filter(({ pool }) => pool !== undefined).length;
        seen.rules += explanation.nodes.filter(({ safety }) => safety.rule !== 'node').length;
        seen.thresholds += explanation.channels.filter(({ threshold }) => threshold > 0).length;
        causes += sum(explanation.nodes.map(({ onHand }) => onHand.causes.length));
      }
      seen.moved += shard.facts.filter(({ fact }) => fact === 'UnitsMoved' || fact === 'PartMoved').length;
    }),
    { numRuns: 300 },
  );
  // Some 250 in 300 histories: sums over nothing would prove nothing.
  expect(causes).toBeGreaterThan(50);
  expect(Object.entries(seen).filter(([, times]) => times < 20)).toEqual([]);
});

test('[AV8] [AV2] the tightest choice leaves what the shard says is left', () => {
  const nodes = fc.uniqueArray(fc.nat(5), { maxLength: 6 });
  const groups = fc.array(fc.record({ nodes, units: fc.nat(9) }), { maxLength: 5 });
  fc.assert(
    fc.property(nodes, fc.array(fc.nat(9), { maxLength: 6 }), groups, (own, supplies, demand) => {
      const named = demand.map((one) => ({ units: one.units, nodes: one.nodes.map(nodeId) }));
      const available = new Map(supplies.map((units, node) => [nodeId(node), units]));
      const wanted = headroom(
        (node) => own.includes(node),
        supplies.map((units, node) => ({ node, available: units })),
        demand.map((one) => ({ units: one.units, has: (node: number) => one.nodes.includes(node) })),
      );
      const channel = { channel: 'web' as ChannelId, nodes: own.map(nodeId) };
      const ownPool = { units: 99, nodes: channel.nodes, pool: channel.channel };
      expect(tightestChoice(channel, available, [...named, ownPool]).headroom).toBe(wanted);
    }),
  );
});

test('[AV8] what left its window before the base came is said, not hidden', () => {
  const day = 86_400_000;
  const shard = new TestShard(HISTORY_END_MS, { shard: SHARD });
  shard.apply(...retailer({ nodes: 1, skus: 1 }));
  const place = { source: 'wms', sku: skuId(0), node: nodeId(0) } as const;
  const at = HISTORY_END_MS - 5 * day;
  const delta = { kind: 'delta', reason: 'sale', ...place } as const;
  // Booked long after the count's time, yet its window has passed by when the book comes.
  shard.record({ ...delta, id: 'old', at, postedAt: at + 4 * day, quantity: -3 } as never);
  shard.record({ ...delta, id: 'new', at: at + 4 * day, quantity: -1, postedAt: at + 4 * day } as never);
  const book = {
    kind: 'snapshot',
    covers: 'book',
    carries: 'on-hand',
    ...place,
    id: 'book',
    at: at + 3 * day,
    quantity: 10,
  };
  shard.record(book as never);
  const term = explained(shard, [skuId(0)])[0]?.explanation.nodes[0]?.onHand;
  expect(term).toMatchObject({ units: 9, base: { units: 10 }, counted: -4, folded: 3 });
});
