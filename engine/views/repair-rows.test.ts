import { expect, test } from 'vitest';
import type { StockFact } from '../contract/stock-fact.ts';
import { movementsOf } from './movements.ts';

test('[AV7] [AV8] every repaired sum is a row of the ledger that says who, why and what it was', () => {
  const head = { fact: 'SumsRepaired', at: 5, sku: 'a', by: 'ann', reason: 'the watch said so' };
  const repaired = [
    { sum: 'reserved', node: 'n0', before: 3, after: 2 },
    { sum: 'demand', nodes: ['n0', 'n1'], before: 0, after: 4 },
  ];
  const about = { kind: 'repair', at: 5, sku: 'a', reason: 'the watch said so' };
  expect(movementsOf({ ...head, repaired } as unknown as StockFact, () => [], true)).toEqual([
    { ...about, node: 'n0', units: 2, detail: { client: 'ann', sum: 'reserved', before: 3 } },
    { ...about, units: 4, detail: { client: 'ann', sum: 'demand', before: 0, nodes: ['n0', 'n1'] } },
  ]);
});
