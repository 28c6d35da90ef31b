import type { Problem } from './problem.ts';

/**
 * Options that no plan needs, 1 each: another is no dearer in anything and has alone all of what this one could give. In
 * every plan it can take this one's place, and what both give it can give alone.
 */
export function needless(problem: Problem): Uint8Array {
  const { fix, options } = problem;
  const out = new Uint8Array(options.length);
  const order = Array.from(options, (_, option) => option).toSorted((a, b) => fix[a]! - fix[b]! || a - b);
  const kept: number[] = [];
  for (const option of order) {
    if (kept.some((other) => replaces(problem, other, option))) out[option] = 1;
    else kept.push(option);
  }
  return out;
}

/** `by` has been found to have no greater `fix`. */
function replaces(
  { items, need, unit, cap, counts, parcel, parcelGrams }: Problem,
  by: number,
  option: number,
): boolean {
  if (counts[by]! > counts[option]! || parcel[by]! > parcel[option]! || parcelGrams[by]! < parcelGrams[option]!)
    return false;
  const width = items.length;
  for (let item = 0; item < width; item++) {
    if (cap[option * width + item]! === 0) continue;
    if (cap[by * width + item]! < need[item]! || unit[by * width + item]! > unit[option * width + item]!) return false;
  }
  return true;
}
