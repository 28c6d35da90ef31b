import type { Cause, SnapshotBase, SummedTerm } from '../contract/explain.ts';
import { isOpen, judge } from '../stock/coverage.ts';
import type { Effect } from './effects.ts';

/** Movements named behind one term: what a person still reads. */
const CAUSES_MAX = 100;

export interface Summed {
  /** What the shard says the term is. */
  readonly units: number;
  readonly base: SnapshotBase | undefined;
  /** The base in the ledger, its units and its series; absent when the ledger does not reach back to it. */
  readonly baseCause: (Cause & { readonly series: number }) | undefined;
  /** Effects on this term, with the units each adds to it. */
  readonly effects: readonly { readonly effect: Effect; readonly units: number }[];
}

/**
 * units = base + Σ of what the base does not cover + what nothing named explains. The shard's number is the truth: what
 * the ledger cannot attribute is said, not hidden, so the answer adds up for everyone who reads it.
 */
export function summedTerm({ units, base, baseCause, effects }: Summed): SummedTerm {
  const open = effects.filter(({ effect, units: each }) => each !== 0 && counts(effect, base, baseCause?.series ?? 0));
  const counted = open.reduce((sum, each) => sum + each.units, 0);
  const newest = open.toSorted((a, b) => b.effect.movement.row - a.effect.movement.row).slice(0, CAUSES_MAX);
  return {
    units,
    ...(baseCause !== undefined && { base: { units: baseCause.units, movement: baseCause.movement } }),
    counted,
    causes: newest.map(({ effect: { movement }, units: each }) => ({ units: each, movement })),
    more: open.length - newest.length,
    folded: units - (baseCause?.units ?? 0) - counted,
  };
}

function counts({ times }: Effect, base: SnapshotBase | undefined, series: number): boolean {
  return base === undefined || isOpen(judge({ ...base, series }, times));
}
