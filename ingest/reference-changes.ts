import { unreachable } from '../engine/contract/assert.ts';
import { poolKey, switchKey, type PoolRef, type ReferenceBatch, type SwitchRef } from '../engine/contract/reference.ts';

/** Reference data as it stands: the maps of the engine's ReferenceView. */
export interface ReferenceMaps {
  readonly nodes: ReadonlyMap<string, object>;
  readonly groups: ReadonlyMap<string, object>;
  readonly channels: ReadonlyMap<string, object>;
  readonly sources: ReadonlyMap<string, object>;
  readonly items: ReadonlyMap<string, object>;
  readonly pools: ReadonlyMap<string, object>;
  readonly safety: ReadonlyMap<string, object>;
  readonly switches: ReadonlyMap<string, object>;
}

/**
 * Only the rows that differ from what stands, so starting again on an unchanged folder writes no fact.
 * A row that left the folder stays as it was: switch it off with `enabled` instead, its history needs it.
 */
export function changedBatches(current: ReferenceMaps, loaded: readonly ReferenceBatch[]): readonly ReferenceBatch[] {
  return loaded.flatMap((batch) => {
    const standing = current[batch.of];
    const rows = batch.rows.filter((row) => {
      const known = standing.get(rowKey(batch.of, row));
      return known === undefined || !sameValue(known, row);
    });
    return rows.length === 0 ? [] : [{ of: batch.of, rows } as ReferenceBatch];
  });
}

interface RowNames {
  readonly id?: string;
  readonly sku?: string;
  readonly node?: string;
}

/** What names a row among its kind. */
export function rowKey(of: ReferenceBatch['of'], row: RowNames): string {
  const { id = '', sku = '', node = '' } = row;
  switch (of) {
    case 'items':
      return sku;
    case 'pools':
      return poolKey({ id, sku } as PoolRef);
    case 'switches':
      return switchKey({ sku, node } as SwitchRef);
    case 'nodes':
    case 'groups':
    case 'channels':
    case 'sources':
    case 'safety':
      return id;
    default:
      return unreachable(of);
  }
}

/** Equal as JSON: the order of keys does not count, nor does a key that is absent or undefined. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    if (!sameValue(Reflect.get(a, key), Reflect.get(b, key))) return false;
  }
  return true;
}
