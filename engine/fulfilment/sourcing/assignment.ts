import { cheapestOf, fillParcels } from './fill-parcels.ts';
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
  /** What no assignment to these options is below. */
  readonly atLeast: number;
  /** False when there may be a better one for these options: its parcels were not filled in every way. */
  readonly isBest: boolean;
  /** Ways to fill parcels that were looked at. */
  readonly looks: number;
}

interface Within {
  readonly below: number;
  /** Ways to fill parcels that may be looked at. */
  readonly looksMax: number;
}

/**
 * Each item from the options that give it for least: no other assignment to the same options has a smaller sum, parcels apart.
 * Where shipments need several parcels they are filled as well as can be, if that can bring the sum below `below`: elsewhere it
 * cannot matter.
 */
export function assign(problem: Problem, chosen: readonly number[], { below, looksMax }: Within): Assignment {
  const rows = chosen.map(() => new Float64Array(problem.items.length));
  const missing = problem.items.reduce((sum, _, item) => sum + fill(problem, chosen, item, rows), 0);
  const score = missing + scoreOf(problem, chosen, rows);
  if (!problem.isHeavy || chosen.length < 2 || score === Infinity)
    return kept(problem, chosen, rows, { score, isBest: true });
  const atLeast = leastOf(problem, chosen);
  if (atLeast >= below) return kept(problem, chosen, rows, { score, atLeast, isBest: true });
  shiftUnits(problem, chosen, rows);
  const shifted = missing + scoreOf(problem, chosen, rows);
  const within = { below: Math.min(below, shifted) - missing, looksMax };
  const { units = rows, isCut, looks } = fillParcels(problem, chosen, within);
  const filled = missing + scoreOf(problem, chosen, units);
  return { ...kept(problem, chosen, units, { score: filled, atLeast, isBest: !isCut }), looks };
}

/** What the units cost that none of them has. */
function fill(
  { items, need, unit, cap, missing }: Problem,
  chosen: readonly number[],
  item: number,
  rows: readonly Float64Array[],
): number {
  const width = items.length;
  let left = need[item]!;
  while (left > 0) {
    let best = -1;
    for (let at = 0; at < chosen.length; at++) {
      if (rows[at]![item]! > 0 || cap[chosen[at]! * width + item]! === 0) continue;
      if (best < 0 || unit[chosen[at]! * width + item]! < unit[chosen[best]! * width + item]!) best = at;
    }
    if (best < 0) return left * missing[item]!;
    const taken = Math.min(left, cap[chosen[best]! * width + item]!);
    rows[best]![item] = taken;
    left -= taken;
  }
  return 0;
}

/** Of those that give something. */
function scoreOf(problem: Problem, chosen: readonly number[], rows: readonly Float64Array[]): number {
  const { fix, unit, isHeavy } = problem;
  let score = 0;
  rows.forEach((row, at) => {
    if (!row.some((some) => some > 0)) return;
    const option = chosen[at]!;
    score += fix[option]! + (isHeavy ? furtherParcels(problem, option, row) : 0);
    row.forEach((some, item) => (score += some * unit[option * row.length + item]!));
  });
  return score;
}

/** By the relaxation that says most; all of the chosen are used. */
function leastOf(problem: Problem, chosen: readonly number[]): number {
  const { relaxations, items, missing } = problem;
  const costs = relaxations.map(({ fix, unit }) => {
    const filled = items.map((_, item) => cheapestOf(problem, unit, chosen, item));
    const fixed = chosen.reduce((sum, option) => sum + fix[option]!, 0);
    return filled.reduce(
      (sum, { cost, missing: left }, item) => sum + cost + (left > 0 ? left * missing[item]! : 0),
      fixed,
    );
  });
  return Math.max(...costs);
}

/** In the order of the options, without those that give nothing. */
function kept(
  { items }: Problem,
  chosen: readonly number[],
  rows: readonly Float64Array[],
  said: { readonly score: number; readonly atLeast?: number; readonly isBest: boolean },
): Assignment {
  const busy = chosen.map((_, at) => at).filter((at) => rows[at]!.some((some) => some > 0));
  const inOrder = busy.toSorted((a, b) => chosen[a]! - chosen[b]!);
  const units = new Float64Array(inOrder.length * items.length);
  inOrder.forEach((at, index) => units.set(rows[at]!, index * items.length));
  return { options: inOrder.map((at) => chosen[at]!), units, atLeast: said.score, looks: 0, ...said };
}
