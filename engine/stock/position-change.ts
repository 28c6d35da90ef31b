import { availableOf, shortOf, type PositionTerms } from './availability.ts';
import type { Demand } from './demand.ts';
import { headroom, type DemandGroup, type Supply } from './headroom.ts';
import { FLAG } from './position-table.ts';
import { safetyOf } from './safety.ts';
import { demandAgainst, demandOf, poolsOf } from './set-aside.ts';
import { SKU_FLAG } from './sku-table.ts';
import type { StockState } from './stock-state.ts';

// How a change at one position spreads: available, the node's counts, the channels' sums.

/** Positions at or below this many available units count as low on the map. */
const LOW_UNITS = 3;

export function termsOf(state: StockState, position: number): PositionTerms {
  const { positions, nodes, skus } = state;
  const at = positions.node.get(position);
  const sku = positions.sku.get(position);
  const node = nodes.at(at);
  const expected = positions.has(position, FLAG.expected) ? state.expected.termsAt(position) : undefined;
  return {
    onHand: positions.onHand.get(position),
    unavailable: positions.unavailable.get(position),
    departed: expected?.departed ?? 0,
    reserved: positions.reserved.get(position),
    allocated: expected?.allocated ?? 0,
    safety: safetyOf(state, sku, at) + (node.silence?.widenUnits ?? 0),
    enabled:
      node.enabled &&
      node.silence?.switchedOff !== true &&
      skus.has(sku, SKU_FLAG.enabled) &&
      !positions.has(position, FLAG.off),
  };
}

/** To be called after any term of the position changed. */
export function refreshPosition(state: StockState, position: number): void {
  const { positions } = state;
  const terms = termsOf(state, position);
  const before = positions.available.get(position);
  const after = availableOf(terms);
  const isShort = shortOf(terms) > 0;
  const sku = positions.sku.get(position);
  state.touched.position(sku, position);
  const isFilled = terms.onHand > 0;
  countHealth(state, position, { before, after, isShort, isFilled });
  if (isShort || positions.has(position, FLAG.short)) state.shortfalls.look(position);
  positions.mark(position, FLAG.short, isShort);
  positions.mark(position, FLAG.filled, isFilled);
  if (before === after) return;
  positions.available.set(position, after);
  for (const channel of state.channelsOfNode[positions.node.get(position)] ?? []) {
    const { sum } = state.skus.channels[channel] ?? missingChannel(channel);
    sum.set(sku, sum.get(sku) + after - before);
  }
}

const isLow = (available: number): boolean => available > 0 && available <= LOW_UNITS;

function countHealth(
  state: StockState,
  position: number,
  is: { readonly before: number; readonly after: number; readonly isShort: boolean; readonly isFilled: boolean },
): void {
  const node = state.nodes.at(state.positions.node.get(position));
  node.stocked += Number(is.after > 0) - Number(is.before > 0);
  node.low += Number(isLow(is.after)) - Number(isLow(is.before));
  node.short += Number(is.isShort) - Number(state.positions.has(position, FLAG.short));
  node.filled += Number(is.isFilled) - Number(state.positions.has(position, FLAG.filled));
}

/** The node's counts anew, from all its positions: some ms of a big shard, and only for a repair. */
export function recountNode(state: StockState, node: number): void {
  const row = state.nodes.at(node);
  row.stocked = row.low = row.short = row.filled = 0;
  for (const position of positionsAt(state, node)) {
    const available = state.positions.available.get(position);
    row.stocked += Number(available > 0);
    row.low += Number(isLow(available));
    row.short += Number(state.positions.has(position, FLAG.short));
    row.filled += Number(state.positions.has(position, FLAG.filled));
  }
}

/** A source moved or confirmed the position (rule AV5). */
export function hearOf(state: StockState, position: number, source: number, atMs: number): void {
  const { positions } = state;
  const first = positions.asOf.get(position);
  const now = state.asOf.hear(first, source, atMs);
  if (now !== first) positions.asOf.set(position, now);
  const sku = positions.sku.get(position);
  state.touched.position(sku, position);
  for (const channel of state.channelsOfNode[positions.node.get(position)] ?? []) {
    const { asOf } = state.skus.channels[channel] ?? missingChannel(channel);
    if (atMs > asOf.get(sku)) asOf.set(sku, atMs);
  }
}

/** Available to sell, units >= 0 (rule AV2). */
export function atsOf(state: StockState, sku: number, channel: number): number {
  const plan = state.channels[channel];
  if (plan === undefined) return 0;
  const { id, set, threshold } = plan;
  const demands = demandAgainst(demandOf(state, sku), poolsOf(state, sku), id);
  if (demands.length === 0) return Math.max(0, (state.skus.channels[channel]?.sum.get(sku) ?? 0) - threshold);
  // Where the channel has every node that demand may use, all of it counts and no combination is tighter than the whole.
  if (demands.every((demand) => state.sets.isWithin(demand.set, set))) {
    const sum = state.skus.channels[channel]?.sum.get(sku) ?? 0;
    return Math.max(0, sum - demands.reduce((units, demand) => units + demand.units, 0) - threshold);
  }
  const isInChannel = (node: number): boolean => state.sets.has(set, node);
  return Math.max(0, headroom(isInChannel, suppliesOf(state, sku), demandGroups(state, demands)) - threshold);
}

export function suppliesOf(state: StockState, sku: number): Supply[] {
  const { positions } = state;
  const supplies: Supply[] = [];
  // Not positionsOf(): a generator costs as much as the few positions themselves, and this is asked for every reservation.
  for (let position = state.skus.first.get(sku); position !== 0; position = positions.nextOfSku.get(position)) {
    supplies.push({ node: positions.node.get(position), available: positions.available.get(position) });
  }
  return supplies;
}

export function demandGroups(state: StockState, demands: readonly Demand[]): DemandGroup[] {
  return demands.map(({ set, units }) => ({ units, has: (node) => state.sets.has(set, node) }));
}

/** A sku's positions in the order they were first heard of. */
export function* positionsOf(state: StockState, sku: number): Generator<number> {
  const { nextOfSku } = state.positions;
  let position = state.skus.first.get(sku);
  while (position !== 0) {
    yield position;
    position = nextOfSku.get(position);
  }
}

/** A node's positions, of whichever sku, in the order they were first heard of. */
export function* positionsAt(state: StockState, node: number): Generator<number> {
  const { nextOfNode } = state.positions;
  for (let position = state.nodes.at(node).first; position !== 0; position = nextOfNode.get(position)) yield position;
}

function missingChannel(channel: number): never {
  throw new Error(`channel ${channel} has no columns`);
}
