import type { SourceGaps, StreamGaps } from './contract/number-gaps.ts';
import type { BucketCounts } from './contract/buckets.ts';
import type { SlowClock } from './contract/slow-clock.ts';
import type { AutomationRef } from './contract/automation.ts';
import type { CarrierRef, SourcingRef } from './contract/sourcing.ts';
import type { AtpOutcome, AtpRequest } from './contract/atp.ts';
import type { SkuStock, StockChange } from './contract/change.ts';
import type { CorrectionOutcome, CorrectionRequest } from './contract/correction.ts';
import type { RepairOutcome, RepairRequest } from './contract/repair.ts';
import type { DeadLetter, LetterContent, LetterState } from './contract/dead-letter.ts';
import type { Explanation } from './contract/explain.ts';
import type { HistoryRefusal, LedgerPage, LedgerQuery } from './contract/ledger.ts';
import type { ClientId, NodeId, ReservationId, Sku, SourceId } from './contract/ids.ts';
import type { OrderChange } from './contract/order.ts';
import type { WorkLogPage, WorkLogQuery, WorkLogState } from './contract/work-log.ts';
import type { HistoryHead, NoticesAsked, NoticesPage, Retold } from './contract/notice.ts';
import type { OutfeedPage, OutfeedQuery, OutfeedState } from './contract/outfeed.ts';
import type { BusyRefusal, EventOutcome, Refused } from './contract/outcome.ts';
import type { Moment, PastStock } from './contract/past.ts';
import type { Heard, NodeHealth, SilentNode } from './contract/query.ts';
import type {
  ChannelRef,
  ItemRef,
  KitRef,
  NodeGroupRef,
  NodeRef,
  OutfeedRef,
  PoolRef,
  ReferenceBatch,
  ReferenceKind,
  SafetyRef,
  SourceRef,
  SwitchRef,
} from './contract/reference.ts';
import type {
  Actor,
  AuditPage,
  AuditQuery,
  ChangeOptions,
  ChangeOutcome,
  PendingChange,
  ReferenceNews,
  ReferenceRow,
  RowsPage,
  RowsQuery,
} from './contract/reference-change.ts';
import type {
  ExtendOutcome,
  ExtendRequest,
  MoveOutcome,
  MoveRequest,
  ReleaseOutcome,
  Reservation,
  ReservationsAsked,
  ReserveOutcome,
  ReserveRequest,
} from './contract/reservation.ts';
import type { Shortfall, ShortfallsAsked } from './contract/shortfall.ts';
import type { StockEvent } from './contract/stock-event.ts';
import type { OrderCalls } from './order-calls.ts';

// The only door of the engine. Nothing it returns or publishes rests on a fact that is not durable.

/** Thrown (rejected) instead of an answer when the moment, not the stock, forbids one. Nothing was enqueued. */
export class EngineBusyError extends Error {
  override readonly name = 'EngineBusyError';
  readonly code: BusyRefusal;
  readonly retryAfterMs: number;

