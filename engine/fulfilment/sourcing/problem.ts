import type { SourcingStep } from '../../contract/sourcing.ts';
import { worthwhile } from './carriage.ts';
import type { Candidate } from './candidates.ts';
import { criteriaOf, MILLI, parcelMinor, type Option } from './criteria.ts';
import { capacityOf, itemsOf, type Item } from './items.ts';
import { packCriteria, perItem } from './places.ts';
import { relaxationsOf, type Relaxation } from './relaxation.ts';
import type { View } from './view.ts';

/**
 * A step's question in numbers: which options, at most one of a node, serve all items for the least
 *
 *   Σ fix(option used) + Σ units × unit(option, item) + Σ missing × unit missing
 *
 * Each number holds all criteria, the first in the highest places (as in 3 h 05 min = 305), so comparing two plans is one
 * comparison.
 */
export interface Problem {
  readonly options: readonly Option[];
  readonly items: readonly Item[];
  /** Per item: units to assign. */
  readonly need: Float64Array;
  /** Per item: of each unit that nobody serves; Infinity: all must be served. */
  readonly missing: Float64Array;
  /** Per option. */
  readonly fix: Float64Array;
  /** Per option: 1 when it counts as a node of the plan; nodes that serve the order already do not. */
  readonly counts: Uint8Array;
  /** Per option: index of its node. */
  readonly nodeOf: Int32Array;
  /** Per option and item, at option × items + item. */
  readonly unit: Float64Array;
  readonly cap: Float64Array;
  /** Nodes that may still be added, Infinity: any number. */
  readonly nodesMax: number;
  /** Per option: what a further parcel costs, and grams of one. */
  readonly parcel: Float64Array;
  readonly parcelGrams: Float64Array;
  /** Per item: grams of a unit. */
  readonly grams: Float64Array;
  /** Whether any shipment may need several parcels: then their price is no longer the same for each unit. */
  readonly isHeavy: boolean;
  /** What is searched with: no plan costs less than one of them says. */
  readonly relaxations: readonly Relaxation[];
}

export function poseProblem(view: View, step: SourcingStep, candidates: readonly Candidate[]): Problem {
  const { skus } = view;
  const items = itemsOf(skus, step);
  const options = candidates.flatMap((candidate) =>
    worthwhile(candidate.carriages, view.grams).map((carriage) => ({ candidate, carriage })),
  );
  const nodesMax = nodesMaxOf(view, step);
  const isPartial = step.constraints?.partial === true;
  const unitsMissing = isPartial ? skus.reduce((sum, { units }) => sum + units, 0) : 0;
  const used = nodesMax + view.servedBy.size;
  const places = packCriteria(criteriaOf(view, step), { options, items, skus, nodesMax: used, unitsMissing });
  const missing = (item: Item): number => (isPartial ? places.top * perItem(item, skus, () => 1) : Infinity);
  const numbers = {
    options,
    items,
    need: Float64Array.from(items, ({ need }) => need),
    missing: Float64Array.from(items, missing),
    fix: places.fix,
    unit: places.unit,
    cap: capacities(options, items, view),
    counts: Uint8Array.from(options, ({ candidate }) => (view.servedBy.has(candidate.node.id) ? 0 : 1)),
    nodeOf: nodeIndexes(options),
    nodesMax,
    parcel: Float64Array.from(options, (option) => places.milliWeight * MILLI * parcelMinor(option, view)),
    parcelGrams: Float64Array.from(options, ({ carriage }) => carriage.gramsMax),
    grams: Float64Array.from(items, (item) => perItem(item, skus, (sku) => skus[sku]!.grams)),
    isHeavy: options.some(({ carriage }) => carriage.gramsMax < view.grams),
  };
  return { ...numbers, relaxations: relaxationsOf(numbers) };
}

function capacities(options: readonly Option[], items: readonly Item[], { skus }: View): Float64Array {
  const cap = new Float64Array(options.length * items.length);
  let at = 0;
  for (const { candidate } of options)
    for (const item of items) cap[at++] = capacityOf(item, skus, candidate.available);
  return cap;
}

/** Options of one node stand together. */
function nodeIndexes(options: readonly Option[]): Int32Array {
  let node = -1;
  return Int32Array.from(options, ({ candidate }, at) => (candidate === options[at - 1]?.candidate ? node : ++node));
}

/** Nodes that serve the order already are counted. */
function nodesMaxOf({ order, servedBy }: View, { constraints }: SourcingStep): number {
  const maySplit = order.valueMinor >= (constraints?.splitValueMinorMin ?? order.valueMinor);
  return Math.max(0, Math.min(constraints?.nodesMax ?? Infinity, maySplit ? Infinity : 1) - servedBy.size);
}
