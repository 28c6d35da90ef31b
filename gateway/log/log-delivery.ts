import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises';
import { EngineBusyError } from '../../engine/api.ts';
import type { Caller } from '../caller.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import type { Nack } from '../protocol/log-wire.ts';
import { eventFrame } from './event-frame.ts';
import type { LogPage, LogState } from './log-source.ts';
import type { LogStore } from './log-store.ts';
import { ReplayLane } from './replay-lane.ts';

/** What a delivery needs of its socket. */
export interface LogSink {
  readonly hasRoom: boolean;
  whenRoom(): Promise<void>;
  write(frames: readonly Buffer[]): void;
}

/** Events of one read and one write at most. */
const PAGE_EVENTS = 300;
/** Tries to read a page, RETRY_MS apart, before the consumer is sent away: an engine that is busy may be so for a while. */
const READ_TRIES = 20;
const RETRY_MS = 500;

export interface DeliverySettings {
  readonly ch: string;
  readonly consumer: string;
  readonly caller: Caller;
  readonly e: string;
  /** Offset of the first event to be sent. */
  readonly from: number;
  /** The consumer has acknowledged everything before `from`; otherwise its first ack says so. */
  readonly isSettled: boolean;
  readonly credit: number;
  readonly sink: LogSink;
  readonly store: LogStore;
  readonly state: () => LogState | undefined;
  readonly read: (from: number, limit: number) => Promise<LogPage | undefined>;
  /** Steady: for what may not take too long. */
  readonly now: () => number;
  /** Whole ms since the epoch, for what is written down and shown to people. */
  readonly wallNow: () => number;
  /** The delivery is over, for a reason that the socket is closed with. */
  readonly over: (code: CloseCode, reason: string) => void;
}

type Why = Pick<Nack, 'code' | 'msg'>;

export type AckRefusal = { readonly code: 'ack-beyond-sent' | 'nack-out-of-range'; readonly msg: string };

/**
 * One consumer's reading of one log over one socket. It only ever reads pages behind what it sent last, so being far behind
 * and being live are the same: news of the log make it look again, and nothing is held for it in memory.
 *
 *   acked ≤ sent ≤ head        sent − acked ≤ credit
 */
export class LogDelivery {
  readonly about: DeliverySettings;
  readonly since: number;
  readonly replays: ReplayLane;
  #sent: number;
  #acked: number;
  /** Acknowledged and written down: behind `#acked` while that is under way, or could not be done. */
  #durable: number;
  /** Last offset of each write that is not wholly acknowledged, and when it was made; at most `credit`. */
  readonly #unacked: { readonly o: number; readonly atMs: number }[] = [];
  /** Offsets that are being parked: what is acknowledged meanwhile is remembered once they are. */
  readonly #parking = new Map<number, Promise<void>>();
  /** Newer connections of the consumer that are coming: the same waits for what becomes of them. */
  readonly #holds = new Set<Promise<void>>();
  #ended = false;
  #pumping = false;
  #again = false;

