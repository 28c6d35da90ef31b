import { unreachable } from '../contract/assert.ts';
import type { PoolId } from '../contract/ids.ts';
import { skuOfKey, type ReferenceKind } from '../contract/reference.ts';
import { applySafetyRows } from './apply-safety.ts';
import { positionsAt, positionsOf, refreshPosition } from './position-change.ts';
import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';

/**
 * evolve() for rows that are no more. They leave the reference data first; then what rested on them is as it was before
 * anybody wrote them. Returns the skus that this moved.
 */
export function applyRetired(
  state: StockState,
  { of, keys }: { readonly of: ReferenceKind; readonly keys: readonly string[] },
  atMs: number,
  lsn: number,
): Set<number> {
  state.reference.retire(of, keys);
  switch (of) {
    case 'nodes':
      return retireNodes(state, keys);
    case 'items':
      return retireItems(state, keys);
    case 'pools':
      for (const key of keys) state.pools.giveUp({ sku: skuOfKey(key), id: nameIn(key) as PoolId });
      return skusOf(state, keys);
    case 'safety':
      applySafetyRows(state, atMs, lsn);
      return new Set();
    case 'switches':
      return switchOn(state, keys);
    case 'kits':
    case 'sources':
    case 'groups':
    case 'channels':
    case 'outfeeds':
    case 'carriers':
    case 'sourcing':
    case 'automations':
      // Nobody names them any more, and what was promised keeps the nodes it had.
      return new Set();
    default:
      return unreachable(of);
  }
}

function retireNodes(state: StockState, keys: readonly string[]): Set<number> {
  const moved = new Set<number>();
  state.safety.current.forgetWinners();
  for (const key of keys) {
    const node = state.nodes.names.find(key);
    if (node === 0) continue;
    Object.assign(state.nodes.at(node), { enabled: false, safety: 0 });
    refreshAll(state, positionsAt(state, node), moved);
  }
  return moved;
}

function retireItems(state: StockState, keys: readonly string[]): Set<number> {
  const moved = new Set<number>();
  for (const sku of skusOf(state, keys)) {
    state.skus.describe(sku, undefined);
    refreshAll(state, positionsOf(state, sku), moved);
  }
  return moved;
}

function switchOn(state: StockState, keys: readonly string[]): Set<number> {
  const moved = new Set<number>();
  for (const key of keys) {
    const sku = state.skus.names.find(skuOfKey(key));
    const position = sku === 0 ? 0 : state.positions.find(sku, state.nodes.names.find(nameIn(key)));
    if (position === 0) continue;
    state.positions.mark(position, FLAG.off, false);
    refreshAll(state, [position], moved);
  }
  return moved;
}

function refreshAll(state: StockState, positions: Iterable<number>, moved: Set<number>): void {
  for (const position of positions) {
    refreshPosition(state, position);
    moved.add(state.positions.sku.get(position));
  }
}

function skusOf(state: StockState, keys: readonly string[]): Set<number> {
  return new Set(keys.map((key) => state.skus.names.find(skuOfKey(key))).filter((sku) => sku !== 0));
}

/** What stands behind the sku in a key of two parts. */
function nameIn(key: string): string {
  return key.split('\n')[1] ?? '';
}
