import type { StockFact } from '../contract/stock-fact.ts';
import type { Chance } from './chance.ts';
import { requireSame } from './violation.ts';

// Rule FD15 in the simulation: deltas finer than the sku is counted, whose rest waits for the position's next such delta.

type Recorded = Extract<StockFact, { fact: 'StockRecorded' }>;

const MICROS = 1_000_000;

/** Mostly nothing: what is added to a whole quantity. */
export function draftRemainder(chance: Chance): number {
  return chance.yes(0.1) ? chance.pick([0.25, 0.5, -0.5, 0.75]) : 0;
}

/** Millionths of a unit that wait, by position. */
export class RemainderModel {
  #waiting = new Map<string, number>();

  clone(): RemainderModel {
    const copy = new RemainderModel();
    copy.#waiting = new Map(this.#waiting);
    return copy;
  }

  /** What counts now and what waits on is what the rule says. */
  judge({ event, units, carryMicros }: Recorded): void {
    const quantity = 'quantity' in event ? event.quantity : 0;
    const should = { units: quantity, carryMicros: undefined as number | undefined };
    if (event.kind === 'delta' && !Number.isInteger(quantity)) {
      const micros = quantity * MICROS + (this.#waiting.get(`${event.sku} ${event.node}`) ?? 0);
      should.units = Math.trunc(micros / MICROS) + 0;
      should.carryMicros = (micros % MICROS) + 0;
    }
    requireSame({ units, carryMicros }, should, () => `${event.id} says ${quantity} (FD15)`);
  }

  note({ event, carryMicros }: Recorded): void {
    if (carryMicros !== undefined && 'sku' in event) this.#waiting.set(`${event.sku} ${event.node}`, carryMicros);
  }
}

/** The event as it counts: the slow model knows whole units only. */
export function inWholeUnits({ event, units }: Recorded): Recorded['event'] {
  return event.kind === 'delta' ? { ...event, quantity: units } : event;
}
