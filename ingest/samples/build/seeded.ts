import { digest } from '../../../engine/contract/digest.ts';

// Draws by name, not by order: the same sentence always draws the same number, so leaving rows out changes no other row.

/** Changing it gives another, equally plausible year. */
const SEED = 'marlow-finch-2017';

/** Evenly spread in [0, 1). */
export function chance(about: string): number {
  return digest(`${SEED}|${about}`)[0] / 2 ** 32;
}

/** Whole number from `from` to `to`, both included. */
export function draw(about: string, from: number, to: number): number {
  return from + Math.floor(chance(about) * (to - from + 1));
}

export function pick<T>(about: string, of: readonly T[]): T {
  return of[Math.floor(chance(about) * of.length)] as T;
}
