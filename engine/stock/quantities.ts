import type { EventRefusal } from '../contract/outcome.ts';
import { UNAVAILABLE_STATES } from '../contract/stock-event.ts';
import type { RecordedEvent } from './event-identity.ts';

/** Largest quantity in units after scaling: more is a typing error, and sums of many stay exact (SPEC.md §3). */
export const UNITS_MAX = 1_000_000_000;
const MICROS = 1_000_000;

/** Event quantity in units of the sku's scale. */
export interface Units {
  readonly units: number;
  /** Millionths of a unit for the position's next delta; absent when nothing changes. */
  readonly carryMicros?: number;
}

/**
 * Quantity to units. scale 3: 1.250 kg -> 1250 units. A delta finer than the scale keeps its remainder for the next:
 * scale 0, carry 0: -0.6 -> 0 units, carry -600000; then -0.6 -> -1 unit, carry -200000. Rule FD15.
 */
export function unitsOf(
  event: RecordedEvent,
  sku: { readonly scale: number; readonly carryMicros: number; readonly mayBeFiner: boolean },
): Units | EventRefusal {
  switch (event.kind) {
    case 'complete':
    case 'void':
      return { units: 0 };
    case 'delta':
      return deltaUnits(event.quantity, sku);
    case 'snapshot': {
      const refusal = statesRefusal(event.states, sku.scale);
      const units = wholeUnits(event.quantity, sku.scale);
      if (units === 'malformed-quantity' || refusal === 'malformed-quantity') return 'malformed-quantity';
      return typeof units === 'string' ? units : (refusal ?? { units });
    }
    case 'move':
    case 'inbound': {
      const units = event.quantity < 0 ? 'malformed-quantity' : wholeUnits(event.quantity, sku.scale);
      return typeof units === 'string' ? units : { units };
    }
  }
}

function deltaUnits(
  quantity: number,
  sku: { readonly scale: number; readonly carryMicros: number; readonly mayBeFiner: boolean },
): Units | EventRefusal {
  const micros = microsOf(quantity, sku.scale);
  if (micros === undefined) return 'malformed-quantity';
  const isFiner = micros % MICROS !== 0;
  if (!isFiner) return { units: micros / MICROS + 0 };
  if (!sku.mayBeFiner) return 'finer-than-scale';
  const total = micros + sku.carryMicros;
  return { units: Math.trunc(total / MICROS) + 0, carryMicros: (total % MICROS) + 0 };
}

/** Whole units, or the refusal. Also used for the states of a snapshot, which must not be negative. */
export function wholeUnits(quantity: number, scale: number): number | EventRefusal {
  const micros = microsOf(quantity, scale);
  if (micros === undefined) return 'malformed-quantity';
  // + 0 turns -0 into 0: both are written the same, so they must be the same.
  return micros % MICROS === 0 ? micros / MICROS + 0 : 'finer-than-scale';
}

function statesRefusal(states: Readonly<Record<string, number>> | undefined, scale: number): EventRefusal | undefined {
  if (states === undefined) return undefined;
  let finer = false;
  for (const state of UNAVAILABLE_STATES) {
    const quantity = states[state] ?? 0;
    const units = quantity < 0 ? 'malformed-quantity' : wholeUnits(quantity, scale);
    if (units === 'malformed-quantity') return units;
    if (units === 'finer-than-scale') finer = true;
  }
  return finer ? 'finer-than-scale' : undefined;
}

/** Millionths of a unit, rounded there so that 0.1 + 0.2 is 0.3; undefined when not finite or beyond the bound. */
function microsOf(quantity: number, scale: number): number | undefined {
  if (!Number.isFinite(quantity)) return undefined;
  const micros = Math.round(quantity * 10 ** scale * MICROS);
  return Math.abs(micros) <= UNITS_MAX * MICROS ? micros : undefined;
}
