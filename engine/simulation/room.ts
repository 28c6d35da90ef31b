import { poolsLeft } from './pool-model.ts';
import type { Promised } from './promised.ts';
import type { StockModel } from './stock-model.ts';

// What can still be promised, looked at from the side of the nodes: a set of nodes must have units for every promise that
// only these nodes may serve. (The engine asks the same of every set of promises; the two are equal and share no code.)

/** Rule AV1 by its terms. */
export function availableAt(model: StockModel, sku: string, node: string, promises = model.live(sku)): number {
  if (model.position(sku, node) === undefined || !model.isOn(sku, node)) return 0;
  return Math.max(0, model.free(sku, node, model.safetyAtMs, promises));
}

/** Units promised at the node itself. */
export function reservedAt(promises: readonly Promised[], node: string): number {
  let units = 0;
  for (const promise of promises) if (promise.placed && promise.nodes[0] === node) units += promise.units;
  return units;
}

/** Units that any of the nodes may serve. */
interface Wish {
  readonly units: number;
  readonly nodes: readonly string[];
}

/** What a reservation would leave for its next lines. */
export interface Leaves {
  readonly available: (node: string) => number;
  readonly unplaced: readonly Wish[];
  /** What is left in the pool of each channel that has one. */
  readonly pools: ReadonlyMap<string, number>;
}

/** `promises`: those that stand, or would; `came`: what is theirs who wait, or would be. */
export function leavesOf(
  model: StockModel,
  sku: string,
  promises = model.live(sku),
  came: readonly Promised[] = model.came(sku),
): Leaves {
  const available = new Map([...model.nodes.keys()].map((node) => [node, availableAt(model, sku, node, promises)]));
  return {
    available: (node) => available.get(node) ?? 0,
    unplaced: [...promises.filter(({ placed }) => !placed), ...came],
    pools: poolsLeft(model, sku, promises, came),
  };
}

/** What a channel must leave room for: all that is promised to groups, and what is left of the others' pools (AV2). */
export function against({ unplaced, ...leaves }: Leaves, model: StockModel, channel: string): Leaves {
  const others = [...leaves.pools].filter(([other]) => other !== channel);
  return {
    ...leaves,
    unplaced: [...unplaced, ...others.map(([other, units]) => ({ units, nodes: model.nodesOf(other) }))],
  };
}

/** Units the nodes R can still take: over every set of nodes around R, its units less what only it can serve (AV2). */
export function roomIn(
  { available, unplaced }: Pick<Leaves, 'available' | 'unplaced'>,
  all: readonly string[],
  inR: readonly string[],
): number {
  const others = all.filter((node) => !inR.includes(node));
  let least = Infinity;
  for (let chosen = 0; chosen < 2 ** others.length; chosen++) {
    const nodes = [...inR, ...others.filter((_, bit) => (chosen & (1 << bit)) !== 0)];
    const units = nodes.reduce((sum, node) => sum + available(node), 0);
    const only = unplaced.filter((promise) => promise.nodes.every((node) => nodes.includes(node)));
    least = Math.min(least, units - only.reduce((sum, promise) => sum + promise.units, 0));
  }
  return least;
}

/** Units >= 0 that the channel may sell (rule AV2). */
export function atsOf(model: StockModel, sku: string, channel: string, left = leavesOf(model, sku)): number {
  const leaves = against(left, model, channel);
  const { threshold = 0 } = model.channels.get(channel) ?? {};
  return Math.max(0, roomIn(leaves, [...model.nodes.keys()], model.nodesOf(channel)) - threshold);
}

/** Rule AV7: every promise, placed ones too, can have its units. Unlike room, this counts what a feed took away. */
export function isServable(model: StockModel, sku: string): boolean {
  const nodes = [...model.nodes.keys()];
  const placed = nodes.map((node) => ({ units: model.ordered(sku, node).allocated, nodes: [node] }));
  const promises: readonly Wish[] = [...model.live(sku), ...placed];
  const has = (node: string): number => {
    const position = model.position(sku, node);
    const { departed } = model.ordered(sku, node);
    return position === undefined ? 0 : Math.max(0, position.onHand - position.unavailable - departed);
  };
  for (let chosen = 0; chosen < 2 ** nodes.length; chosen++) {
    const some = nodes.filter((_, bit) => (chosen & (1 << bit)) !== 0);
    const only = promises.filter((promise) => promise.nodes.every((node) => some.includes(node)));
    const wanted = only.reduce((sum, { units }) => sum + units, 0);
    if (wanted > some.reduce((sum, node) => sum + has(node), 0)) return false;
  }
  return true;
}
