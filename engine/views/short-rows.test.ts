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
