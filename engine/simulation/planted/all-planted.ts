import { runSeed } from '../run-seed.ts';
import { DURABILITY_BUGS } from './durability-bugs.ts';
import { FEED_BUGS } from './feed-bugs.ts';
import { GUARD_BUGS } from './guard-bugs.ts';
import { HELD_BUGS } from './held-bugs.ts';
import { HOLD_BUGS } from './hold-bugs.ts';
import { REFERENCE_BUGS } from './reference-bugs.ts';
import { SILENCE_BUGS } from './silence-bugs.ts';
import { HUB_BUGS } from './hub-bugs.ts';
import { ORDER_BUGS } from './order-bugs.ts';
import type { Planted } from './planted.ts';

export const ALL_PLANTED: readonly Planted[] = [
  ...DURABILITY_BUGS,
  ...FEED_BUGS,
  ...GUARD_BUGS,
  ...HOLD_BUGS,
  ...HELD_BUGS,
  ...ORDER_BUGS,
  ...HUB_BUGS,
  ...REFERENCE_BUGS,
  ...SILENCE_BUGS,
];

/** Seeds tried before a bug counts as not found. */
export const SEEDS_MAX = 1_000;

export interface Caught {
  /** The seed that found it. */
  readonly seed: number;
  readonly seeds: number;
  readonly why: string;
}

/** Runs seeds with the bug until one finds it; undefined when none does. */
export async function catchPlanted(
  planted: Planted,
  fromSeed: number,
  seedsMax = SEEDS_MAX,
): Promise<Caught | undefined> {
  for (let seeds = 1; seeds <= seedsMax; seeds++) {
    const seed = fromSeed + seeds - 1;
    const { failure } = await runSeed(seed, planted);
    if (failure !== undefined) return { seed, seeds, why: failure.why.split('\n')[0] ?? '' };
  }
  return undefined;
}
