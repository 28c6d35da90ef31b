import type { Fact } from '../contract/fact.ts';
import type { ReservationId } from '../contract/ids.ts';
import type { Reservation } from '../contract/reservation.ts';

/** What of holds and their changes is durable, whatever was forgotten since. */
export class DurableChanges {
  readonly #made = new Map<ReservationId, { readonly createdAt: number; readonly expiries: Set<number> }>();
  readonly #moved = new Set<string>();
  readonly #moving = new Map<string, string>();

  note(fact: Fact): void {
    if (fact.fact === 'UnitsReserved') this.#begin(fact.reservation);
    if (fact.fact === 'ReservationDecided' && fact.outcome.status === 'reserved') this.#begin(fact.outcome.reservation);
    if (fact.fact === 'HoldExtended' || fact.fact === 'ReservationExtended')
      this.#made.get(fact.id)?.expiries.add(fact.expiresAt);
    if (fact.fact === 'UnitsMoved') this.#moved.add(`${fact.id} ${fact.keyDigest}`);
    if (fact.fact === 'MoveStarted') this.#moving.set(`${fact.id} ${fact.move}`, fact.keyDigest);
    if (fact.fact === 'MoveAnswered' && fact.outcome.status === 'held')
      this.#moved.add(`${fact.id} ${this.#moving.get(`${fact.id} ${fact.move}`)}`);
  }

  #begin({ id, createdAt, expiresAt }: Reservation): void {
    this.#made.set(id, { createdAt, expiries: new Set([expiresAt]) });
  }

  made(id: ReservationId): { readonly createdAt: number; readonly expiries: ReadonlySet<number> } | undefined {
    return this.#made.get(id);
  }

  hasMoved(id: ReservationId, keyDigest: string): boolean {
    return this.#moved.has(`${id} ${keyDigest}`);
  }
}
