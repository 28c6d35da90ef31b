// Unplaced demand: units promised to sets of nodes, per sku (rule AV2). Only skus that have any take room.

export interface Demand {
  /** Number of the node set (node-sets.ts). */
  readonly set: number;
  readonly units: number;
}

const NONE: readonly Demand[] = [];

export class DemandTable {
  private readonly bySku = new Map<number, Demand[]>();

  of(sku: number): readonly Demand[] {
    return this.bySku.size === 0 ? NONE : (this.bySku.get(sku) ?? NONE);
  }

  /** Adds units, negative to take them back; a set without units is forgotten. */
  add(sku: number, set: number, units: number): void {
    const changed = addDemand(this.of(sku), set, units);
    if (changed.length === 0) this.bySku.delete(sku);
    else this.bySku.set(sku, changed);
  }

  /** So many, whatever it was. The sku's sets are put in order, so that the same repair leaves the same behind. */
  put(sku: number, set: number, units: number): void {
    const known = this.of(sku).find((demand) => demand.set === set)?.units ?? 0;
    const changed = addDemand(this.of(sku), set, units - known).toSorted((a, b) => a.set - b.set);
    this.bySku.delete(sku);
    if (changed.length > 0) this.bySku.set(sku, changed);
  }

  save(): readonly (readonly [number, readonly Demand[]])[] {
    return [...this.bySku];
  }

  load(saved: readonly (readonly [number, readonly Demand[]])[]): void {
    for (const [sku, demands] of saved) this.bySku.set(sku, [...demands]);
  }
}

export function addDemand(demands: readonly Demand[], set: number, units: number): Demand[] {
  const known = demands.some((demand) => demand.set === set);
  const changed = known
    ? demands.map((demand) => (demand.set === set ? { set, units: demand.units + units } : demand))
    : [...demands, { set, units }];
  return changed.filter((demand) => demand.units !== 0);
}
