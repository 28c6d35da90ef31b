import type { Problem } from './problem.ts';

// A heavy shipment goes in several parcels, so a unit may be cheaper at a dearer node whose parcel still has room.

/** What parcels beyond each option's first cost. */
export function furtherParcels(problem: Problem, option: number, units: Float64Array): number {
  const { parcel, parcelGrams, grams } = problem;
  let weight = 0;
  for (let item = 0; item < grams.length; item++) weight += units[item]! * grams[item]!;
  return Math.max(0, Math.ceil(weight / parcelGrams[option]!) - 1) * parcel[option]!;
}

/** Moves made at most: each makes the plan cheaper, most need one or two. */
const MOVES_MAX = 20;

/** Moves units between the options as long as that saves more parcels than it costs. Changes `units`, one row per option. */
export function shiftUnits(problem: Problem, options: readonly number[], units: readonly Float64Array[]): void {
  for (let moves = 0; moves < MOVES_MAX; moves++) {
    const isMoved = options.some((_, from) => options.some((_to, to) => moveOne(problem, options, units, from, to)));
    if (!isMoved) return;
  }
}

function moveOne(
  problem: Problem,
  options: readonly number[],
  units: readonly Float64Array[],
  from: number,
  to: number,
): boolean {
  if (from === to) return false;
  const width = problem.items.length;
  for (let item = 0; item < width; item++) {
    const room = problem.cap[options[to]! * width + item]! - units[to]![item]!;
    const most = Math.min(units[from]![item]!, room);
    for (const count of countsToTry(problem, options[from]!, units[from]!, item, most)) {
      const before = pairScore(problem, options, units, from, to);
      units[from]![item]! -= count;
      units[to]![item]! += count;
      if (pairScore(problem, options, units, from, to) < before) return true;
      units[from]![item]! += count;
      units[to]![item]! -= count;
    }
  }
  return false;
}

/** As few as save a parcel there, and all that can be moved. */
function countsToTry(
  { parcelGrams, grams }: Problem,
  option: number,
  units: Float64Array,
  item: number,
  most: number,
): readonly number[] {
  if (most <= 0) return [];
  const weight = units.reduce((sum, some, at) => sum + some * grams[at]!, 0);
  const over = weight - (Math.ceil(weight / parcelGrams[option]!) - 1) * parcelGrams[option]!;
  const few = Math.ceil(over / grams[item]!);
  return few > 0 && few < most ? [few, most] : [most];
}

function pairScore(
  problem: Problem,
  options: readonly number[],
  units: readonly Float64Array[],
  from: number,
  to: number,
): number {
  return rowScore(problem, options[from]!, units[from]!) + rowScore(problem, options[to]!, units[to]!);
}

/** Nothing where nothing is taken. */
function rowScore(problem: Problem, option: number, units: Float64Array): number {
  let isIdle = true;
  let score = problem.fix[option]!;
  for (let item = 0; item < units.length; item++) {
    if (units[item]! > 0) isIdle = false;
    score += units[item]! * problem.unit[option * units.length + item]!;
  }
  return isIdle ? 0 : score + furtherParcels(problem, option, units);
}
