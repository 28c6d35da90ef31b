import { Column } from './columns.ts';
import type { StockState } from './stock-state.ts';

/** Columns lie in a table, or in objects and lists a few levels inside it. */
const DEPTH_MAX = 6;

/**
 * Bytes of typed columns by table, indexes and room for growth included: what positions, ids, remembered deltas … take.
 * JavaScript's own objects (maps, names) are not in it. Columns are found where they lie, so no table lists its own twice.
 */
export function tableBytes(state: StockState): Readonly<Record<string, number>> {
  const counted = new Set<object>([state.pages]);
  // The heap of texts is used by other tables too: counted once, by its own name.
  const tables = Object.entries(state).toSorted(([a], [b]) => Number(b === 'texts') - Number(a === 'texts'));
  return Object.fromEntries(
    tables.map(([name, table]) => [name, bytesIn(table, counted, DEPTH_MAX)] as const).filter(([, bytes]) => bytes > 0),
  );
}

function bytesIn(value: unknown, counted: Set<object>, depth: number): number {
  if (typeof value !== 'object' || value === null || depth === 0 || counted.has(value)) return 0;
  counted.add(value);
  if (value instanceof Column) return value.bytes;
  // Maps, sets and buffers hold no columns and may be long.
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + bytesIn(each, counted, depth - 1), 0);
}
