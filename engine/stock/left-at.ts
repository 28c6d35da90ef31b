import type { Sku } from '../contract/ids.ts';
import type { Place } from '../contract/reservation.ts';
import type { StockState } from './stock-state.ts';

// When units left a node, as the snapshots there see it (rule FD8).

/** What leaves now was still there when the snapshots that are known were taken, however far ahead their clock was. */
export function leftNow(
  state: StockState,
  { sku, at }: { readonly sku: Sku; readonly at: Place },
  atMs: number,
): number {
  if (!('node' in at)) return atMs;
  const position = state.positions.find(state.skus.names.find(sku), state.nodes.names.find(at.node));
  return Math.max(atMs, state.positions.snapshots.base(position)?.at ?? 0);
}

/** How long the node's owner may take to book what we did there. */
export function postsWithin(state: StockState, at: Place): number {
  const node = 'node' in at ? state.reference.nodes.get(at.node) : undefined;
  const owner = node === undefined ? undefined : state.reference.sources.get(node.owner);
  return owner?.postsWithinMs ?? owner?.lateMs ?? 0;
}
