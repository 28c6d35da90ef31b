import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelId, ClientId, SafetyId } from '../contract/ids.ts';
import type { NodeKind, SafetyRef } from '../contract/reference.ts';
import { safetyUsedOf } from './availability.ts';
import { delta, itemRef, nodeId, nodeRef, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const DAY_MS = 86_400_000;
const KINDS: readonly NodeKind[] = ['store', 'dc'];
const DEPARTMENTS = ['shoes', 'toys'] as const;
const SIZE = { nodes: 3, skus: 3 };

/** n0 is a store, n1 a dc, n2 a store; sku-0 shoes, sku-1 toys, sku-2 of no department. Ten of each everywhere. */
function newShard(): TestShard {
  const shard = new TestShard(START_MS, { holdsPerClientMax: 100 }).apply(
    ...retailer(SIZE),
    { of: 'nodes', rows: [0, 1, 2].map((n) => nodeRef(nodeId(n), { kind: kindOf(n), safety: 1 })) },
    { of: 'items', rows: [0, 1].map((n) => itemRef(skuId(n), { department: DEPARTMENTS[n] as string })) },
  );
  for (let sku = 0; sku < SIZE.skus; sku++) {
    for (let node = 0; node < SIZE.nodes; node++) {
      const place = { sku: skuId(sku), node: nodeId(node) };
      shard.record(delta({ id: `e${sku}-${node}`, at: START_MS, quantity: 10, reason: 'receipt', ...place }));
    }
  }
  return shard;
}

const kindOf = (node: number): NodeKind => KINDS[node % 2] as NodeKind;

function rule(id: string, units: number, about: Partial<SafetyRef> = {}): SafetyRef {
  return { id: id as SafetyId, units, ...about };
}

/** Safety of n0, n1, n2 for each sku, skus apart by a slash. */
function safetyOf(shard: TestShard): string {
  const ofSku = (sku: number): string =>
    shard
      .stock(skuId(sku))
      ?.nodes.map(({ safety }) => safety)
      .join(' ') ?? '';
  return [0, 1, 2].map(ofSku).join(' / ');
}

describe('safety stock', () => {
  test('[AV1] the most specific rule wins: sku, then node, then department, then node kind', () => {
    const shard = newShard();
    const seen: string[] = [safetyOf(shard)];
    for (const row of [
      rule('all', 2),
      rule('stores', 3, { nodeKind: 'store' }),
      rule('toys', 4, { department: 'toys' }),
      rule('toys-dc', 5, { department: 'toys', nodeKind: 'dc' }),
      rule('n2', 6, { node: nodeId(2) }),
      rule('sku-0', 7, { sku: skuId(0) }),
      rule('sku-0-dc', 8, { sku: skuId(0), nodeKind: 'dc' }),
      rule('sku-0', 0, { sku: skuId(0) }),
    ]) {
      shard.apply({ of: 'safety', rows: [row] });
      seen.push(safetyOf(shard));
    }
    expect(seen).toEqual([
      '1 1 1 / 1 1 1 / 1 1 1',
      '2 2 2 / 2 2 2 / 2 2 2',
      '3 2 3 / 3 2 3 / 3 2 3',
      '3 2 3 / 4 4 4 / 3 2 3',
      '3 2 3 / 4 5 4 / 3 2 3',
      '3 2 6 / 4 5 6 / 3 2 6',
      '7 7 7 / 4 5 6 / 3 2 6',
      '7 8 7 / 4 5 6 / 3 2 6',
      '0 8 0 / 4 5 6 / 3 2 6',
    ]);
    expect(shard.stock(skuId(0))).toMatchObject({
      nodes: [{ available: 10 }, { available: 2 }, { available: 10 }],
      channels: [{ channel: 'web', ats: 22 }, {}, { channel: 'till', ats: 10 }],
    });
  });

  test('[AV1] of rules alike the dated one wins, then the later, then the greater id', () => {
    const shard = newShard();
    const seen: string[] = [];
    for (const row of [
      rule('a', 2),
      rule('0', 9),
      rule('b', 3),
      rule('dated', 4, { from: START_MS - DAY_MS }),
      rule('later', 5, { from: START_MS - 1 }),
      rule('until', 6, { to: START_MS + DAY_MS }),
      rule('later-b', 7, { from: START_MS - 1 }),
    ]) {
      shard.apply({ of: 'safety', rows: [row] });
      seen.push(String(shard.stock(skuId(0))?.nodes[0]?.safety));
    }
    expect(seen.join(' ')).toBe('2 2 3 4 5 5 7');
  });

  test('[AV1] a rule begins and ends at its millisecond, by a fact, and the change is pushed', () => {
    const shard = newShard();
    const from = START_MS + DAY_MS;
    shard.apply({ of: 'safety', rows: [rule('sale', 4, { sku: skuId(1), from, to: from + 1_000 })] });
    expect(shard.machine.dueAt()).toBe(from);
    shard.changes();
    shard.nowMs = from - 1;
    expect(shard.decide({ do: 'tick' }).facts).toEqual([]);
    shard.nowMs = from;
    expect(shard.decide({ do: 'tick' }).facts).toEqual([{ fact: 'SafetyDatesReached', at: from }]);
    expect(shard.changes()).toMatchObject([{ sku: skuId(1), facts: 1, nodes: [{ safety: 4 }, {}, {}] }]);
    expect(safetyOf(shard)).toBe('1 1 1 / 4 4 4 / 1 1 1');
    expect(shard.machine.dueAt()).toBe(from + 1_000);
    // Looked at late: one fact for all dates that were missed.
    shard.nowMs = from + DAY_MS;
    expect(shard.decide({ do: 'tick' }).facts).toHaveLength(1);
    expect(safetyOf(shard)).toBe('1 1 1 / 1 1 1 / 1 1 1');
    expect(shard.machine.dueAt()).toBe(Infinity);
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test("[AV1] an item's department and a node's kind may change while rules ask for them", () => {
    const shard = newShard().apply({
      of: 'safety',
      rows: [rule('toys', 4, { department: 'toys' }), rule('dc', 2, { nodeKind: 'dc' })],
    });
    expect(safetyOf(shard)).toBe('1 2 1 / 4 4 4 / 1 2 1');
    shard.apply({ of: 'items', rows: [itemRef(skuId(0), { department: 'toys' }), itemRef(skuId(1))] });
    expect(safetyOf(shard)).toBe('4 4 4 / 1 2 1 / 1 2 1');
    shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(2), { kind: 'dc', safety: 1 })] });
    expect(safetyOf(shard)).toBe('4 4 4 / 1 2 2 / 1 2 2');
    expect(shard.stock(skuId(2))?.nodes.map(({ available }) => available)).toEqual([9, 8, 8]);
  });

  test('[AV4] demand eats ordinary stock before safety stock, and says how much of that is used', () => {
    const shard = newShard();
    const request = { client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
    const lines = [{ sku: skuId(0), units: 8, node: nodeId(0) }];
    expect(shard.run({ do: 'reserve', request: { ...request, key: 'a', lines } }).status).toBe('reserved');
    const [first] = shard.stock(skuId(0))?.nodes ?? [];
    expect(first).not.toHaveProperty('safetyUsed');
    shard.apply({ of: 'safety', rows: [rule('more', 5)] });
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ safety: 5, safetyUsed: 3, available: 0, short: 0 });
    shard.record(delta({ id: 'sale', at: START_MS, quantity: -6 }));
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ onHand: 4, safety: 5, safetyUsed: 4, short: 4 });
    const terms = { unavailable: 0, departed: 0, allocated: 0 };
    expect(safetyUsedOf({ ...terms, onHand: 5, safety: 3, reserved: 4 })).toBe(2);
    expect(safetyUsedOf({ ...terms, onHand: 1, safety: 3, reserved: 0 })).toBe(0);
  });
});

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const drawnRule = fc
  .record({
    id: fc.constantFrom('r0', 'r1', 'r2', 'r3', 'r4'),
    sku: some(fc.nat(2)),
    node: some(fc.nat(2)),
    department: some(fc.constantFrom(...DEPARTMENTS)),
    nodeKind: some(fc.constantFrom(...KINDS)),
    units: fc.nat(12),
    from: some(fc.nat(5)),
    lasts: some(fc.integer({ min: 1, max: 4 })),
  })
  .map(({ id, sku, node, department, nodeKind, units, from, lasts }) =>
    rule(id, units, {
      ...(sku !== undefined && { sku: skuId(sku) }),
      ...(node !== undefined && { node: nodeId(node) }),
      ...(department !== undefined && { department }),
      ...(nodeKind !== undefined && { nodeKind }),
      ...(from !== undefined && { from: START_MS + from * DAY_MS }),
      ...(lasts !== undefined && { to: START_MS + ((from ?? 0) + lasts) * DAY_MS }),
    }),
  );

