import { refuse, type EventOutcome } from '../contract/outcome.ts';
import type { RecordedEvent } from './event-identity.ts';
import { wholeUnits } from './quantities.ts';
import type { StockState } from './stock-state.ts';

// Compare and set (rule FD6): an event that names the on-hand its sender has seen counts only while that is the number.

function expectedOf(event: RecordedEvent): number | undefined {
  return event.kind === 'delta' || event.kind === 'snapshot' ? event.expected : undefined;
}

/** What is wrong with the number itself, whatever on-hand is. */
export function expectedFault(event: RecordedEvent, scale: number): EventOutcome | undefined {
  const expected = expectedOf(event);
  if (expected === undefined) return undefined;
  const units = wholeUnits(expected, scale);
  return typeof units === 'number' ? undefined : refuse(units, { field: 'expected' });
}

/** Another number than expected, and which. A position nobody has spoken of has 0. */
export function staleRefusal(
  state: StockState,
  event: RecordedEvent,
  at: { readonly position: number; readonly scale: number },
): EventOutcome | undefined {
  const expected = expectedOf(event);
  if (expected === undefined) return undefined;
  const onHand = at.position === 0 ? 0 : state.positions.onHand.get(at.position);
  if (wholeUnits(expected, at.scale) === onHand) return undefined;
  return refuse('stale-quantity', { field: 'expected', units: onHand });
}
