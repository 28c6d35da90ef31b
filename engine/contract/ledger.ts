import type { KitComponent } from './reference.ts';
import type { ChannelId, ClientId, EventId, GroupId, NodeId, Sku, SourceId } from './ids.ts';
import type { NodeKind } from './reference.ts';
import type { SumName } from './repair.ts';
import type { UnavailableState } from './stock-event.ts';

// The movement ledger: what moved, confirmed or promised units, one row per fact and line (rule AV8).

export const MOVEMENT_KINDS = [
  'snapshot',
  'complete',
  'delta',
  'move',
  'inbound',
  'void',
  'hold',
  'release',
  'allocate',
  'deallocate',
  'depart',
  'come-back',
  'transit',
  'await',
  'correction',
  'repair',
  'reference',
] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

export interface Movement {
  /** Place in the ledger: later rows have greater ones. Goes into `after`. */
  readonly row: number;
  /** Position of the fact in history, opaque to callers. */
  readonly position: string;
  /** Journal time of the fact, ms since the epoch; never runs backwards from row to row. */
  readonly recordedAt: number;
  readonly kind: MovementKind;
  /** Absent for what concerns a whole node, and for the release of a hold that is older than the ledger. */
  readonly sku?: Sku;
  readonly node?: NodeId;
  readonly group?: GroupId;
  /**
   * `delta`, `correction` signed; `snapshot` what was found; `move`, `inbound` as said; `hold`, `release`, `allocate`, `deallocate`, `depart` the
   * units of the line;
   * `await` units an order waits for, negative when it no longer does;
   * `transit` what is on its way to the node, negative when it is lost;
   * `repair` what the sum is from then on;
   * `reference` of a node or safety rule: its safety stock, of a silence what it adds to that, of a channel its threshold, of a pool its quota. In units of the
   * sku's scale.
   */
  readonly units?: number;
  readonly source?: SourceId;
  /** The event's id, as its source names it. */
  readonly id?: EventId;
  /** Source time of the event; for others when it was decided. */
  readonly at: number;
  readonly postedAt?: number;
  readonly stream?: string;
  readonly epoch?: number;
  readonly seq?: number;
  /** Of a delta; of a release how the hold ended; of `depart` how the units left; `moved` of both halves of a move; of `reference` what kind of row it is, or `silence`. */
  readonly reason?: string;
  /** The source's business reference; of holds and releases the reservation; of allocated units the allocation; of a pool or safety rule its id. */
  readonly ref?: string;
  readonly channel?: ChannelId;
  readonly detail?: MovementDetail;
}

/** What only some kinds have. */
export interface MovementDetail {
  /** Of a kit's definition. */
  readonly components?: readonly KitComponent[];
  readonly covers?: 'count' | 'book';
  readonly states?: Readonly<Partial<Record<UnavailableState, number>>>;
  readonly from?: string;
  readonly to?: string;
  readonly inboundRef?: string;
  readonly expected?: number;
  /** Of a delta and of units that departed: what we and the node's own system call the movement (rule FD8). */
  readonly movementRef?: string;
  readonly dueAt?: number;
  readonly voids?: EventId;
  readonly client?: ClientId;
  /** Who let an event past the brakes (rule FD12). */
  readonly approvedBy?: ClientId;
  readonly expiresAt?: number;
  readonly enabled?: boolean;
  readonly nodes?: readonly NodeId[];
  /** Of a repair: which sum, and what it was. */
  readonly sum?: SumName;
  readonly before?: number;
  /** Of a safety rule. */
  readonly department?: string;
  readonly nodeKind?: NodeKind;
  readonly beginsAt?: number;
  readonly endsAt?: number;
  /** Of reference data: who made the change, and that the row is no more. */
  readonly by?: string;
  readonly retired?: true;
  /** Of a silence: when the node's owner was heard last; absent: it is heard. */
  readonly silentSince?: number;
}

export interface LedgerQuery {
  readonly sku?: Sku;
  readonly node?: NodeId;
  /** One kind; without it everything but `reference`. */
  readonly kind?: MovementKind;
  /** Journal time, ms since the epoch: from ≤ recordedAt < to. */
  readonly from?: number;
  readonly to?: number;
  /** Row of the last movement of the page before. */
  readonly after?: number;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
  /** Waits until the ledger has this position: reads your own writes. */
  readonly minPosition?: string;
}

export interface LedgerPage {
  readonly movements: readonly Movement[];
  /** More may follow behind this row. */
  readonly next?: number;
  /** Journal time at which the ledger begins; absent when it begins with the first fact there ever was. */
  readonly reachesFrom?: number;
}

/** Codes of a question about the past, in the order they are checked. */
export const HISTORY_REFUSALS = {
  'malformed-position': 'a position is what an answer named so: a shard and a number, like 3.1204',
  'unknown-outfeed': 'there is no outfeed of this id; PUT /v1/reference/outfeeds/{id} makes one',
  'unknown-order': 'there is no such order, and was none as far as history is kept',
  'unknown-customer': 'there is no such customer, or no order of theirs that this key may see',
  'unknown-sku': 'nobody had reported this sku, and it was not in the item master',
  'position-of-another-shard': 'this position does not concern this sku; take one of its own answers or movements',
  'not-yet': 'this moment has not come or is not durable yet',
  'too-far-to-replay': 'replaying up to this moment takes longer than is allowed; the ledger still has its movements',
  'beyond-history': 'this moment is older than what journal, archive and snapshots keep',
  'ledger-behind': 'the ledger has not reached this position yet; ask again',
} as const;
export type HistoryRefusal = keyof typeof HISTORY_REFUSALS;
