import type { DeltaEvent, DeltaReason } from '../contract/stock-event.ts';
import type { Booking, Direction } from './expected-movements.ts';
import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';

// Where expected movements meet the rest of a position (rule FD8).

/** After a row of expected movements or the newest snapshot of the position changed; its terms follow. */
export function refreshExpected(state: StockState, position: number): void {
  const { positions, expected } = state;
  expected.refresh(position, positions.snapshots.base(position));
  positions.mark(position, FLAG.expected, expected.has(position));
}

/** The node's own system says that a movement of ours happened, or (the opposite units) takes that back. */
export function bookMovement(state: StockState, position: number, booking: Booking, atMs: number): void {
  if (booking.units === 0) return;
  state.expected.book(position, booking, atMs);
  refreshExpected(state, position);
}

/** Units that come where units of ours leave take a departure back, and the other way round. */
export function bookingOf({ reason, movementRef }: DeltaEvent, units: number): Booking | undefined {
  if (movementRef === undefined) return undefined;
  return { direction: DIRECTION_OF[reason] ?? (units < 0 ? 'out' : 'in'), ref: movementRef, units };
}

const DIRECTION_OF: Readonly<Partial<Record<DeltaReason, Direction>>> = {
  shipment: 'out',
  'transfer-out': 'out',
  return: 'in',
  receipt: 'in',
  'transfer-in': 'in',
};

/** Settled rows whose time is over; they stood for nothing any more, so no number changes. */
export function forgetExpected(state: StockState, atMs: number): void {
  const gone = state.expected.forgetOld(atMs, (position) => state.positions.snapshots.base(position));
  for (const position of gone) refreshExpected(state, position);
}
