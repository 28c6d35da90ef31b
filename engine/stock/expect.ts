import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';

// Where expected movements meet the rest of a position (rule FD8).

/** After a row of expected movements or the newest snapshot of the position changed; its terms follow. */
export function refreshExpected(state: StockState, position: number): void {
  const { positions, expected } = state;
  expected.refresh(position, positions.snapshots.base(position));
  positions.mark(position, FLAG.expected, expected.has(position));
}

/** The node's own system says that a movement of ours happened, or takes that back. */
export function bookMovement(
  state: StockState,
  position: number,
  { ref, units, taken, atMs }: { readonly ref: string; readonly units: number; readonly taken: boolean; atMs: number },
): void {
  if (units === 0) return;
  state.expected.book(position, ref, { units, taken }, atMs);
  refreshExpected(state, position);
}

/** Settled rows whose time is over; they stood for nothing any more, so no number changes. */
export function forgetExpected(state: StockState, atMs: number): void {
  const gone = state.expected.forgetOld(atMs, (position) => state.positions.snapshots.base(position));
  for (const position of gone) refreshExpected(state, position);
}
