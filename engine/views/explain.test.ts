import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Explanation, HeldTerm, SkuTerms, SummedTerm } from '../contract/explain.ts';
import type { StockFact } from '../contract/fact.ts';
import type { ChannelId, ClientId, GroupId, Sku } from '../contract/ids.ts';
import { headroom } from '../stock/headroom.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from '../stock/test-history.ts';
import { nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { TestShard } from '../stock/test-shard.ts';
import { Evidence } from './evidence.ts';
import { explainSku } from './explain-sku.ts';
import { LedgerFile } from './ledger-file.ts';
import { movementsOf } from './movements.ts';
import { tightestChoice } from './tightest.ts';

// Σ of every answer, on random histories: feeds of all kinds in any order, holds at nodes and groups, ends, safety stock.

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
    const evidence = new Evidence(file, { sku, shard: SHARD, lsn: terms.lsn });
    return [{ explanation: explainSku(terms, evidence, {}), terms }];
  });
  file.close();
  return made;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function expectSummed(term: SummedTerm): void {
  expect(term.units).toBe((term.base?.units ?? 0) + term.counted + term.folded);
  expect(term.more).toBe(0);
  expect(sum(term.causes.map(({ units }) => units))).toBe(term.counted);
  // Histories of 8 hours fold nothing: every unit has its event.
  expect(term.folded).toBe(0);
}

function expectHeld(term: HeldTerm): void {
  expect(sum(term.holds.map(({ units }) => units))).toBe(term.units);
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
    const rest = onHand.units - unavailable.units - departed - reserved.units - allocated - safety.units;
    expect(node.available).toBe(node.nodeEnabled && node.itemEnabled ? Math.max(0, rest) : 0);
    expect(safety.since?.units).toBe(safety.units);
    expect(terms.stock.nodes[i]).toMatchObject({
      onHand: onHand.units,
      reserved: reserved.units,
      available: node.available,
    });
  }
  for (const group of demand) expectHeld(group);
  const available = new Map(nodes.map((one) => [one.node, one.available]));
  for (const { tightest, headroom: left, ats } of channels) {
    expect(sum(tightest.nodes.map((one) => available.get(one) ?? 0))).toBe(tightest.available);
    expect(sum(tightest.groups.map((one) => demand[one]?.units ?? 0))).toBe(tightest.demand);
    expect(left).toBe(tightest.available - tightest.demand);
    expect(ats).toBe(Math.max(0, left));
  }
}

const actions = fc.array(
  fc.record({
    before: fc.nat(40),
    act: fc.constantFrom('reserve-node', 'reserve-group', 'part', 'release', 'end-part', 'safety', 'switch'),
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
  const line = { sku: skuId(n % HISTORY_SKUS), units };
  const lines = [what === 'reserve-node' ? { ...line, node: nodeId(n) } : { ...line, group: group as GroupId }];
  switch (what) {
    case 'reserve-node':
    case 'reserve-group': {
      const request = { key: `k${i}`, client, channel, lines, holdMs: 3_600_000, partial: true };
      return void shard.run({ do: 'reserve', request });
    }
    case 'part':
      return void shard.run({ do: 'hold-part', saga: `r9-${i}` as never, replyTo: 9, channel, lines, partial: true });
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
    case 'safety':
    case 'switch': {
      const [nodes] = retailer({ nodes: HISTORY_NODES, skus: 1 }).filter((batch) => batch.of === 'nodes');
      const change = what === 'safety' ? { safety: units } : { enabled: units > 2 };
      const rows = (nodes?.rows ?? []).slice(n, n + 1).map((row) => ({ ...row, ...change }));
      return void shard.apply({ of: 'nodes', rows });
    }
  }
}

test('[AV8] the events and holds behind every term add up to the number', () => {
  let causes = 0;
  fc.assert(
    fc.property(histories, actions, (events, acts) => {
      const shard = new TestShard(HISTORY_END_MS, { shard: SHARD });
      shard.apply(...retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS }));
      for (const [i, event] of events.entries()) {
        for (const each of acts.filter(({ before }) => before % events.length === i))
          act(shard, each, shard.facts.length);
        shard.record(event);
      }
      const skus = Array.from({ length: HISTORY_SKUS }, (_, n) => skuId(n));
      for (const { explanation, terms } of explained(shard, skus)) {
        expectAddsUp(explanation, terms);
        causes += sum(explanation.nodes.map(({ onHand }) => onHand.causes.length));
      }
    }),
    { numRuns: 300 },
  );
  // Some 250 in 300 histories: sums over nothing would prove nothing.
  expect(causes).toBeGreaterThan(50);
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
      expect(tightestChoice(own.map(nodeId), available, named).headroom).toBe(wanted);
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
