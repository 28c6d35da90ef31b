import type { Problem } from './problem.ts';

/**
 * Costs without the steps that parcels make: so much for a node that is used, so much for each unit. No plan costs less than
 * any of a problem's relaxations says, so the highest of them is a bound.
 */
export interface Relaxation {
  /** Per option. */
  readonly fix: Float64Array;
  /** Per option and item, at option × items + item. */
  readonly unit: Float64Array;
}

/**
 * As if one parcel took everything; and, where shipments may need several, as if a parcel were paid by the gram.
 *
 *   parcels paid │        ┌──────         one parcel ────────────
 *                │   ┌────┘  ╱
 *                │───┘  ╱            by the gram: P × grams / G
 *                │  ╱
 *                └────G────2G──── grams
 */
export function relaxationsOf(problem: Omit<Problem, 'relaxations'>): readonly Relaxation[] {
  const { fix, unit } = problem;
  return problem.isHeavy ? [{ fix, unit }, byTheGram(problem)] : [{ fix, unit }];
}

function byTheGram({ fix, unit, cap, grams, parcel, parcelGrams }: Omit<Problem, 'relaxations'>): Relaxation {
  const width = grams.length;
  const relaxed = { fix: Float64Array.from(fix), unit: Float64Array.from(unit) };
  for (let option = 0; option < fix.length; option++) {
    let most = 0;
    for (let item = 0; item < width; item++) most += cap[option * width + item]! * grams[item]!;
    // What it has fits into one parcel: that one is paid whole.
    if (most <= parcelGrams[option]!) continue;
    relaxed.fix[option]! -= parcel[option]!;
    const perGram = parcel[option]! / parcelGrams[option]!;
    for (let item = 0; item < width; item++) relaxed.unit[option * width + item]! += perGram * grams[item]!;
  }
  return relaxed;
}
