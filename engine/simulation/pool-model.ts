import type { PoolRef } from '../contract/reference.ts';
import type { Promised } from './promised.ts';
import type { StockModel } from './stock-model.ts';
import { require } from './violation.ts';

// Rule AV2, pools by their sentences.

/** Different sets of nodes a sku may be promised to, and channels with a pool of it, together. */
export const DEMAND_GROUPS_MAX = 8;

/** What is left of a channel's quota after what its promises drew; a quota that shrank has nothing left, never less. */
function leftInPool(quota: number, channel: string, promises: readonly Promised[]): number {
  const drawn = promises.filter((promise) => promise.channel === channel);
  return Math.max(0, quota - drawn.reduce((sum, promise) => sum + promise.drawn, 0));
}

/** What is left of each described channel's pool is demand that only the channel's nodes may serve. */
export function poolsLeft(
  model: StockModel,
  sku: string,
  promises = model.live(sku),
  came: readonly Promised[] = model.came(sku),
): Map<string, number> {
  const left = new Map<string, number>();
  for (const channel of model.channelsWithQuota(sku)) {
    if (!model.channels.has(channel)) continue;
    const quota = model.quota(sku, channel) - model.orders.drawn(sku, channel);
    left.set(channel, leftInPool(quota, channel, [...promises, ...came]));
  }
  return left;
}

export function demandGroups(model: StockModel, sku: string, promises: readonly Promised[]): number {
  const units = new Map<string, number>();
  for (const promise of [...promises, ...model.orders.waiting.asPromised(sku)]) {
    const set = promise.nodes.toSorted().join();
    if (!promise.placed) units.set(set, (units.get(set) ?? 0) + promise.units);
  }
  return [...units.values()].filter((sum) => sum > 0).length + model.channelsWithQuota(sku).length;
}

/** A row that gives one more channel a quota finds room for it. Asked of the rows before they are taken. */
export function requireRoomForPools(model: StockModel, rows: readonly PoolRef[]): void {
  for (const sku of new Set(rows.map((row) => row.sku as string))) {
    const own = rows.filter((row) => row.sku === sku && row.units > 0).map((row) => row.channel as string);
    const channels = new Set([...model.channelsWithQuota(sku), ...own]);
    const grows = channels.size > model.channelsWithQuota(sku).length;
    const sets = demandGroups(model, sku, model.live(sku)) - model.channelsWithQuota(sku).length;
    require(!grows || sets + channels.size <= DEMAND_GROUPS_MAX, () =>
      `${sku} has ${sets} node sets and would have ${channels.size} pools (AV2)`);
  }
}

/** What a sku's channel is shown of pools: what others' keep on its nodes, and what is left of its own. */
export function shownPools(model: StockModel, sku: string, channel: string): { pools?: number; ownPool?: number } {
  const own = model.nodesOf(channel);
  let [pools, ownPool] = [0, 0];
  for (const [other, left] of poolsLeft(model, sku)) {
    if (other === channel) ownPool += left;
    else if (model.nodesOf(other).some((node) => own.includes(node))) pools += left;
  }
  return { ...(pools > 0 && { pools }), ...(ownPool > 0 && { ownPool }) };
}
