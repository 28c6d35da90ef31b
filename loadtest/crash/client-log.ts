import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { Answered } from '../verify/rush-client.ts';
import type { PlannedLine } from '../verify/rush-plan.ts';
import type { FeedMessage } from './feed-messages.ts';
import { OrderLog } from './order-log.ts';

// The client's own memory of what it asked and what it was told. What was sent and never answered is unsure until it is
// asked again: then it is answered like everything else, and the sums must fit to the unit.

export interface FeedEntry {
  readonly message: FeedMessage;
  acked: boolean;
}

export interface TryEntry {
  readonly key: string;
  readonly channel: string;
  readonly lines: readonly PlannedLine[];
  readonly holdMs: number;
  readonly partial: boolean;
  answer?: Answered;
  /** `asked`: sent, not answered. `refused`: too late, it had expired. `ordered`: an order takes it over. */
  release: 'no' | 'asked' | 'done' | 'refused' | 'ordered';
}

export class ClientLog {
  readonly feeds: FeedEntry[] = [];
  readonly tries: TryEntry[] = [];
  readonly orders = new OrderLog();
  /** Holds that may still be live: what the sums are made of. */
  readonly #held = new Set<TryEntry>();
  /** Releases that were sent and not answered. */
  readonly #releasing = new Set<TryEntry>();
  /** sku and node → units, of every message sent. */
  readonly #onHand = new Map<string, number>();
  /** Acknowledgements of every kind. */
  acked = 0;

  sent(message: FeedMessage): FeedEntry {
    const entry = { message, acked: false };
    this.feeds.push(entry);
    for (const { sku, node, units } of message.movements) {
      const place = placeOf(sku, node);
      this.#onHand.set(place, (this.#onHand.get(place) ?? 0) + units);
    }
    return entry;
  }

  ackedFeed(entry: FeedEntry): void {
    entry.acked = true;
    this.acked += entry.message.movements.length;
  }

  asked(planned: Omit<TryEntry, 'answer' | 'release'>): TryEntry {
    const entry: TryEntry = { ...planned, release: 'no' };
    this.tries.push(entry);
    return entry;
  }

  answered(entry: TryEntry, answer: Answered): void {
    entry.answer = answer;
    this.acked += 1;
    if (answer.is === 'reserved') this.#held.add(entry);
  }

  releasing(entry: TryEntry): void {
    entry.release = 'asked';
    this.#releasing.add(entry);
  }

  /** Tries of any age whose release may or may not have had its effect. */
  get unsureReleases(): Iterable<TryEntry> {
    return this.#releasing;
  }

  released(entry: TryEntry, outcome: 'done' | 'refused'): void {
    entry.release = outcome;
    this.acked += 1;
    this.#held.delete(entry);
    this.#releasing.delete(entry);
  }

  /** Lets go of the oldest entries, which several restarts have looked at; the sums keep what they did. */
  forgetOld(): void {
    this.feeds.splice(0, Math.max(0, this.feeds.length - KEPT_MAX));
    this.tries.splice(0, Math.max(0, this.tries.length - KEPT_MAX));
    this.orders.forgetOld();
  }

  /** On-hand when every message sent counts exactly once. */
  onHand(sku: string, node: string): number {
    return this.#onHand.get(placeOf(sku, node)) ?? 0;
  }

  /** Reservations held at a moment, by what was acknowledged. */
  heldAt(atMs: number): readonly (TryEntry & { readonly answer: Reserved })[] {
    const live: (TryEntry & { readonly answer: Reserved })[] = [];
    for (const entry of this.#held) {
      if (!isReserved(entry) || entry.release === 'ordered') continue;
      if (entry.answer.reservation.expiresAt > atMs) live.push(entry);
      // Past its time for long enough that no clock will call it held again.
      else if (entry.answer.reservation.expiresAt < atMs - FORGET_MS) this.#held.delete(entry);
    }
    return live;
  }
}

type Reserved = Extract<Answered, { is: 'reserved' }>;

export function isReserved(entry: TryEntry): entry is TryEntry & { readonly answer: Reserved } {
  return entry.answer?.is === 'reserved';
}

export const reservationOf = (entry: TryEntry & { readonly answer: Reserved }): ReservationInfo =>
  entry.answer.reservation;

const FORGET_MS = 60_000;
/** Entries of each kind: some fifty cycles, a few dozen MB. */
const KEPT_MAX = 20_000;
const placeOf = (sku: string, node: string): string => `${sku} ${node}`;