  constructor(code: BusyRefusal, retryAfterMs: number) {
    super(`engine ${code}, retry after ${retryAfterMs} ms`);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Durable changes in shard order. Called synchronously on the main thread; must not throw and must not wait. */
export type Publish = (changes: readonly StockChange[]) => void;

/** Durable changes of orders, each order's in the order they were made. As `Publish` it must not throw and must not wait. */
export type PublishOrders = (changes: readonly OrderChange[]) => void;

export interface EngineStats {
  readonly epoch: string;
  readonly shards: number;
  readonly threads: number;
  readonly skus: number;
  readonly positions: number;
  readonly holds: number;
  /** Events since the process started. */
  readonly recorded: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Bytes of the stock shards' columns by table: positions, ids, deltas … */
  readonly tableBytes: Readonly<Record<string, number>>;
  readonly openLetters: number;
  /** As the order shards keep them, those of the last 100 days that have ended included. */
  readonly orders: {
    readonly kept: number;
    readonly open: number;
    /** Messages about orders nobody has placed yet. */
    readonly early: number;
    readonly byStatus: Readonly<Record<string, number>>;
    /** Those that wait for a person. */
    readonly byQueue: Readonly<Record<string, number>>;
    /** Open ones of each order shard, in the order of the shards. */
    readonly openByShard: readonly number[];
    /** Work orders that have neither left nor ended, at all nodes. */
    readonly workOpen: number;
  };
  readonly undurableBytes: number;
  readonly journal: {
    readonly commits: number;
    readonly facts: number;
    readonly bytes: number;
    readonly head: number;
    readonly commitMicrosP50: number;
    readonly commitMicrosP99: number;
    /** Since the process started, in µs. */
    readonly commitMicros: BucketCounts;
    readonly segments: number;
  };
  readonly health: readonly NodeHealth[];
  readonly heard: readonly Heard[];
  /** Sources that number their events and of which some are missing (rule FD5). */
  readonly gaps: readonly SourceGaps[];
  /** Sources whose clock seems to run behind, by what this process has received (rule FD10). */
  readonly slowClocks: readonly SlowClock[];
  /** Nodes whose owner is silent (rule AV5). */
  readonly silent: readonly SilentNode[];
  /** Ledger and orders: newest position that is in both, and how many facts behind the journal it is. `failed`: why it stands still. */
  readonly projector: { readonly position: number; readonly lag: number; readonly failed?: string };
  /**
   * The invariant watch, which walks over every position for ever: end of its last whole walk (ms since the epoch, null
   * before the first), positions it saw, how many of them are short, and what did not add up: 0, or the log says it.
   */
  readonly invariants: {
    readonly checkedAt: number | null;
    readonly positions: number;
    readonly short: number;
    readonly violations: number;
  };
}

/** Reference data as the engine holds it, kept current on the main thread. */
export interface ReferenceView {
  readonly nodes: ReadonlyMap<NodeId, NodeRef>;
  readonly groups: ReadonlyMap<string, NodeGroupRef>;
  readonly channels: ReadonlyMap<string, ChannelRef>;
  readonly sources: ReadonlyMap<SourceId, SourceRef>;
  readonly items: ReadonlyMap<Sku, ItemRef>;
  /** By poolKey. */
  readonly pools: ReadonlyMap<string, PoolRef>;
  readonly safety: ReadonlyMap<string, SafetyRef>;
  /** By switchKey. */
  readonly switches: ReadonlyMap<string, SwitchRef>;
  readonly kits: ReadonlyMap<Sku, KitRef>;
  readonly outfeeds: ReadonlyMap<string, OutfeedRef>;
  readonly carriers: ReadonlyMap<string, CarrierRef>;
  readonly sourcing: ReadonlyMap<string, SourcingRef>;
  readonly automations: ReadonlyMap<string, AutomationRef>;
}

export interface Engine extends OrderCalls {
  /** Changes when a data folder is created or a loss is accepted, never by a restart: the `e` of the wire. */
  readonly epoch: string;
  readonly reference: ReferenceView;

  /**
   * Outcomes in the order of the events, after all of them are durable. `receivedAt`: ms since the epoch with fractions.
   * With `approvedBy` the brakes hold nothing (rule FD12). Rejects with EngineBusyError.
   */
  record(events: readonly StockEvent[], receivedAt: number, approvedBy?: ClientId): Promise<readonly EventOutcome[]>;
  /** Resolves when every shard has it, or when it is planned, or with why not (rule RD1). */
  apply(batch: ReferenceBatch, options?: ChangeOptions): Promise<ChangeOutcome>;
  cancelChange(id: string, actor: Actor): Promise<'cancelled' | 'unknown-change'>;
  /** Planned changes, the soonest first. */
  pendingChanges(): Promise<readonly PendingChange[]>;
  /** By key, with versions. */
  referenceRows(query: RowsQuery): Promise<RowsPage>;
  referenceRow(of: ReferenceKind, key: string): Promise<ReferenceRow | undefined>;
  /** Who changed which row, the newest first (rule RD5). Rejects with EngineBusyError when there is no ledger. */
  referenceAudit(query: AuditQuery): Promise<AuditPage | Refused<HistoryRefusal>>;
  /** Digest that noteFile was last told of a file: with the same one it need not be applied again. */
  fileDigest(file: string): Promise<string | undefined>;
  noteFile(file: string, digest: string): Promise<void>;

  reserve(request: ReserveRequest): Promise<ReserveOutcome>;
  /**
   * Each decided on its own, answered in the order asked when all have been: for callers that have many at once, at half
   * of main's cost. Rejects with EngineBusyError when there is no room for all of them; then none was asked.
   */
  reserveMany(requests: readonly ReserveRequest[]): Promise<readonly ReserveOutcome[]>;
  release(id: ReservationId, client: ClientId): Promise<ReleaseOutcome>;
  /** A longer hold, only while held (rule RS4). */
  extend(request: ExtendRequest): Promise<ExtendOutcome>;
  /** Held units to another node or group, never lost in between (rule RS7). */
  move(request: MoveRequest): Promise<MoveOutcome>;
  /** A compensating entry of staff: on-hand is known to be wrong by so many units. */
  correct(request: CorrectionRequest): Promise<CorrectionOutcome>;
  /** A sku's sums are worked out again from their terms, when the invariant watch reports one. */
  repairSums(request: RepairRequest): Promise<RepairOutcome>;
  /** With `client`, only that client's. */
  reservation(id: ReservationId, client?: ClientId): Promise<Reservation | undefined>;
  /** Held ones of all shards, newest first; go on with the last one as `after`. What is made meanwhile is on no later page. */
  reservations(asked: ReservationsAsked): Promise<readonly Reservation[]>;

  /** Known skus only, in no particular order; unknown ones are absent. */
  stock(skus: readonly Sku[]): Promise<readonly SkuStock[]>;
  /** What can be promised for dates (rule AV3). */
  atp(request: AtpRequest): Promise<AtpOutcome>;
  /** Positions that have less than is promised there, those open longest first (rule AV7). */
  shortfalls(asked: ShortfallsAsked): Promise<readonly Shortfall[]>;
  /** Every sku, in bounded chunks. */
  allStock(): AsyncIterable<readonly SkuStock[]>;

  /** Movements, holds and releases from the read model, which follows the journal by some 100 ms (rule AV8). */
  ledger(query: LedgerQuery): Promise<LedgerPage | Refused<HistoryRefusal>>;
  /**
   * Events of an outfeed from an offset on, oldest first, without a gap (rule OF2). Durable ones only; what is new follows
   * the journal by some ms while it is followed.
   */
  outfeed(query: OutfeedQuery): Promise<OutfeedPage | Refused<HistoryRefusal>>;
  /** Events of a node's work from a number on, oldest first, without a gap (rule OR8); follows the journal as outfeeds do. */
  workLog(query: WorkLogQuery): Promise<WorkLogPage | Refused<HistoryRefusal>>;
  /** Whether publishOutfeeds and publishWork are wanted within some ms, or when it is cheap (100 ms). */
  followOutfeeds(on: boolean): void;
  /** Silences, letters, expiries: each fact outside systems hear of beside stock, in the journal's order. */
  notices(query: NoticesAsked): Promise<NoticesPage | Refused<HistoryRefusal>>;
  historyHead(): Promise<HistoryHead>;
  /**
   * What was published of a stock shard behind so many of its facts, as far as bands were crossed or something became short:
   * from snapshots and journal, so exact whenever it is asked. Under the bounds of stockAt.
   */
  retell(shard: number, after: number): Promise<Retold | Refused<HistoryRefusal>>;
  /** Each term of the sku's numbers now, with the events and holds behind it; of one node or channel when named (rule AV8). */
  explain(sku: Sku, asked: { node?: NodeId; channel?: string }): Promise<Explanation | Refused<HistoryRefusal>>;
  /**
   * What was shown for the sku at a moment, replayed from snapshot, archive and journal on a thread of its own: one at a
   * time, 30 s at most (rule AV8).
   */
  stockAt(sku: Sku, moment: Moment): Promise<PastStock | Refused<HistoryRefusal>>;

  /** Durable when resolved; ids in the order given. Rejects with EngineBusyError('overloaded') when LETTERS_MAX are open. */
  keepLetters(letters: readonly LetterContent[]): Promise<readonly string[]>;
  letters(query: {
    state?: LetterState;
    source?: string;
    code?: string;
    after?: string;
    limit: number;
  }): Promise<readonly DeadLetter[]>;
  letter(id: string): Promise<DeadLetter | undefined>;
  closeLetter(
    id: string,
    as: Exclude<LetterState, 'open'>,
    by: ClientId,
  ): Promise<'closed' | 'unknown-letter' | 'letter-not-open'>;

  /** Streams of the source of which numbers are missing, the most missing first (rule FD5). */
  gaps(source: SourceId, limit: number): Promise<readonly StreamGaps[]>;

  stats(): Promise<EngineStats>;
  /** Refuses new work (`draining`), finishes what is queued, writes snapshots, closes files. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly dataDir: string;
  /** Shard threads; default: cores − 1, at least 1. */
  readonly threads?: number;
  /** Fixed when the folder is created; default 16. Start-up fails when it differs later. */
  readonly stockShards?: number;
  readonly journal?: 'segments' | 'sqlite';
  /** Facts of a shard between its snapshots; default 200,000. */
  readonly snapshotEveryFacts?: number;
  /** Undurable bytes per shard thread before `overloaded`; default 8 MiB. */
  readonly creditBytes?: number;
  /** Holds per client at once (rule RS6); default 1,000. */
  readonly holdsPerClientMax?: number;
  /** Units per reservation line (rule RS6); default 10,000. */
  readonly unitsPerLineMax?: number;
  /** Days of journal kept beyond the oldest snapshot; default 30. */
  readonly historyDays?: number;
  /** Days after its last word that an order can be found when its shard has forgotten it; default 1,095. */
  readonly orderDays?: number;
  /** Hours, at most `historyDays`, and events that an outfeed is kept, whichever is less; default 24 and 1,000,000. */
  readonly outfeedHours?: number;
  readonly outfeedEvents?: number;
  /** false: no projector thread, so no ledger and no explanations; for measuring. Default true. */
  readonly projector?: boolean;
  /**
   * Goes on before the first damage of the journal instead of refusing to start; what follows is kept in journal/lost,
   * and the epoch changes. An operator's decision, for one start.
   */
  readonly acceptLoss?: boolean;
  readonly publish: Publish;
  readonly publishOrders?: PublishOrders;
  /**
   * The book has a change, `reference` shows it, and the changes of stock it makes will follow; as `publish` it must not throw
   * and must not wait.
   */
  readonly publishReference?: (news: readonly ReferenceNews[]) => void;
  /** Outfeeds that reach further than before, or begin later; first all there are. As `publish` it must not throw and must not wait. */
  readonly publishOutfeeds?: (moved: readonly OutfeedState[]) => void;
  /** Likewise of nodes' work. */
  readonly publishWork?: (moved: readonly WorkLogState[]) => void;
  /** Start-up and trouble, one line each. */
  readonly log?: (line: string) => void;
}
