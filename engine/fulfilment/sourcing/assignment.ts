import { furtherParcels, shiftUnits } from './parcels.ts';
import type { Problem } from './problem.ts';

/** Options of a problem with the units each gives, the best for these options. */
export interface Assignment {
  /** Indexes of the options that give something, ascending. */
  readonly options: readonly number[];
  /** At position in `options` × items + item. */
  readonly units: Float64Array;
  /** Σ of the problem's numbers; Infinity when something is missing that must be served. */
  readonly score: number;
  /** What of it further parcels make: without them no assignment to these options costs less, with them one may. */
  readonly parcels: number;
}

/**
 * Each item from the options that give it for least: no other assignment to the same options has a smaller sum, parcels apart.
 * Units are moved to save parcels only where the sum without them is below `shiftBelow`: elsewhere it cannot matter.
 */
export function assign(problem: Problem, chosen: readonly number[], shiftBelow: number): Assignment {
  const items = problem.items.length;
  const units = new Float64Array(chosen.length * items);
  let score = 0;
  for (let item = 0; item < items; item++) score += fill(problem, chosen, item, units);
  return withoutIdle(problem, chosen, units, { filled: score, shiftBelow });
}

function fill(
  { items, need, unit, cap, missing }: Problem,
  chosen: readonly number[],
  item: number,
  units: Float64Array,
): number {
  const width = items.length;
  let left = need[item]!;
  let sum = 0;
  while (left > 0) {
    let best = -1;
    for (let at = 0; at < chosen.length; at++) {
      if (units[at * width + item]! > 0 || cap[chosen[at]! * width + item]! === 0) continue;
      if (best < 0 || unit[chosen[at]! * width + item]! < unit[chosen[best]! * width + item]!) best = at;
    }
    if (best < 0) return sum + left * missing[item]!;
    const taken = Math.min(left, cap[chosen[best]! * width + item]!);
    units[best * width + item] = taken;
    sum += taken * unit[chosen[best]! * width + item]!;
    left -= taken;
  }
  return sum;
}

function withoutIdle(
  problem: Problem,
  chosen: readonly number[],
  units: Float64Array,
  { filled, shiftBelow }: { readonly filled: number; readonly shiftBelow: number },
): Assignment {
  const width = problem.items.length;
  const rows = chosen.map((_, at) => units.subarray(at * width, (at + 1) * width));
  const busy = busyRows(chosen, rows);
  const linear = busy.reduce((sum, at) => sum + problem.fix[chosen[at]!]!, filled);
  if (!problem.isHeavy || linear === Infinity)
    return { ...kept(problem, chosen, rows, busy), score: linear, parcels: 0 };
  const missed = filled - takenScore(problem, chosen, rows);
  if (chosen.length > 1 && linear < shiftBelow) shiftUnits(problem, chosen, rows);
  const still = busyRows(chosen, rows);
  const parcels = still.reduce((sum, at) => sum + furtherParcels(problem, chosen[at]!, rows[at]!), 0);
  const fixed = still.reduce((sum, at) => sum + problem.fix[chosen[at]!]!, 0);
  const score = missed + takenScore(problem, chosen, rows) + fixed + parcels;
  return { ...kept(problem, chosen, rows, still), score, parcels: Math.max(0, score - linear) };
}

/** Positions of those that give something, in the order of the options. */
function busyRows(chosen: readonly number[], rows: readonly Float64Array[]): readonly number[] {
  const busy = chosen.map((_, at) => at).filter((at) => rows[at]!.some((some) => some > 0));
  return busy.toSorted((a, b) => chosen[a]! - chosen[b]!);
}

function kept(
  { items }: Problem,
  chosen: readonly number[],
  rows: readonly Float64Array[],
  busy: readonly number[],
): Pick<Assignment, 'options' | 'units'> {
  const units = new Float64Array(busy.length * items.length);
  busy.forEach((at, index) => units.set(rows[at]!, index * items.length));
  return { options: busy.map((at) => chosen[at]!), units };
}

function takenScore({ unit }: Problem, chosen: readonly number[], rows: readonly Float64Array[]): number {
  return rows.reduce(
    (all, row, at) => row.reduce((sum, some, item) => sum + some * unit[chosen[at]! * row.length + item]!, all),
    0,
  );
}
