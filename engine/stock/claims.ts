import { addDemand } from './demand.ts';
import { headroom } from './headroom.ts';
import { demandGroups, suppliesOf } from './position-change.ts';
import { demandAgainst, drawFrom, leftIn, poolsOf } from './set-aside.ts';
import type { StockState } from './stock-state.ts';
import type { Claim } from './waiting.ts';

/**
 * What of a sku is theirs who wait for it, worked out anew after every fact of the sku (rule OR9). Until a fact gives it to
 * them it is set aside as if it were promised, so nobody else can have it in between.
 */
export function settleClaims(state: StockState, sku: number): void {
  const { waiting } = state;
  if (waiting.of(sku).length > 0 || waiting.claims(sku).length > 0) waiting.setClaims(sku, claimsOn(state, sku));
}

/** Each takes what their nodes have room for, in their order; thresholds do not matter, the units are sold already. */
export function claimsOn(state: StockState, sku: number): readonly Claim[] {
  const waiters = state.waiting.of(sku);
  const supplies = suppliesOf(state, sku);
  let demands = state.demand.of(sku);
  let pools = poolsOf(state, sku, []);
  const claims: Claim[] = [];
  /** Places and sellers that have no room left. */
  const full = new Set<string>();
  for (const waiter of waiters) {
    const { set, channel } = waiter;
    const key = `${set} ${channel}`;
    if (full.has(key)) continue;
    const groups = demandGroups(state, demandAgainst(demands, pools, channel));
    const room = Math.max(
      0,
      headroom((node) => state.sets.has(set, node), supplies, groups),
    );
    const units = Math.min(room, waiter.units);
    if (units < waiter.units) full.add(key);
    if (units === 0) continue;
    const own = pools.find((pool) => pool.channel === channel);
    const drawn = own === undefined ? 0 : Math.min(units, leftIn(own));
    // A pool that gives units leaves its other nodes to others again.
    if (drawn > 0) full.clear();
    pools = drawFrom(pools, channel, drawn);
    demands = addDemand(demands, set, units);
    claims.push({ waiter, units, drawn });
  }
  return claims;
}
