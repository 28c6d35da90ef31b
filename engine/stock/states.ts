import { UNAVAILABLE_STATES, type UnavailableState } from '../contract/stock-event.ts';

// A remembered delta says in one byte what it changes: 0 is on-hand, 1 + from * 6 + to moves units between states.
// State number 0 is sellable, which is no state of its own: it is what on-hand leaves over.

export const STATES = UNAVAILABLE_STATES.length;
const PLACES = STATES + 1;
/** Units that somebody could not find: only who looks knows better, never a ledger. */
export const SUSPECT = UNAVAILABLE_STATES.indexOf('suspect');

const placeOf = (state: UnavailableState | 'sellable'): number =>
  state === 'sellable' ? 0 : UNAVAILABLE_STATES.indexOf(state) + 1;

export const EFFECT_ON_HAND = 0;

export function moveEffect(from: UnavailableState | 'sellable', to: UnavailableState | 'sellable'): number {
  return 1 + placeOf(from) * PLACES + placeOf(to);
}

/** Calls `add` with the state index and signed units for each state the effect touches. */
export function eachState(effect: number, units: number, add: (state: number, units: number) => void): void {
  const from = Math.floor((effect - 1) / PLACES);
  const to = (effect - 1) % PLACES;
  if (from > 0) add(from - 1, -units);
  if (to > 0) add(to - 1, units);
}
