import { expect, test } from 'vitest';
import { newStockState } from './stock-state.ts';
import { tableBytes } from './table-bytes.ts';

test('every column belongs to exactly one table', () => {
  const state = newStockState({ shard: 0, intake: 20, holdsPerClientMax: 1, unitsPerLineMax: 1 });
  const all = state.pages.columns.reduce((sum, column) => sum + column.bytes, 0);
  const byTable = tableBytes(state);
  expect(Object.values(byTable).reduce((sum, bytes) => sum + bytes, 0)).toBe(all);
  expect(Object.keys(byTable)).toEqual(expect.arrayContaining(['texts', 'positions', 'ids', 'deltas']));
});

test('a position makes its own table grow, and no other but the sku’s', () => {
  const state = newStockState({ shard: 0, intake: 20, holdsPerClientMax: 1, unitsPerLineMax: 1 });
  const before = tableBytes(state);
  for (let node = 1; node <= 2_000; node++) state.positions.add(1, node);
  const after = tableBytes(state);
  expect(Object.keys(after).filter((table) => after[table] !== before[table])).toEqual(['positions']);
});
