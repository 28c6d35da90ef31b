import type { StockChange } from '../contract/change.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { ClientId } from '../contract/ids.ts';
import type { OpenCount } from '../contract/machine.ts';
import type { OrderChange } from '../contract/order.ts';
import type { ReferenceNews } from '../contract/reference-change.ts';
import type { Answer, Query } from '../contract/query.ts';
import type { JournalStats } from '../journal/journal-meter.ts';
import type { StockEvent } from '../contract/stock-event.ts';

// Everything that crosses a thread. What is many travels as bytes (see README, "One buffer per batch"): an item is
// encoded once, where it is made, so its bytes are known before it is queued and a batch is a concatenation.
//
//   main ──WorkMessage──► shard thread ──FactsMessage──► journal thread
//   main ◄─OutputMessage─ shard thread ◄─DurableMessage─ journal thread

/** What is asked of one shard. */
export type Work =
  | {
      readonly shard: number;
      readonly events: readonly StockEvent[];
      /** ms since the epoch with fractions. */
      readonly receivedAt: number;
      /** Who let all of them past the brakes (rule FD12). */
      readonly approvedBy?: ClientId;
    }
  | { readonly shard: number; readonly command: Command }
  | { readonly shard: number; readonly query: Query };

/** One piece of work for one shard. `call` names who waits; a request of another shard has nobody waiting. */
export type Item = (Work & { readonly call: number }) | { readonly shard: number; readonly request: Command };

/** What a call is told: one outcome per event, one outcome, or an answer. */
export type Said = readonly Outcome[] | Outcome | Answer;

export interface Reply {
  readonly call: number;
  readonly said: Said;
}

/** What a turn of a shard thread lets out once it is durable. */
export interface Output {
  readonly replies: readonly Reply[];
  readonly changes: readonly StockChange[];
  /** Clients whose open reservations in a shard are others now (rule RS6); absent: none. */
  readonly open?: readonly { readonly shard: number; readonly open: readonly OpenCount[] }[];
  /** What the reference book has anew; mostly nothing. */
  readonly news?: readonly ReferenceNews[];
  /** Orders that changed, in the order they did; absent: none. */
  readonly orders?: readonly OrderChange[];
}

export type ToShardThread =
  /** `items`: as codec/item-bytes.ts, its buffer transferred. */
  | { readonly type: 'work'; readonly items: Uint8Array<ArrayBuffer> }
  /** All threads have recovered: requests without an answer may be sent again. */
  | { readonly type: 'begin' }
  /** Finish what is queued, write snapshots, take no more. */
  | { readonly type: 'drain' };

export type FromShardThread =
  | { readonly type: 'recovered'; readonly facts: number }
  | {
      readonly type: 'output';
      /** Batches of work hereby finished. */
      readonly batches: number;
      /** Each an Output as codec/output-bytes.ts, in order; their buffers are transferred. */
      readonly outputs: readonly Uint8Array<ArrayBuffer>[];
      /** For shards of other threads. */
      readonly requests: readonly RoutedRequest[];
    }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'drained' };

export interface RoutedRequest {
  readonly shard: number;
  /** As codec/item-bytes.ts. */
  readonly item: Uint8Array;
}

export interface FactsMessage {
  readonly type: 'facts';
  readonly seq: number;
  readonly count: number;
  /** Record batch of journal/records.ts; its buffer is transferred. */
  readonly records: Uint8Array;
  /** When they were decided, ms since the epoch: journal time is never behind the facts it dates. */
  readonly atMs: number;
}

export type ToJournal =
  | FactsMessage
  /** The oldest snapshot kept of the shard holds every fact up to this position. */
  | { readonly type: 'kept'; readonly shard: number; readonly position: number };

/** Everything of the thread up to batch `seq`, and nothing of it after, is in the journal up to `position` and durable. */
export interface DurableMessage {
  readonly type: 'durable';
  readonly seq: number;
  readonly position: number;
  /** A shard whose newest snapshot is from before this position is due: the journal has grown much since. */
  readonly dueBefore: number;
}

export type ControlJournal = { readonly type: 'stats'; readonly ask: number } | { readonly type: 'close' };

export type FromJournal =
  /** Newest and oldest position. */
  | { readonly type: 'opened'; readonly head: number; readonly first: number }
  | { readonly type: 'stats'; readonly ask: number; readonly stats: JournalStats }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'closed' };
