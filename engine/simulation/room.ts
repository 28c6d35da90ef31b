import type { Promised } from './promised.ts';
import type { StockModel } from './stock-model.ts';

// What can still be promised, looked at from the side of the nodes: a set of nodes must have units for every promise that
// only these nodes may serve. (The engine asks the same of every set of promises; the two are equal and share no code.)

/** Rule AV1 by its terms. */
export function availableAt(model: StockModel, sku: string, node: string): number {
  const position = model.position(sku, node);
  const { enabled, safety } = model.nodes.get(node) ?? { enabled: false, safety: 0 };
  if (position === undefined || !enabled || model.disabled.has(sku) || model.off.has(`${sku} ${node}`)) return 0;
  const { widenUnits = 0, switchedOff = false } = model.silence(node) ?? {};
  if (switchedOff) return 0;
  return Math.max(0, position.onHand - position.unavailable - model.reserved(sku, node) - safety - widenUnits);
}

/** What a reservation would leave for its next lines. */
export interface Leaves {
  readonly available: (node: string) => number;
  readonly unplaced: readonly Promised[];
}

export function leavesOf(model: StockModel, sku: string): Leaves {
  const available = new Map([...model.nodes.keys()].map((node) => [node, availableAt(model, sku, node)]));
  return {
    available: (node) => available.get(node) ?? 0,
    unplaced: model.live(sku).filter(({ placed }) => !placed),
  };
}

/** Units the nodes R can still take: over every set of nodes around R, its units less what only it can serve (AV2). */
export function roomIn({ available, unplaced }: Leaves, all: readonly string[], inR: readonly string[]): number {
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

export function roomOf(model: StockModel, sku: string, nodes: readonly string[]): number {
  return roomIn(leavesOf(model, sku), [...model.nodes.keys()], nodes);
}

/** Rule AV7: every promise, placed ones too, can have its units. Unlike room, this counts what a feed took away. */
export function isServable(model: StockModel, sku: string): boolean {
  const nodes = [...model.nodes.keys()];
  const promises = model.live(sku);
  const has = (node: string): number => {
    const position = model.position(sku, node);
    return position === undefined ? 0 : Math.max(0, position.onHand - position.unavailable);
  };
  for (let chosen = 0; chosen < 2 ** nodes.length; chosen++) {
    const some = nodes.filter((_, bit) => (chosen & (1 << bit)) !== 0);
    const only = promises.filter((promise) => promise.nodes.every((node) => some.includes(node)));
    const wanted = only.reduce((sum, { units }) => sum + units, 0);
    if (wanted > some.reduce((sum, node) => sum + has(node), 0)) return false;
  }
  return true;
}
