import type { PlacedLine } from './placed-line.ts';
import type { StockState } from './stock-state.ts';

/** Units by sku, and what they are of. */
type Sums<Of> = Map<number, Map<Of, number>>;

/** Units of open holds, parts and allocations, added up from their lines, and what of them came out of a channel's pool. */
export interface PromisedSums {
  readonly atNode: Sums<number>;
  readonly atSet: Sums<number>;
  /** By node and reference (allocatedKey). */
  readonly allocated: Sums<string>;
  /** By channel. */
  readonly drawn: Sums<string>;
}

export function promisedSums(state: StockState): PromisedSums {
  const sums: PromisedSums = { atNode: new Map(), atSet: new Map(), allocated: new Map(), drawn: new Map() };
  const add = (line: PlacedLine): void => {
    if ('set' in line) addTo(sums.atSet, line.sku, line.set, line.units);
    else addTo(sums.atNode, line.sku, line.node, line.units);
    addDrawn(sums, line);
  };
  for (const { lines } of state.holds) lines.forEach(add);
  for (const { lines } of state.parts.held()) lines.forEach(add);
  for (const [, { placed, movementRef }] of state.allocations) {
    for (const line of placed) addAllocated(sums, line, movementRef);
  }
  return sums;
}

/** Like a hold, but what is at a node is known there by its reference. */
function addAllocated(sums: PromisedSums, line: PlacedLine, movementRef: string): void {
  if ('set' in line) addTo(sums.atSet, line.sku, line.set, line.units);
  else addTo(sums.allocated, line.sku, allocatedKey(line.node, movementRef), line.units);
  addDrawn(sums, line);
}

function addDrawn(sums: PromisedSums, { sku, pool }: PlacedLine): void {
  if (pool !== undefined) addTo(sums.drawn, sku, pool.channel, pool.units);
}

function addTo<Of>(sums: Sums<Of>, sku: number, of: Of, units: number): void {
  let known = sums.get(sku);
  if (known === undefined) sums.set(sku, (known = new Map<Of, number>()));
  known.set(of, (known.get(of) ?? 0) + units);
}

export function allocatedKey(node: number, movementRef: string): string {
  return `${node} ${movementRef}`;
}
