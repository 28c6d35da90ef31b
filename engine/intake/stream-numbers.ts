import { GAPS_MAX, type NumberGap } from '../contract/number-gaps.ts';

// The numbers of one stream (rule FD5): what lies between the smallest and the greatest, less the gaps.
//
//   first                                      last
//   ──┴─────────┐ gap ┌──────────┐ gap ┌────────┴──

export interface StreamNumbers {
  readonly first: number;
  readonly last: number;
  /** A book snapshot had everything up to here. */
  readonly covered: number;
  /** Ascending. */
  readonly gaps: readonly NumberGap[];
}

export interface Changed {
  readonly numbers: StreamNumbers;
  /** Missing numbers given up, because there were too many gaps. */
  readonly forgotten: number;
}

/** The range arrived. */
export function seeRange(
  known: StreamNumbers | undefined,
  [from, to]: readonly [number, number],
  atMs: number,
): Changed {
  if (known === undefined) return { numbers: { first: from, last: to, covered: -1, gaps: [] }, forgotten: 0 };
  const { first, last, covered } = known;
  const gaps = known.gaps.flatMap((gap) => without(gap, from, to));
  const above = gapOf(Math.max(last, covered) + 1, from - 1, atMs);
  const below = gapOf(Math.max(to, covered) + 1, first - 1, atMs);
  return keep({ first: Math.min(first, from), last: Math.max(last, to), covered }, [...below, ...gaps, ...above]);
}

/** A book snapshot had everything up to `to`, whatever never arrived. */
export function coverTo(known: StreamNumbers | undefined, to: number, atMs: number): Changed {
  if (known === undefined) return { numbers: { first: to, last: to, covered: to, gaps: [] }, forgotten: 0 };
  const { first, last } = known;
  const covered = Math.max(known.covered, to);
  const gaps = known.gaps.flatMap((gap) => without(gap, -Infinity, to));
  return keep({ first: Math.min(first, to), last: Math.max(last, to), covered }, [
    ...gapOf(covered + 1, first - 1, atMs),
    ...gaps,
  ]);
}

function keep(of: Omit<StreamNumbers, 'gaps'>, all: readonly NumberGap[]): Changed {
  const gaps = all.slice(Math.max(0, all.length - GAPS_MAX));
  return { numbers: { ...of, gaps }, forgotten: missingOf(all) - missingOf(gaps) };
}

export function missingOf(gaps: readonly NumberGap[]): number {
  return gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** Nothing new: the range lies within what arrived. */
export function hasSeen({ first, last, gaps }: StreamNumbers, [from, to]: readonly [number, number]): boolean {
  return from >= first && to <= last && gaps.every((gap) => gap.to < from || gap.from > to);
}

function gapOf(from: number, to: number, since: number): NumberGap[] {
  return from > to ? [] : [{ from, to, since }];
}

function without(gap: NumberGap, from: number, to: number): NumberGap[] {
  if (to < gap.from || from > gap.to) return [gap];
  return [...gapOf(gap.from, from - 1, gap.since), ...gapOf(to + 1, gap.to, gap.since)];
}
