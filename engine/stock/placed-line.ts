/** A held line, resolved: units at a position, or unplaced demand of a sku on a node set. */
export type PlacedLine =
  | { readonly sku: number; readonly units: number; readonly node: number }
  | { readonly sku: number; readonly units: number; readonly set: number };
