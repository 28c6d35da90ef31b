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

/** Units of one who waits that are counted as promised: what has come for him, or all. */
export interface SetAside {
  readonly set: number;
  readonly channel: ChannelId;
  readonly units: number;
  readonly drawn: number;
}

const NOTHING: readonly SetAside[] = [];

/** What has come for those who wait, and no fact has given to them yet (rule OR9). */
function cameOf(state: StockState, sku: number): readonly SetAside[] {
  const claims = state.waiting.claims(sku);
  if (claims.length === 0) return NOTHING;
  return claims.map(({ waiter: { set, channel }, units, drawn }) => ({ set, channel, units, drawn }));
}

/** All that is waited for, as if it had come: it draws its channel's pool first (rule AV3). */
export function awaitedOf(state: StockState, sku: number): readonly SetAside[] {
  return state.waiting.of(sku).map(({ set, channel, units }) => ({ set, channel, units, drawn: units }));
}

/** Units promised to node sets, and those that are as good as promised to one who waits. */
export function demandOf(state: StockState, sku: number, more = cameOf(state, sku)): readonly Demand[] {
  let demands = state.demand.of(sku);
  for (const { set, units } of more) demands = addDemand(demands, set, units);
  return demands;
}

/** Sets of nodes that have such demand, or will have it when units come: at most DEMAND_GROUPS_MAX with the pools. */
export function demandSets(state: StockState, sku: number): Set<number> {
  const waiting = state.waiting.of(sku).map(({ set }) => set);
  return new Set([...state.demand.of(sku).map(({ set }) => set), ...waiting]);
}

/** Pools of channels nobody described yet have no nodes, so they are left out until then. */
export function poolsOf(state: StockState, sku: number, more = cameOf(state, sku)): readonly PoolAt[] {
  if (state.pools.isEmpty) return NONE;
  const name = state.skus.names.name(sku);
  const pools = state.pools.quotasOf(name).flatMap(({ channel, units }): PoolAt[] => {
    const plan = state.channels.find(({ id }) => id === channel);
    if (plan === undefined) return [];
    return [{ channel, set: plan.set, quota: units, drawn: state.pools.drawnBy(name, channel) }];
  });
  return more.reduce<readonly PoolAt[]>((left, { channel, drawn }) => drawFrom(left, channel, drawn), pools);
}

export function drawFrom(pools: readonly PoolAt[], channel: ChannelId, units: number): readonly PoolAt[] {
  if (units === 0) return pools;
  return pools.map((pool) => (pool.channel === channel ? { ...pool, drawn: pool.drawn + units } : pool));
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
