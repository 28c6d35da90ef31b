import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REPAIR_REFUSALS, type RepairRefusal } from '../contract/outcome.ts';
import type { RepairRequest } from '../contract/repair.ts';
import { auditChunk } from './audit.ts';
import { refreshExpected } from './expect.ts';
import { positionsOf, refreshPosition } from './position-change.ts';
import { FLAG } from './position-table.ts';
import { settleShortfalls } from './shortfalls.ts';
import type { StockState } from './stock-state.ts';
import { played, stateOf, stocked } from './test-audited.ts';
import { histories, HISTORY_SKUS } from './test-history.ts';
import { nodeId, skuId } from './test-retailer.ts';
import { expectRefused } from './test-shard.ts';

function repairing(changes: Partial<RepairRequest> = {}) {
  const usual = { sku: skuId(0), by: 'ann' as never, reason: 'the watch said so' };
  return { do: 'repair-sums', request: { ...usual, ...changes } } as const;
}

const CASES: readonly (readonly [RepairRefusal, Partial<RepairRequest>])[] = [
  ['unknown-sku', { sku: 'sku-9' as never, reason: ' ' }],
  ['reason-missing', { reason: ' ' }],
  ['nothing-to-repair', {}],
];

test('[AV7] every no to a repair is reached in the order of the table and changes nothing', () => {
  const { shard } = stocked();
  expect(CASES.map(([code]) => code)).toEqual(Object.keys(REPAIR_REFUSALS));
  for (const [code, changes] of CASES) expectRefused(shard, repairing(changes), code);
});

test('[AV7] a repair says who, why and what was wrong, and the number is right again', () => {
  const { shard, state, position } = stocked();
  state.positions.reserved.set(position, 5);
  expect(shard.run(repairing())).toEqual({
    status: 'repaired',
    position: `7.${shard.facts.length}`,
    repaired: [{ sum: 'reserved', node: nodeId(0), before: 5, after: 2 }],
  });
  expect(shard.facts.at(-1)).toMatchObject({ fact: 'SumsRepaired', by: 'ann', reason: 'the watch said so' });
  expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ onHand: 9, reserved: 2, available: 6 });
  expectRefused(shard, repairing(), 'nothing-to-repair');
  expect(shard.replayed().digest()).toBe(shard.digest());
});

test.each([true, false])(
  '[AV7] [FD8] units allocated for nobody are given back by a repair, terms too: %s',
  (isSpread) => {
    const { shard, state, position } = stocked();
    const lines = [{ sku: skuId(0), node: nodeId(0), units: 2 }];
    const order = { allocation: 'o1' as never, step: 1, channel: 'web' as never, partial: false };
    shard.run({ do: 'allocate', ...order, lines });
    const good = shard.stock(skuId(0))?.nodes[0];
    state.expected.allocate(position, 'o1', 2, shard.nowMs);
    if (isSpread) {
      refreshExpected(state, position);
      refreshPosition(state, position);
      settleShortfalls(state, shard.facts.at(-1)!, shard.facts.length);
    }
    expect(shard.run(repairing())).toMatchObject({ status: 'repaired' });
    expect(shard.stock(skuId(0))?.nodes[0]).toEqual(good);
    expect(auditChunk(state, undefined, 10).violations).toEqual([]);
    expect(shard.replayed().digest()).toBe(shard.digest());
  },
);

/** Each breaks one sum, by `units`. */
const FAULTS: readonly ((state: StockState, at: { sku: number; position: number }, units: number) => void)[] = [
  ({ positions }, { position }, units) => positions.reserved.set(position, positions.reserved.get(position) + units),
  ({ positions }, { position }, units) => positions.available.set(position, positions.available.get(position) + units),
  ({ positions }, { position }) => positions.mark(position, FLAG.filled, !positions.has(position, FLAG.filled)),
  ({ positions }, { position }, units) => positions.unavailable.set(position, units + 50),
  ({ skus }, { sku }, units) => skus.channels[0]!.sum.set(sku, skus.channels[0]!.sum.get(sku) + units),
  ({ demand }, { sku }, units) => demand.of(sku).forEach(({ set }) => demand.add(sku, set, units)),
  ({ pools }, { sku }, units) => pools.draw(skuId(sku - 1), 'web' as never, units),
];

test('[AV7] whatever is broken, a repair leaves the shard like a replay that never had the fault', () => {
  const fault = fc.record({
    of: fc.nat({ max: FAULTS.length - 1 }),
    sku: fc.integer({ min: 1, max: HISTORY_SKUS }),
    units: fc.integer({ min: 1, max: 9 }),
  });
  let repaired = 0;
  fc.assert(
    fc.property(histories, fc.array(fault, { minLength: 1, maxLength: 5, size: 'max' }), (events, faults) => {
      const shard = played(events);
      const state = stateOf(shard);
      for (const { of, sku, units } of faults) {
        for (const position of positionsOf(state, sku)) FAULTS[of]?.(state, { sku, position }, units);
      }
      for (let n = 0; n < HISTORY_SKUS; n++) {
        if (shard.run(repairing({ sku: skuId(n) })).status === 'repaired') repaired++;
      }
      expect(auditChunk(state, undefined, 100).violations).toEqual([]);
      expect(shard.replayed().digest()).toBe(shard.digest());
    }),
    { numRuns: 60 },
  );
  expect(repaired).toBeGreaterThan(30);
});
