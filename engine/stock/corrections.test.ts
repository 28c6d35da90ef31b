import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CorrectionRequest } from '../contract/correction.ts';
import type { ClientId, EventId } from '../contract/ids.ts';
import { CORRECTION_REFUSALS, type CorrectionRefusal } from '../contract/outcome.ts';
import { delta, nodeId, retailer, skuId, WMS } from './test-retailer.ts';
import { expectRefused, TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const SKU = skuId(0);

function newShard(): TestShard {
  return new TestShard(START_MS).apply(...retailer({ nodes: 2, skus: 2 }));
}

function correcting(changes: Partial<CorrectionRequest> = {}) {
  const usual = {
    key: 'c1',
    client: 'ann' as ClientId,
    sku: SKU,
    node: nodeId(0),
    units: -3,
    reason: 'shelf was empty',
  };
  return { do: 'correct', request: { ...usual, ...changes } } as const;
}

function snapshot(shard: TestShard, quantity: number, covers: 'count' | 'book', id: string): void {
  const head = {
    kind: 'snapshot',
    source: WMS,
    id: id as EventId,
    at: shard.nowMs,
    sku: SKU,
    node: nodeId(0),
  } as const;
  shard.record({ ...head, quantity, covers, carries: 'on-hand' });
}

test('[Correction] staff take units away for a reason, once, and a later snapshot replaces what they said', () => {
  const shard = newShard();
  shard.record(delta({ id: 'e1', at: START_MS, quantity: 10 }));
  const outcome = { status: 'corrected', position: `7.${shard.facts.length + 1}`, onHand: 7 };
  expect(shard.run(correcting())).toEqual(outcome);
  expect(shard.facts.at(-1)).toMatchObject({ client: 'ann', reason: 'shelf was empty', units: -3 });
  expect(shard.run(correcting())).toEqual(outcome);
  expect(shard.stock(SKU)?.nodes[0]).toMatchObject({ onHand: 7, available: 7, asOf: { staff: START_MS } });
  shard.nowMs += 1_000;
  snapshot(shard, 8, 'book', 's1');
  expect(shard.stock(SKU)?.nodes[0]).toMatchObject({ onHand: 8, uncertain: true });
  shard.nowMs += 1_000;
  expect(shard.run(correcting({ key: 'c2', units: 2 }))).toMatchObject({ onHand: 10 });
  expect(shard.replayed().digest()).toBe(shard.digest());
});

const CASES: readonly (readonly [CorrectionRefusal, Partial<CorrectionRequest>])[] = [
  ['key-reused', { reason: 'another reason' }],
  ['unknown-node', { key: 'n', node: 'n9' as never }],
  ['stock-of-a-kit', { key: 'n', sku: 'kit' as never, units: 0 }],
  ['unknown-sku', { key: 'n', sku: 'sku-9' as never }],
  ['units-out-of-bounds', { key: 'n', units: 0 }],
  ['reason-missing', { key: 'n', reason: ' ' }],
];

test('[Correction] every no is reached in the order of the table and changes nothing', () => {
  const shard = newShard().apply({ of: 'kits', rows: [{ sku: 'kit' as never, components: [{ sku: SKU, units: 2 }] }] });
  shard.run(correcting());
  const here = Object.keys(CORRECTION_REFUSALS).filter((code) => code !== 'too-many-keys');
  expect(CASES.map(([code]) => code)).toEqual(here);
  for (const [code, changes] of CASES) expectRefused(shard, correcting(changes), code);
  for (const units of [0.5, Number.NaN, 1e12])
    expectRefused(shard, correcting({ key: 'n', units }), 'units-out-of-bounds');
});

test('[Correction] on-hand is what the events say and the corrections that no snapshot covers, in every order of keys', () => {
  const step = fc.record({
    do: fc.constantFrom('correct', 'stock', 'count'),
    units: fc.integer({ min: -5, max: 5 }).filter((units) => units !== 0),
    again: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
      const shard = newShard();
      let onHand = 0;
      for (const [index, { do: what, units, again }] of steps.entries()) {
        shard.nowMs += 1_000;
        if (what === 'count') snapshot(shard, (onHand = Math.abs(units)), 'count', `s${index}`);
        else onHand += units;
        if (what === 'stock') shard.record(delta({ id: `e${index}`, at: shard.nowMs, quantity: units }));
        if (what === 'correct') shard.run(correcting({ key: `k${index}`, units }));
        if (what === 'correct' && again) shard.run(correcting({ key: `k${index}`, units }));
        expect(shard.stock(SKU)?.nodes[0]?.onHand).toBe(onHand);
      }
      expect(shard.replayed().digest()).toBe(shard.digest());
    }),
    { numRuns: 200 },
  );
});
