import type { Criterion, Option } from './criteria.ts';
import type { Item } from './items.ts';
import type { NeededSku } from './view.ts';

// Several criteria in one number, the first in the highest places, as hours and minutes in 305 for 3 h 05 min.

export interface Places {
  /** Per option. */
  readonly fix: Float64Array;
  /** Per option and item, at option × items + item. */
  readonly unit: Float64Array;
  /** What a thousandth of a minor unit weighs. */
  readonly milliWeight: number;
  /** More than all criteria of any plan together. */
  readonly top: number;
}

/** Whole numbers up to here are exact. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;
/** A cost that only breaks ties is told in minor units: their thousandths would take the places of other criteria. */
const COARSE = 1_000;

/** A criterion that finds no place any more breaks no tie. */
export function packCriteria(
  criteria: readonly Criterion[],
  { options, items, skus, nodesMax, unitsMissing }: PackedBy,
): Places {
  const fix = new Float64Array(options.length);
  const unit = new Float64Array(options.length * items.length);
  const columns = criteria.map((criterion, place) => columnOf(criterion, place, { options, items, skus, nodesMax }));
  let room = EXACT_MAX / (unitsMissing + 1);
  const fitting = columns.filter(({ span }, place) => place === 0 || (room /= span) >= columns[0]!.span);
  let weight = 1;
  let milliWeight = 0;
  for (const column of fitting.toReversed()) {
    column.fix.forEach((value, at) => (fix[at]! += weight * value));
    column.unit.forEach((value, at) => (unit[at]! += weight * value));
    if (column.isCost) milliWeight = weight / column.divisor;
    weight *= column.span;
  }
  return { fix, unit, milliWeight, top: weight };
}

interface PackedBy {
  readonly options: readonly Option[];
  readonly items: readonly Item[];
  readonly skus: readonly NeededSku[];
  readonly nodesMax: number;
  /** Units that a plan may leave, 0 when it must serve all. */
  readonly unitsMissing: number;
}

interface Column {
  readonly fix: Float64Array;
  readonly unit: Float64Array;
  readonly span: number;
  readonly divisor: number;
  readonly isCost: boolean;
}

function columnOf(
  { fixed, perUnit, isCost }: Criterion,
  place: number,
  { options, items, skus, nodesMax }: Omit<PackedBy, 'unitsMissing'>,
): Column {
  const divisor = isCost && place > 0 ? COARSE : 1;
  const fix = Float64Array.from(options, (option) => Math.round(fixed(option) / divisor));
  const unit = new Float64Array(options.length * items.length);
  const unitMax = new Float64Array(items.length);
  let at = 0;
  for (const option of options) {
    for (let index = 0; index < items.length; index++) {
      const value = Math.round(perItem(items[index]!, skus, (sku) => perUnit(option, sku)) / divisor);
      unit[at++] = value;
      if (value > unitMax[index]!) unitMax[index] = value;
    }
  }
  const needed = items.reduce((sum, { need }) => sum + need, 0);
  const nodes = Math.min(nodesMax, needed, options.length);
  const fixMax = fix.reduce((most, value) => Math.max(most, value), 0);
  const span = items.reduce((sum, { need }, index) => sum + need * unitMax[index]!, nodes * fixMax) + 1;
  return { fix, unit, span, divisor, isCost: isCost === true };
}

/** Of one unit to assign: of a piece all that belongs to it. */
export function perItem(
  { isPiece, skus: indexes }: Item,
  skus: readonly NeededSku[],
  of: (sku: number) => number,
): number {
  let sum = 0;
  for (const sku of indexes) sum += (isPiece ? skus[sku]!.units : 1) * of(sku);
  return sum;
}