/** The sentence of SPEC.md, read anew for each position: the first in the order of what outweighs what. */
function modelSafety(rules: readonly SafetyRef[], sku: number, node: number, atMs: number): number {
  const fits = rules.filter(
    (each) =>
      [undefined, skuId(sku)].includes(each.sku) &&
      [undefined, nodeId(node)].includes(each.node) &&
      (each.department === undefined || each.department === DEPARTMENTS[sku]) &&
      [undefined, kindOf(node)].includes(each.nodeKind) &&
      (each.from === undefined || each.from <= atMs) &&
      (each.to === undefined || atMs < each.to),
  );
  const weight = (each: SafetyRef): string =>
    [each.sku, each.node, each.department, each.nodeKind, each.from ?? each.to]
      .map((named) => (named === undefined ? '0' : '1'))
      .join('') + ` ${String(each.from ?? 0).padStart(15, '0')} ${each.id}`;
  const [winner] = fits.toSorted((a, b) => (weight(a) < weight(b) ? 1 : -1));
  return winner?.units ?? 1;
}

describe('safety stock in random histories', () => {
  test('[AV1][AV2] every position keeps back what the rules of the moment say, however they came and went', () => {
    const steps = fc.array(
      fc.oneof(
        drawnRule,
        fc.constantFrom(1, 2).map((days) => ({ days })),
      ),
      { maxLength: 14, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (drawn) => {
        const shard = newShard();
        const rules = new Map<string, SafetyRef>();
        for (const step of drawn) {
          if ('days' in step) {
            shard.nowMs += step.days * DAY_MS;
            shard.run({ do: 'tick' });
          } else {
            shard.apply({ of: 'safety', rows: [step] });
            rules.set(step.id, step);
          }
          for (let sku = 0; sku < SIZE.skus; sku++) {
            const stock = shard.stock(skuId(sku));
            const model = [0, 1, 2].map((node) => modelSafety([...rules.values()], sku, node, shard.nowMs));
            expect(stock?.nodes.map(({ safety }) => safety)).toEqual(model);
            expect(stock?.nodes.map(({ available }) => available)).toEqual(model.map((kept) => Math.max(0, 10 - kept)));
            expect(stock?.channels[0]?.ats).toBe(model.reduce((sum, kept) => sum + Math.max(0, 10 - kept), 0));
          }
        }
        expect(shard.replayed().digest()).toBe(shard.digest());
      }),
      { numRuns: 300 },
    );
  });
});
