import type { StockChange } from './change.ts';
import type { Command, Outcome } from './command.ts';
import type { Fact } from './fact.ts';
import type { ChangeId, ClientId, OrderId, ReservationId } from './ids.ts';
import type { OrderChange } from './order.ts';
import type { ReferenceNews } from './reference-change.ts';

// A shard is a deterministic state machine. The three kinds (stock, promise, intake) share this shape,
// so one host feeds them, journals them and recovers them.

/** A message to another shard. It leaves only after the facts of the same decision are durable. */
export interface ShardRequest {
  readonly shard: number;
  readonly command: Command;
}

/** Decided sagas whose callers wait: everyone who was answered `pending` with this id is now told. */
export interface Settled {
  readonly id: ReservationId | OrderId | ChangeId;
  readonly outcome: Outcome;
}

export interface Decision<F extends Fact> {
  readonly outcome: Outcome;
  readonly facts: readonly F[];
  readonly requests: readonly ShardRequest[];
  readonly settled?: readonly Settled[];
  /** What the reference book now has, for main's copy. */
  readonly news?: readonly ReferenceNews[];
  /** Orders as they are since; only order machines have any. */
  readonly orders?: readonly OrderChange[];
}

/** Open reservations that a shard has for a client (rule RS6). */
export type OpenCount = readonly [client: ClientId, open: number];

/** A frozen copy of a machine's state at the moment it was begun; later writes do not show in it. */
export interface StateImage {
  /** Everything that is not in pages, serialised at the beginning. */
  readonly header: Uint8Array;
  readonly pageCount: number;
  /** Copies the next page (at most 64 KiB), or undefined when all are out. Call again until then: a few per turn keep the shard responsive. */
  next(): { readonly page: number; readonly bytes: Uint8Array } | undefined;
  /** Gives up before the end. */
  abandon(): void;
}

export interface Machine<C extends Command, F extends Fact, Query, Answer> {
  /** Pure: reads state, changes nothing. `atMs` is wall-clock time, never running backwards. */
  decide(command: C, atMs: number): Decision<F>;
  /** Applies one fact. `lsn` is the shard's own count of facts, from 1. Same facts, same state, byte for byte. */
  evolve(fact: F, lsn: number): void;
  /** When `tick` next has something to do, ms since the epoch; Infinity when never. */
  dueAt(): number;
  /** What changed since the last call, one per sku; only stock machines have any. `atMs`: publication time. */
  takeChanges(atMs: number): StockChange[];
  /** Clients whose count of open reservations changed since the last call, each with it; aside of the state. */
  takeOpen(): readonly OpenCount[];
  /** A read of the current state; never changes it. */
  answer(query: Query, atMs: number): Answer;
  /** Requests that have no durable answer yet; sent again after recovery. */
  outstanding(): readonly ShardRequest[];
  beginImage(): StateImage;
  /** Replaces the state (of a new machine) by an image's. */
  restore(header: Uint8Array, pages: Iterable<{ readonly page: number; readonly bytes: Uint8Array }>): void;
  /** 32 hex digits over the whole state: equal states, equal digests. */
  digest(): string;
}