  constructor(about: DeliverySettings) {
    this.about = about;
    this.since = about.wallNow();
    this.#sent = this.#acked = about.from - 1;
    this.#durable = about.isSettled ? this.#acked : this.#acked - 1;
    this.replays = new ReplayLane(about, () => this.#ended);
  }

  get acked(): number {
    return this.#acked;
  }

  get unacked(): number {
    return this.#sent - this.#acked;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** There may be something to send: a new event, credit, room. */
  wake(): void {
    this.#again = true;
    if (this.#pumping || this.#ended) return;
    this.#pumping = true;
    this.#pump().catch(() => this.#over(4004, 'the log cannot be read now'));
  }

  /** Durable when resolved. The refusal of an offset that was never sent changes nothing. */
  async ack(o: number): Promise<AckRefusal | undefined> {
    if (this.#ended) return undefined;
    if (o > this.#sent) return { code: 'ack-beyond-sent', msg: `the newest event sent is ${this.#sent}, got ${o}` };
    if (o > this.#acked) {
      this.#acked = o;
      while ((this.#unacked[0]?.o ?? Infinity) <= o) this.#unacked.shift();
      this.wake();
    }
    if (o > this.#durable) await this.#remember();
    return undefined;
  }

  /** Parked durably when resolved. The consumer goes on, and acknowledges it with what comes after. */
  async nack(o: number, why: Why): Promise<AckRefusal | undefined> {
    if (this.#ended) return undefined;
    if (o <= this.#acked || o > this.#sent) {
      return { code: 'nack-out-of-range', msg: `unacknowledged are ${this.#acked + 1} to ${this.#sent}, got ${o}` };
    }
    const parking = this.#parking.get(o) ?? this.#park(o, why);
    this.#parking.set(o, parking);
    await parking;
    return undefined;
  }

  /** A newer connection is coming. What is acknowledged meanwhile is written down if it fails, and not if it takes over. */
  hold(until: Promise<void>): void {
    this.#holds.add(until);
    void until.then(() => this.#holds.delete(until));
  }

  /** Once a second. */
  turn(ackMs: number): void {
    const oldest = Math.min(this.#unacked[0]?.atMs ?? Infinity, this.replays.oldestMs);
    if (this.about.now() - oldest >= ackMs) this.#over(4008, `no ack within ${ackMs} ms`);
  }

  end(): void {
    this.#ended = true;
  }

  #over(code: CloseCode, reason: string): void {
    if (this.#ended) return;
    this.end();
    this.about.over(code, reason);
  }

  /** Nothing is acknowledged over an event that nobody has: what cannot be parked comes again on the next connection. */
  async #park(o: number, { code, msg }: Why): Promise<void> {
    try {
      const { ch, consumer, e, store } = this.about;
      const page = await this.#readPage(o, 1);
      const event = page?.events[0];
      if (page?.e !== e || event?.o !== o) return this.#over(4007, 'the log was trimmed or numbered anew');
      const [at, { eid, t, d }] = [this.about.wallNow(), event];
      const draft = { ch, consumer, e, o, eid, t, d, code, msg: msg ?? null, at };
      if ((await store.park(draft)) === 'full') this.#over(4009, 'too many parked events');
    } catch {
      this.#over(4004, 'the event could not be parked');
    } finally {
      this.#parking.delete(o);
    }
  }

  async #remember(): Promise<void> {
    while (this.#parking.size + this.#holds.size > 0) await Promise.all([...this.#parking.values(), ...this.#holds]);
    if (this.#ended) return;
    const { ch, consumer, e, store, wallNow } = this.about;
    const o = this.#acked;
    await store.set({ ch, consumer, e, o, at: wallNow() });
    this.#durable = Math.max(this.#durable, o);
  }

  /** Others write to the socket too, and what is written beyond its room makes it a slow reader. */
  async #room(): Promise<void> {
    const { sink } = this.about;
    while (!sink.hasRoom && !this.#ended) {
      await sink.whenRoom();
      // A socket that is being cut has nobody to wait for, until it is gone.
      if (!sink.hasRoom) await nextTurn();
    }
  }

  async #pump(): Promise<void> {
    try {
      while (this.#again && !this.#ended) {
        this.#again = false;
        await this.#room();
        await this.replays.send();
        while (await this.#sendPage());
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** True when there may be more. */
  async #sendPage(): Promise<boolean> {
    const { sink, credit, e, state, now } = this.about;
    const limit = Math.min(PAGE_EVENTS, credit - this.unacked);
    const known = state();
    // Numbered anew: that is told also to who has no credit left.
    const isOther = known !== undefined && known.e !== e;
    if (this.#ended || (limit <= 0 && !isOther) || (known?.e === e && this.#sent >= known.head)) return false;
    const page = await this.#readPage(this.#sent + 1, Math.max(0, limit));
    if (this.#ended) return false;
    if (page?.e !== e || page.first > this.#sent + 1) {
      this.#over(4007, 'the log was trimmed or numbered anew');
      return false;
    }
    const last = page.events.at(-1);
    if (last === undefined) return false;
    await this.#room();
    if (this.#ended) return false;
    sink.write(page.events.map((event) => eventFrame(this.about.ch, event)));
    this.#sent = last.o;
    this.#unacked.push({ o: last.o, atMs: now() });
    return true;
  }

  async #readPage(from: number, limit: number): Promise<LogPage | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.about.read(from, limit);
      } catch (error) {
        if (!(error instanceof EngineBusyError) || tries >= READ_TRIES || this.#ended) throw error;
        await rest(RETRY_MS);
      }
    }
  }
}
