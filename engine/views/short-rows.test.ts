import { expect, test } from 'vitest';
import type { AllocationId } from '../contract/ids.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { nodeId, skuId } from '../stock/test-retailer.ts';
import { movementsOf } from './movements.ts';

const head = {
  fact: 'ShortDeclared',
  at: 5,
  id: 'o1' as AllocationId,
  step: 2,
  sku: skuId(0),
  node: nodeId(0),
} as const;
const short: StockFact = { ...head, to: 'suspect', units: 7, seenAt: 6 };

test('[OR8] the ledger says what a node could not hand over as a move of staff under the order', () => {
  const about = { source: 'staff', id: 'o1.2', ref: 'o1', at: 6, postedAt: 6, sku: 'sku-0', node: 'n0' };
  const detail = { from: 'sellable', to: 'suspect' };
  expect(movementsOf(short, () => [], true)).toEqual([{ kind: 'move', ...about, units: 7, reason: 'short', detail }]);
  expect(movementsOf({ ...short, units: 0 }, () => [], true)).toEqual([]);
});

test('[OR9] the ledger says who waits and what came: Σ await of an order is what it still waits for', () => {
  const about = { at: 5, id: 'o1' as AllocationId, sku: skuId(0) } as const;
  const terms = { order: 'o1', channel: 'web', movementRef: 'm1', group: 'all', placedAt: 4, priority: 5, dueAt: 9 };
  const served = [{ id: 'o1', serving: 1, group: 'all', units: 2, channel: 'web' }];
  const facts = [
    { fact: 'UnitsAwaited', ...about, step: 1, ...terms, units: 5 },
    { fact: 'UnitsServed', at: 6, sku: skuId(0), served },
    { fact: 'WaitingStopped', ...about, step: 2, units: 3 },
  ] as unknown as readonly StockFact[];
  const rows = facts.flatMap((fact) => movementsOf(fact, () => [], true));
  expect(rows).toMatchObject([
    { kind: 'await', units: 5, group: 'all', channel: 'web', detail: { movementRef: 'm1', dueAt: 9 } },
    { kind: 'await', units: -2, group: 'all', reason: 'came' },
    { kind: 'allocate', units: 2, group: 'all', channel: 'web', ref: 'o1' },
    { kind: 'await', units: -3, reason: 'stopped' },
  ]);
});
