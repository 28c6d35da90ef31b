import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { OpenCount } from '../contract/machine.ts';
import type { Reservation } from '../contract/reservation.ts';
import { DueQueue } from './due-queue.ts';
import type { PlacedLine } from './placed-line.ts';
import { Remembered } from './remembered.ts';

/** A reservation of this shard alone. `reservation.state` is its latest. */
export interface Hold {
  readonly reservation: Reservation;
  readonly lines: readonly PlacedLine[];
  readonly keyDigest: string;
  /** Order of making, to break ties of expiry. */
  readonly lsn: number;
  /** What its key is answered, when the reservation has changed since (rule RS2). */
  readonly first?: Reservation;
  /** Moves that were made, oldest first: a retry has no further effect (rule RS7). */
  readonly moves?: readonly MoveMade[];
}

interface MoveMade {
  readonly keyDigest: string;
  readonly contentDigest: string;
}

export interface HoldsSaved {
  readonly rows: readonly Hold[];
  readonly ended: readonly (readonly [ReservationId, number])[];
}

/** Entries the queue may have beyond twice the held ones, so that a small table is not rebuilt at every release. */
const QUEUE_SLACK = 1_024;

export class HoldTable {
  private readonly rows = new Map<ReservationId, Hold>();
  /** Ended holds with their time, oldest first; forgotten with their keys. */
  private readonly ended = new Remembered<ReservationId>();
  private readonly forget = (id: ReservationId): void => void this.rows.delete(id);
  /** Derived: held ones by expiry, and each client's in the order they were made. */
  private readonly due = new DueQueue<Hold>((a, b) => expiryOrder(a, b) < 0);
  private readonly byClient = new Map<ClientId, Set<ReservationId>>();

  /** Whose number of held ones changed; kept aside, as changes are. */
  private readonly recounted = new Set<ClientId>();

  takeOpen(): OpenCount[] {
    const counts = Array.from(this.recounted, (client): OpenCount => [client, this.heldBy(client)]);
    this.recounted.clear();
    return counts;
  }

  openCounts(): OpenCount[] {
    return Array.from(this.byClient, ([client, own]) => [client, own.size]);
  }

  find(id: ReservationId): Hold | undefined {
    return this.rows.get(id);
  }

  put(hold: Hold): void {
    this.rows.set(hold.reservation.id, hold);
    this.index(hold);
  }

  /** Of a held one: its time or its lines are others now. */
  change(hold: Hold): void {
    this.rows.set(hold.reservation.id, hold);
    this.due.push(hold);
    this.dropStale();
  }

  end(id: ReservationId, hold: Hold, atMs: number): void {
    this.rows.set(id, hold);
    this.ended.add(id, atMs);
    const { client } = hold.reservation;
    const own = this.byClient.get(client);
    own?.delete(id);
    if (own?.size === 0) this.byClient.delete(client);
    this.recounted.add(client);
    this.dropStale();
  }

  /** Released and changed holds would stay in the queue until their time: not more of them than held ones. */
  private dropStale(): void {
    if (this.due.size > 2 * this.held + QUEUE_SLACK) this.due.reset(this);
  }

  forgetOld(atMs: number): void {
    this.ended.forgetOld(atMs, this.forget);
  }

  heldBy(client: ClientId): number {
    return this.byClient.get(client)?.size ?? 0;
  }

  get held(): number {
    return this.rows.size - this.ended.size;
  }

  /** Infinity when none is held. */
  nextExpiry(): number {
    return this.due.peek((hold) => this.isHeld(hold))?.reservation.expiresAt ?? Infinity;
  }

  /** Held ones whose time is over, earliest first; changes nothing. */
  expired(atMs: number): Hold[] {
    if (this.nextExpiry() > atMs) return [];
    const isOver = (hold: Hold): boolean => hold.reservation.expiresAt <= atMs;
    return this.due
      .reach(isOver)
      .filter((hold) => this.isHeld(hold))
      .sort(expiryOrder);
  }

  /** All of a client, oldest first. */
  heldOf(client: ClientId): Hold[] {
    return [...(this.byClient.get(client) ?? [])].map((id) => this.rows.get(id) as Hold);
  }

  *[Symbol.iterator](): Iterator<Hold> {
    for (const hold of this.rows.values()) if (hold.reservation.state === 'held') yield hold;
  }

  private isHeld(hold: Hold): boolean {
    return hold.reservation.state === 'held' && this.rows.get(hold.reservation.id) === hold;
  }

  private index(hold: Hold): void {
    if (hold.reservation.state !== 'held') return;
    this.due.push(hold);
    const { client, id } = hold.reservation;
    this.recounted.add(client);
    const own = this.byClient.get(client);
    if (own === undefined) this.byClient.set(client, new Set([id]));
    else own.add(id);
  }

  save(): HoldsSaved {
    return { rows: [...this.rows.values()], ended: this.ended.save() };
  }

  load(saved: HoldsSaved): void {
    for (const hold of saved.rows) this.put(hold);
    this.ended.load(saved.ended);
  }
}

function expiryOrder(a: Hold, b: Hold): number {
  return a.reservation.expiresAt - b.reservation.expiresAt || a.lsn - b.lsn;
}
