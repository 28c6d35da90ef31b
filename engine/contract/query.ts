import type { SourceGaps, StreamGaps } from './number-gaps.ts';
import type { AtpOutcome, AtpRequest } from './atp.ts';
import type { SkuStock } from './change.ts';
import type { DeadLetter, LetterState } from './dead-letter.ts';
import type { SkuTerms } from './explain.ts';
import type { ClientId, NodeId, OrderId, ReservationId, Sku, SourceId, WorkOrderId } from './ids.ts';
import type { ExceptionQueue, Order, OrderStatus } from './order.ts';
import type { NodeLoad, WorkOrder } from './work-order.ts';
import type { OpenCount } from './machine.ts';
import type { RefusedRow } from './outcome.ts';
import type { ReferenceBatch, ReferenceKind } from './reference.ts';
import type { PendingChange, ReferenceRow, RowsChanged, RowsPage, RowsQuery } from './reference-change.ts';
import type { CompleteEvent, SnapshotEvent } from './stock-event.ts';
import type { Reservation, ReservationsAsked } from './reservation.ts';
import type { Shortfall, ShortfallsAsked } from './shortfall.ts';

// Reads of one shard. Like every answer they leave only when what they rest on is durable.

export type StockQuery =
  | { readonly ask: 'stock'; readonly skus: readonly Sku[] }
  | { readonly ask: 'reservation'; readonly id: ReservationId; readonly client?: ClientId }
  | ({ readonly ask: 'reservations' } & ReservationsAsked)
  /** Of every client that has any (rule RS6). */
  | { readonly ask: 'open-counts' }
  /** Everything the shard holds, in chunks: positions for verification and exports. `after`: last sku of the chunk before. */
  | { readonly ask: 'all-stock'; readonly after?: Sku; readonly limit: number }
  | ({ readonly ask: 'shortfalls' } & ShortfallsAsked)
  | ({ readonly ask: 'atp' } & AtpRequest)
  | { readonly ask: 'reference' }
  /** Rows of a change that could not be here, now. */
  | ({ readonly ask: 'judge-change' } & RowsChanged)
  /** What explains a sku's numbers (rule AV8). */
  | { readonly ask: 'terms'; readonly sku: Sku }
  /** Works out again what is kept beside its terms, for the skus behind one (the invariant watch). */
  | { readonly ask: 'audit'; readonly after?: Sku; readonly limit: number }
  /** What these events would change (rule FD12); `places` are counted in whole, also where no event is of this shard. */
  | {
      readonly ask: 'weigh';
      readonly places: readonly { readonly source: SourceId; readonly node: NodeId }[];
      readonly events: readonly (SnapshotEvent | CompleteEvent)[];
    }
  /** How many facts the shard has. */
  | { readonly ask: 'lsn' }
  | { readonly ask: 'stats' };

export type PromiseQuery =
  | { readonly ask: 'reservation'; readonly id: ReservationId; readonly client?: ClientId }
  | ({ readonly ask: 'reservations' } & ReservationsAsked)
  /** Of every client that has any (rule RS6). */
  | { readonly ask: 'open-counts' }
  | { readonly ask: 'stats' };

export type IntakeQuery =
  | {
      readonly ask: 'letters';
      readonly state?: LetterState;
      readonly source?: string;
      readonly code?: string;
      readonly after?: string;
      readonly limit: number;
    }
  | { readonly ask: 'letter'; readonly id: string }
  /** Streams of a source that miss numbers (rule FD5). */
  | { readonly ask: 'gaps'; readonly source: SourceId; readonly limit: number }
  /** All of the reference book. */
  | { readonly ask: 'reference' }
  | ({ readonly ask: 'rows' } & RowsQuery)
  | { readonly ask: 'row'; readonly of: ReferenceKind; readonly key: string }
  | { readonly ask: 'pending' }
  /** How many facts the shard has. */
  | { readonly ask: 'lsn' }
  | { readonly ask: 'file'; readonly file: string }
  | { readonly ask: 'stats' };

export type OrderQuery =
  /** Those that there are; ended ones too, as long as they are kept. */
  { readonly ask: 'orders'; readonly ids: readonly OrderId[] } | { readonly ask: 'lsn' } | { readonly ask: 'stats' };

export type NodeQuery =
  /** Work orders of a node, oldest first, behind one; ended ones only when asked for. */
  | {
      readonly ask: 'work';
      readonly node: NodeId;
      readonly ended?: boolean;
      readonly after?: WorkOrderId;
      readonly limit: number;
    }
  | { readonly ask: 'work-order'; readonly work: WorkOrderId }
  | { readonly ask: 'lsn' }
  | { readonly ask: 'stats' };

/** Counts per node, for the map: positions by their availability. */
export interface NodeHealth {
  readonly node: NodeId;
  readonly positions: number;
  /** Positions with available > 0. */
  readonly stocked: number;
  /** Positions with 0 < available <= 3. */
  readonly low: number;
  /** Positions where less is there than is promised. */
  readonly short: number;
}

/** What a look over some skus found. */
export interface Audit {
  readonly positions: number;
  /** Positions with fewer units than are promised: a feed took them (rule AV7). No fault of ours. */
  readonly short: number;
  /** One line each; empty when all is well. */
  readonly violations: readonly string[];
  /** Last sku looked at; absent at the end of the shard. */
  readonly last?: Sku;
}

