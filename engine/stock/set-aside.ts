import type { ChannelId } from '../contract/ids.ts';
import { addDemand, type Demand } from './demand.ts';
import type { StockState } from './stock-state.ts';

// What pools make of a sku's demand: each channel must leave room for what is left of the others' (rule AV2).

/** A channel's pool of one sku. */
export interface PoolAt {
  readonly channel: ChannelId;
  /** Nodes of the channel now: where the units may come from. */
  readonly set: number;
  readonly quota: number;
  readonly drawn: number;
}

const NONE: readonly PoolAt[] = [];

/** Pools of channels nobody described yet have no nodes, so they are left out until then. */
export function poolsOf(state: StockState, sku: number): readonly PoolAt[] {
  if (state.pools.isEmpty) return NONE;
  const name = state.skus.names.name(sku);
  return state.pools.quotasOf(name).flatMap(({ channel, units }) => {
    const plan = state.channels.find(({ id }) => id === channel);
    if (plan === undefined) return [];
    return [{ channel, set: plan.set, quota: units, drawn: state.pools.drawnBy(name, channel) }];
  });
}

/** Units a pool still keeps, >= 0. Quota 30, drawn 10 -> 20; quota lowered to 5 since -> 0. */
export function leftIn({ quota, drawn }: PoolAt): number {
  return Math.max(0, quota - drawn);
}

/** Demand a sale of the channel must leave room for; its own pool is neither subtracted nor added. */
export function demandAgainst(
  unplaced: readonly Demand[],
  pools: readonly PoolAt[],
  channel: string,
): readonly Demand[] {
  let demands = unplaced;
  for (const pool of pools) {
    const left = leftIn(pool);
    if (pool.channel !== channel && left > 0) demands = addDemand(demands, pool.set, left);
  }
  return demands;
}
