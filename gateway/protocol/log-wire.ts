import type { LogBody } from './log-bodies.ts';

// The log half of the wire (section 4 of PROTOCOL.md). Also runs in the browser: it imports nothing that runs.

/** Resume token of a log: epoch and the last offset that was dealt with. */
export interface LogSince {
  readonly e: string;
  readonly o: number;
}

// ── commands ───────────────────────────────────────────────────────────────

export interface SubscribeLog {
  readonly type: 'subscribe';
  readonly id: number;
  /** `feed:<name>` or `work:<node>`. */
  readonly ch: string;
  readonly mode: 'log';
  /** Who reads: the server remembers what each has acknowledged. */
  readonly consumer: string;
  /** What the consumer has stored by its own account; absent: what it acknowledged last. */
  readonly since?: LogSince;
  /** Of a consumer that the server has never seen: with the oldest event kept (the default), or with the next one. */
  readonly begin?: 'oldest' | 'next';
  /** Most events unacknowledged at once; absent: the server's most. */
  readonly credit?: number;
}

export interface UnsubscribeLog {
  readonly type: 'unsubscribe';
  readonly id: number;
  readonly ch: string;
  readonly mode: 'log';
}

/** Which event is meant: an offset, or one that was parked and is played again. */
export type LogPlace = { readonly o: number } | { readonly parked: number };

interface AckHead {
  readonly type: 'ack';
  readonly id?: number;
  readonly ch: string;
}

/** Everything up to `o` is stored; or the parked event that was played again is. With `id` it is answered when durable. */
export type Ack = AckHead & LogPlace;

interface NackHead {
  readonly type: 'nack';
  readonly id?: number;
  readonly ch: string;
  readonly code: string;
  readonly msg?: string;
}

/** This event cannot be dealt with: it is parked for staff, and the stream goes on. With `id` it is answered when durable. */
export type Nack = NackHead & LogPlace;

// ── replies and pushes ─────────────────────────────────────────────────────

interface LogBegun {
  readonly type: 'subscribed';
  readonly id: number;
  readonly ch: string;
  readonly e: string;
  /** Offset of the next event. */
  readonly from: number;
  readonly head: number;
  readonly credit: number;
}

interface LogRecovered extends LogBegun {
  readonly recovered: true;
}

interface LogLost extends LogBegun {
  readonly recovered: false;
  /** `trimmed`: older than what is kept. `epoch`: numbered anew. `ahead`: the server has never shown that offset. */
  readonly reason: 'trimmed' | 'epoch' | 'ahead';
  readonly snapshot: string;
}

/** Recovery is all, or said not to be: then the events from `from` on follow, and what was before is at `snapshot`. */
export type LogSubscribed = LogRecovered | LogLost;

export interface LogEvent<Body = LogBody> {
  readonly type: 'event';
  readonly ch: string;
  readonly o: number;
  /** The same in every epoch; later events have greater ones, as numbers in base 36. */
  readonly eid: string;
  /** Journal time, ms since the epoch. */
  readonly t: number;
  readonly d: Body;
  /** It was parked and is played again, out of order: acknowledge it by this number. */
  readonly parked?: number;
}

interface Acked {
  readonly type: 'acked';
  readonly id: number;
  readonly ch: string;
}

interface Parked {
  readonly type: 'parked';
  readonly id: number;
  readonly ch: string;
}

export type LogCommand = SubscribeLog | UnsubscribeLog | Ack | Nack;
export type LogMessage = LogRecovered | LogLost | LogEvent | Acked | Parked;
