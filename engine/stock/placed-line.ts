import type { Drawn } from './pools.ts';

/** A held line, resolved: units at a position, or unplaced demand of a sku on a node set. `pool`: what of it was set aside. */
export type PlacedLine =
  | { readonly sku: number; readonly units: number; readonly node: number; readonly pool?: Drawn }
  | { readonly sku: number; readonly units: number; readonly set: number; readonly pool?: Drawn };