/** Newest source time seen per source and node (rule FD4); heartbeats count. */
export interface Heard {
  readonly source: SourceId;
  readonly node?: NodeId;
  readonly at: number;
}

export interface StockStats {
  readonly skus: number;
  readonly positions: number;
  readonly ids: number;
  readonly holds: number;
  readonly recorded: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Bytes of the state's columns, by table. */
  readonly tableBytes: Readonly<Record<string, number>>;
  readonly health: readonly NodeHealth[];
  readonly heard: readonly Heard[];
}
export interface PromiseStats {
  readonly open: number;
  readonly held: number;
}
export interface OrderStats {
  /** Orders in memory, and those of them that have not ended. */
  readonly orders: number;
  readonly open: number;
  /** How many are in each status, and wait in each queue for a person. */
  readonly byStatus: Readonly<Partial<Record<OrderStatus, number>>>;
  readonly byQueue: Readonly<Partial<Record<ExceptionQueue, number>>>;
  /** Messages about orders nobody has placed yet. */
  readonly early: number;
  /** Of the reference book, as far as it was told; 0: never. */
  readonly bookVersion: number;
}
export interface NodeStats {
  readonly loads: readonly NodeLoad[];
  /** As OrderStats. */
  readonly bookVersion: number;
}
/** A node whose owner is silent (rule AV5). */
export interface SilentNode {
  readonly node: NodeId;
  readonly source: SourceId;
  /** When the owner was heard last, ms since the epoch by our clock. */
  readonly since: number;
}
export interface IntakeStats {
  readonly open: number;
  readonly silent: readonly SilentNode[];
  readonly heard: readonly Heard[];
  readonly gaps: readonly SourceGaps[];
}

/** What stands at a node, and what one source has taken to 0 there of late (rule FD12). */
export interface PlaceWeight {
  /** Positions with on-hand > 0. */
  readonly filled: number;
  readonly zeroed: number;
}

/** What an event would do if it were let through; nothing when it is refused for another reason. */
export interface EventWeight {
  /** Positions it would take from above 0 to 0 or less. */
  readonly zeroes: number;
  /** Largest change of one on-hand, in units. */
  readonly moved: number;
}

export type StockAnswer =
  | { readonly answer: 'stock'; readonly stock: readonly SkuStock[] }
  | { readonly answer: 'reservation'; readonly reservation: Reservation | undefined }
  | { readonly answer: 'reservations'; readonly reservations: readonly Reservation[] }
  | { readonly answer: 'open-counts'; readonly open: readonly OpenCount[] }
  | { readonly answer: 'shortfalls'; readonly shortfalls: readonly Shortfall[] }
  | { readonly answer: 'atp'; readonly outcome: AtpOutcome }
  | { readonly answer: 'reference'; readonly batches: readonly ReferenceBatch[] }
  | { readonly answer: 'judged'; readonly refusedRows: readonly RefusedRow[] }
  | { readonly answer: 'terms'; readonly terms: SkuTerms | undefined }
  | { readonly answer: 'audit'; readonly audit: Audit }
  | { readonly answer: 'weighed'; readonly places: readonly PlaceWeight[]; readonly events: readonly EventWeight[] }
  | { readonly answer: 'lsn'; readonly lsn: number }
  | { readonly answer: 'stats'; readonly stats: StockStats };
export type PromiseAnswer =
  | { readonly answer: 'reservation'; readonly reservation: Reservation | undefined }
  | { readonly answer: 'reservations'; readonly reservations: readonly Reservation[] }
  | { readonly answer: 'open-counts'; readonly open: readonly OpenCount[] }
  | { readonly answer: 'stats'; readonly stats: PromiseStats };
export type IntakeAnswer =
  | {
      readonly answer: 'book';
      readonly batches: readonly ReferenceBatch[];
      readonly version: number;
    }
  /** Digest of a file whose rows were all taken; undefined: none was. */
  | { readonly answer: 'file'; readonly digest?: string }
  | { readonly answer: 'lsn'; readonly lsn: number }
  | ({ readonly answer: 'rows' } & RowsPage)
  | { readonly answer: 'row'; readonly row: ReferenceRow | undefined }
  | { readonly answer: 'pending'; readonly changes: readonly PendingChange[] }
  | { readonly answer: 'letters'; readonly letters: readonly DeadLetter[] }
  | { readonly answer: 'letter'; readonly letter: DeadLetter | undefined }
  | { readonly answer: 'gaps'; readonly streams: readonly StreamGaps[] }
  | { readonly answer: 'stats'; readonly stats: IntakeStats };

export type OrderAnswer =
  | { readonly answer: 'orders'; readonly orders: readonly Order[] }
  | { readonly answer: 'lsn'; readonly lsn: number }
  | { readonly answer: 'stats'; readonly stats: OrderStats };
export type NodeAnswer =
  /** `head`: number of the node's newest event, read at the same moment. */
  | { readonly answer: 'work'; readonly works: readonly WorkOrder[]; readonly head: number }
  | { readonly answer: 'work-order'; readonly work: WorkOrder | undefined }
  | { readonly answer: 'lsn'; readonly lsn: number }
  | { readonly answer: 'stats'; readonly stats: NodeStats };

export type Query = StockQuery | PromiseQuery | IntakeQuery | OrderQuery | NodeQuery;
export type Answer = StockAnswer | PromiseAnswer | IntakeAnswer | OrderAnswer | NodeAnswer;
