import type { SnapshotHead } from './coverage.ts';
import type { StockState } from './stock-state.ts';

/** Somebody looked at this very position; a complete of the node says nothing of what is suspect. */
export function isCount({ covers, complete }: SnapshotHead): boolean {
  return covers === 'count' && !complete;
}

/** The position's row of states, made when it first needs one: `suspect` rests on the newest count so far. */
export function statesRow(state: StockState, position: number): number {
  const { positions, states } = state;
  const known = positions.states.get(position);
  if (known !== 0) return known;
  const row = states.add();
  positions.states.set(position, row);
  const newest = positions.snapshots.get(position);
  if (newest !== undefined && isCount(newest)) states.counts.set(row, newest, state.sources.intern(newest.source));
  return row;
}
