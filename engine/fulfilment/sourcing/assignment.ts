import type { Problem } from './problem.ts';

/** Options of a problem with the units each gives, the best for these options. */
export interface Assignment {
  /** Indexes of the options that give something, ascending. */
  readonly options: readonly number[];
  /** At position in `options` × items + item. */
  readonly units: Float64Array;
  /** Σ of the problem's numbers; Infinity when something is missing that must be served. */
  readonly score: number;
  /** What of it further parcels cost: that part is not minimised, only counted. */
  readonly parcels: number;
}

/** Each item from the options that give it for least: no other assignment to the same options has a smaller sum. */
export function assign(problem: Problem, chosen: readonly number[]): Assignment {
  const items = problem.items.length;
  const units = new Float64Array(chosen.length * items);
  let score = 0;
  for (let item = 0; item < items; item++) score += fill(problem, chosen, item, units);
  return withoutIdle(problem, chosen, units, score);
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

function withoutIdle(problem: Problem, chosen: readonly number[], units: Float64Array, filled: number): Assignment {
  const width = problem.items.length;
  const row = (at: number): Float64Array => units.subarray(at * width, (at + 1) * width);
  const busy = chosen.map((_, at) => at).filter((at) => row(at).some((some) => some > 0));
  busy.sort((a, b) => chosen[a]! - chosen[b]!);
  const parcels = problem.isHeavy
    ? busy.reduce((sum, at) => sum + furtherParcels(problem, chosen[at]!, row(at)), 0)
    : 0;
  const kept = new Float64Array(busy.length * width);
  busy.forEach((at, index) => kept.set(row(at), index * width));
  return {
    options: busy.map((at) => chosen[at]!),
    units: kept,
    score: busy.reduce((sum, at) => sum + problem.fix[chosen[at]!]!, filled) + parcels,
    parcels,
  };
}

function furtherParcels({ parcel, parcelGrams, grams }: Problem, option: number, units: Float64Array): number {
  const weight = units.reduce((sum, some, item) => sum + some * grams[item]!, 0);
  return Math.max(0, Math.ceil(weight / parcelGrams[option]!) - 1) * parcel[option]!;
}
