import type { Band, StockState } from './wire.ts';

// Bodies of the HTTP routes, as the pages and clients read them.

/** Every error, of every route. `message` says what to do; `field` names the input at fault. */
export interface HttpError {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  /** With `units-exceed-available`: units that could be had; with `quota-exceeded`: that may still be held. */
  readonly units?: number;
  /** With 429 and 503, also in Retry-After (whole seconds). */
  readonly retryAfterMs?: number;
  /** With `version-conflict`: the current one. */
  readonly version?: number;
  /** With a refused change of reference data: its rows that cannot be. */
  readonly refusedRows?: readonly RefusedRow[];
}

/** A row of reference data that cannot be; `row` is its id, or sku and id with a line break between them. */
interface RefusedRow {
  readonly row: string;
  readonly code: string;
  readonly field?: string;
  readonly value?: string;
}

/** `PUT`, `POST` and `DELETE /v1/reference/{kind}…`: 200 when every shard has it, 202 when it is planned. */
export type ChangeInfo =
  | { readonly status: 'applied'; readonly version: number; readonly refusedRows: readonly RefusedRow[] }
  | { readonly status: 'scheduled'; readonly id: string; readonly effectiveAt: number };

/** `GET /v1/reference/{kind}?after=&limit=`; ETag: version of the whole. `GET /v1/reference/{kind}/{id}`: one of the rows. */
export interface ReferenceInfo {
  readonly of: string;
  readonly version: number;
  readonly rows: readonly { readonly key: string; readonly version: number; readonly row: object }[];
  /** For `after`. */
  readonly next?: string;
}

/** `GET /v1/reference/audit?kind=&id=&after=&limit=`, the newest first. */
export interface ReferenceAuditInfo {
  readonly entries: readonly {
    readonly row: number;
    readonly at: number;
    readonly what: 'applied' | 'retired' | 'planned' | 'cancelled' | 'failed';
    readonly of: string;
    readonly key: string;
    readonly by: string;
    readonly reason?: string;
    readonly version?: number;
    readonly before?: object;
    readonly after?: object;
    readonly plan?: string;
    readonly effectiveAt?: number;
    readonly code?: string;
  }[];
  /** Time at which the log begins; absent: with the first change there ever was. */
  readonly reachesFrom?: number;
  readonly next?: number;
}

/** `GET /v1/stock/{sku}?channel=&lat=&lon=` for the public; ETag `"e.r"`. Staff get `StaffStock`. */
export interface PublicStock {
  readonly sku: string;
  readonly channel: string;
  readonly e: string;
  readonly r: number;
  readonly d: StockState;
}

/**
 * `GET /v1/stock/{sku}/atp?channel=&date=|days=&horizon=`: what can be promised for a day (UTC, its end counts), or for
 * each of so many days, today first. Staff, and the public where the channel's units are public.
 */
export interface AtpInfo {
  readonly sku: string;
  readonly channel: string;
  readonly e: string;
  readonly r: number;
  /** Days looked ahead. */
  readonly horizon: number;
  readonly dates: readonly { readonly date: string; readonly units: number }[];
}

/** `GET /v1/stock?sku=A&sku=B&channel=` : known ones in the order asked, others under `unknown`. */
export interface ManyStock {
  readonly stock: readonly PublicStock[];
  readonly unknown: readonly string[];
}

export interface ItemInfo {
  readonly sku: string;
  readonly name: string;
  readonly scale: number;
  readonly department?: string;
  readonly priceMinor?: number;
  readonly currency?: string;
}

/** Rule AV4 per node: every term, then the result. */
export interface NodeSplit {
  readonly node: string;
  readonly onHand: number;
  readonly unavailable: number;
  readonly states: Readonly<Record<string, number>>;
  readonly departed: number;
  readonly reserved: number;
  readonly allocated: number;
  readonly safety: number;
  readonly safetyUsed?: number;
  /** Units of the safety stock that the silence of the node's owner adds; absent: 0. */
  readonly safetyWidened?: number;
  /** The node is stale: its owner was heard last then; absent: it is not. */
  readonly silentSince?: number;
  /** Why nothing is available: `node`, `silence` (the node is stale), `item`, or `position` (the item at the node); absent: switched on. */
  readonly off?: string;
  readonly available: number;
  readonly short: number;
  readonly inbound: number;
  readonly asOf: Readonly<Record<string, number>>;
  readonly uncertain: boolean;
}

export interface ChannelSplit {
  readonly channel: string;
  readonly ats: number;
  readonly unplaced: number;
  readonly pools?: number;
  readonly ownPool?: number;
  readonly threshold?: number;
  readonly band: Band;
  /** Every node that has the sku is stale, the last since then; absent: one at least is not. */
  readonly silentSince?: number;
  readonly asOf: number;
}

/** What one kit takes of a sku. */
interface ComponentInfo {
  readonly sku: string;
  readonly units: number;
}

export interface StaffStock {
  readonly sku: string;
  readonly e: string;
  readonly r: number;
  readonly position: string;
  readonly item?: ItemInfo;
  readonly channels: readonly ChannelSplit[];
  readonly nodes: readonly NodeSplit[];
  readonly inbound: readonly {
    readonly node: string;
    readonly inboundRef: string;
    readonly units: number;
    readonly dueAt: number;
  }[];
  /** What the sku is made of, when it is a kit. */
  readonly kit?: readonly ComponentInfo[];
}

/** `GET /v1/nodes` (public: places and hours are on every shop's site). */
export interface NodeInfo {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  readonly timeZone: string;
  readonly postcode: string;
  readonly capabilities: readonly string[];
  readonly hours: readonly { readonly day: number; readonly open: number; readonly close: number }[];
  readonly enabled: boolean;
}

/**
 * `GET /v1/items?q=&limit=`: search by sku or words of the name, for the search box and the shop page (public). Best fit
 * first: exact, beginning, words, parts of words; then by name and sku.
 */
export interface ItemsFound {
  readonly items: readonly ItemInfo[];
}

/**
 * `POST /v1/reservations` with header Idempotency-Key. 201 with ReservationInfo, 409 with HttpError for a no about stock.
 * `DELETE /v1/reservations/{id}` releases: one's own, with the scope `admin` or `ops` and `reservations` anybody's.
 */
export interface ReservationBody {
  readonly channel: string;
  /** Whom the client buys for, 1 to 128 visible characters: quotas of a channel or an item are counted for each. */
  readonly customer?: string;
  readonly lines: readonly (
    | { readonly sku: string; readonly units: number; readonly node: string }
    | { readonly sku: string; readonly units: number; readonly group: string }
  )[];
  readonly holdMs?: number;
  readonly partial?: boolean;
}

export interface ReservationInfo {
  readonly id: string;
  readonly client: string;
  readonly customer?: string;
  readonly channel: string;
  readonly state: 'held' | 'allocated' | 'released' | 'expired';
  readonly lines: ReservationBody['lines'];
  /** Kits as they were asked; their components are held among the lines. Absent: none. */
  readonly kits?: readonly (ReservationBody['lines'][number] & { readonly components: readonly ComponentInfo[] })[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** How often it was extended; absent: never. */
  readonly extensions?: number;
}

/**
 * `GET /v1/reservations?limit=&after=`: held ones, newest first; one's own, with the scope `ops` everybody's. `next` goes
 * into `after`; absent when there is no more.
 */
export interface ReservationsPage {
  readonly reservations: readonly ReservationInfo[];
  readonly next?: string;
}

/** Fewer units than are promised at a node; `by`: the fact that made it or made it grow last, of an event also its source and id. */
interface ShortfallInfo {
  readonly sku: string;
  readonly node: string;
  readonly units: number;
  readonly since: number;
  readonly by: { readonly position: string; readonly fact: string; readonly source?: string; readonly id?: string };
}

/** `GET /v1/shortfalls?node=&limit=&after=` (staff): those open longest first. `next` goes into `after`; absent when there is no more. */
export interface ShortfallsPage {
  readonly shortfalls: readonly ShortfallInfo[];
  readonly next?: string;
}

/**
 * `POST /v1/stock/{sku}/corrections` `{node, units, reason}` (scope `ops`, header Idempotency-Key): on-hand was wrong by so
 * many units. 201 with the position of the entry, and on-hand after it.
 */
export interface CorrectionInfo {
  readonly sku: string;
  readonly node: string;
  readonly units: number;
  readonly reason: string;
  readonly by: string;
  readonly position: string;
  readonly onHand: number;
}

/**
 * `POST /v1/stock/{sku}/repairs` `{reason}` (scope `ops`): sums that are not what their terms give are worked out again.
 * 201 with the position of the entry and each sum before and after; 409 `nothing-to-repair` when all are right, so it may be
 * sent again.
 */
export interface RepairInfo {
  readonly sku: string;
  readonly reason: string;
  readonly by: string;
  readonly position: string;
  readonly repaired: readonly {
    readonly sum: string;
    readonly node?: string;
    readonly ref?: string;
    readonly channel?: string;
    readonly nodes?: readonly string[];
    readonly before: number;
    readonly after: number;
  }[];
}

/** `POST /v1/reservations/{id}/extend`: hold time in all since it was made, ms, 4 hours at most. Answers ReservationInfo. */
export interface ExtendBody {
  readonly holdMs: number;
}

type PlaceBody = { readonly node: string } | { readonly group: string };

/** `POST /v1/reservations/{id}/move` with header Idempotency-Key: held units to another place. Answers ReservationInfo. */
export interface MoveBody {
  readonly sku: string;
  readonly from: PlaceBody;
  readonly to: PlaceBody;
  /** Absent: all of the line. */
  readonly units?: number;
}

/** `POST /v1/feeds/{source}`: 200 when at least one row was taken or ignored, or the body was empty of rows; 422 when every row was refused. */
export interface FeedAnswer {
  readonly recorded: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly refused: readonly FeedRefusal[];
  /** How many were refused; `refused` lists the first 100. */
  readonly refusedCount: number;
  readonly warnings: readonly string[];
  /** Position of the last recorded event, for reading your own writes. */
  readonly position?: string;
}

export interface FeedRefusal {
  readonly place: string;
  readonly code: string;
  readonly message: string;
  /** Id of the dead letter that keeps the original. */
  readonly letter: string;
  /** With `stale-quantity`: the on-hand there is, in units of the sku's scale. */
  readonly units?: number;
}

export interface LetterInfo {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly code: string;
  readonly message: string;
  readonly place: string;
  readonly format: string;
  readonly original: string;
  readonly truncated: boolean;
  readonly state: 'open' | 'replayed' | 'discarded';
  readonly times: number;
  readonly closedBy?: string;
  readonly closedAt?: number;
}

/**
 * `POST /v1/dead-letters/{id}/replay`: the body is the corrected text as it is, in the source's format; empty: the
 * original again. Answers FeedAnswer; 422 when part of it was refused again, then the letter stays open. `POST /v1/dead-letters/{id}/discard` answers LetterInfo.
 * `GET /v1/dead-letters?state=&source=&after=&limit=` (staff). `next` goes into `after`.
 */
export interface LettersPage {
  readonly letters: readonly LetterInfo[];
  readonly next?: string;
}

/**
 * `POST /v1/dead-letters/{id}/approve` feeds the original again and the brakes hold none of it; answers as replay does.
 * `POST /v1/dead-letters/approve?source=` does so with what waits for approval of one source, 1,000 at once.
 */
export interface ApprovedAll {
  readonly approved: number;
  /** Refused for another reason; their letters stay open. */
  readonly stillRefused: number;
  /** More are waiting; ask again. */
  readonly more: boolean;
}

/** `GET /v1/sources/{source}/gaps` (`ops`): streams of which numbers are missing, the most missing first, 100 at most. */
export interface SourceGapsInfo {
  readonly source: string;
  readonly streams: readonly {
    readonly stream?: string;
    /** A till's, since it was started last. */
    readonly epoch?: number;
    /** Smallest and greatest number that arrived or was covered by a snapshot. */
    readonly first: number;
    readonly last: number;
    readonly missing: number;
    /** Ascending; `since`: when it was noticed, ms since the epoch. */
    readonly gaps: readonly { readonly from: number; readonly to: number; readonly since: number }[];
  }[];
}

/** One row of the movement ledger. Units are of the sku's scale; what they mean depends on `kind` (engine/contract/ledger.ts). */
export interface MovementInfo {
  /** Place in the ledger; goes into `after`. */
  readonly row: number;
  readonly position: string;
  /** Journal time, ms since the epoch; `at` is the source's time. */
  readonly recordedAt: number;
  readonly at: number;
  readonly kind: string;
  readonly sku?: string;
  readonly node?: string;
  readonly group?: string;
  readonly units?: number;
  readonly source?: string;
  readonly id?: string;
  readonly postedAt?: number;
  readonly stream?: string;
  readonly epoch?: number;
  readonly seq?: number;
  readonly reason?: string;
  readonly ref?: string;
  readonly channel?: string;
  /** What only some kinds have: covers, states, from, to, dueAt, voids … */
  readonly detail?: object;
}

/**
 * `GET /v1/ledger?sku=&node=&kind=&from=&to=&after=&order=&limit=&minPosition=` (staff), newest first unless
 * `order=oldest`; `from` and `to` are journal times. With `Accept: text/csv` the same rows as a file.
 */
export interface LedgerInfo {
  readonly movements: readonly MovementInfo[];
  /** Goes into `after`; absent when there is no more. */
  readonly next?: number;
  /** Journal time at which the ledger begins; absent when it reaches back to the first fact. */
  readonly reachesFrom?: number;
}

/** Units that a movement added to a term; for a void, what it took back. */
export interface CauseInfo {
  readonly units: number;
  readonly movement: MovementInfo;
}

/** units = base + counted + folded; `causes` are the newest of what counts, `more` says how many are not listed. */
export interface SummedInfo {
  readonly units: number;
  readonly base?: CauseInfo;
  readonly counted: number;
  readonly causes: readonly CauseInfo[];
  readonly more: number;
  /** Units of movements that left their window before the base came, or that are older than the ledger. */
  readonly folded: number;
}

/** units = Σ holds + more. */
export interface HeldInfo {
  readonly units: number;
  readonly holds: readonly {
    readonly id: string;
    readonly units: number;
    readonly node?: string;
    readonly nodes?: readonly string[];
    readonly client?: string;
    readonly expiresAt?: number;
  }[];
  readonly more: number;
}

interface AllocationInfo {
  readonly id: string;
  readonly channel: string;
  readonly movementRef: string;
  readonly units: number;
  readonly node?: string;
  readonly nodes?: readonly string[];
}

/** units = Σ departed + more (rule FD8). */
interface DepartedInfo {
  readonly units: number;
  readonly movements: readonly {
    readonly movementRef: string;
    readonly direction: 'out' | 'in';
    readonly allocated: number;
    readonly away: number;
    readonly booked: number;
    readonly covered: number;
    readonly departed: number;
  }[];
  readonly more: number;
}

/** Rule AV1, term by term. */
export interface NodeExplained {
  readonly node: string;
  readonly nodeEnabled: boolean;
  readonly itemEnabled: boolean;
  readonly positionEnabled: boolean;
  readonly onHand: SummedInfo;
  readonly unavailable: {
    readonly units: number;
    readonly states: readonly (SummedInfo & { readonly state: string })[];
  };
  readonly departed: DepartedInfo;
  readonly reserved: HeldInfo;
  /** units = Σ allocations + more, which is below 0 while the node's own system is ahead of us. */
  readonly allocated: {
    readonly units: number;
    readonly allocations: readonly AllocationInfo[];
    readonly more: number;
  };
  /** `rule`: 'node', or the id of the safety rule that holds. `silence`: the node is stale, which adds its `widenUnits`. */
  readonly safety: {
    readonly units: number;
    readonly rule: string;
    readonly since?: MovementInfo;
    readonly silence?: {
      readonly source: string;
      readonly since: number;
      readonly widenUnits: number;
      readonly switchedOff: boolean;
    };
  };
  readonly available: number;
  readonly short: number;
  readonly asOf: Readonly<Record<string, number>>;
  readonly uncertain: boolean;
}

/** Rule AV2: headroom = tightest.available − tightest.demand; ats = max(0, headroom − threshold). */
export interface ChannelExplained {
  readonly channel: string;
  readonly nodes: readonly string[];
  /** The choice of demand groups that leaves least; `groups` are places in `demand`. */
  readonly tightest: {
    readonly groups: readonly number[];
    readonly nodes: readonly string[];
    readonly available: number;
    readonly demand: number;
  };
  readonly headroom: number;
  readonly threshold: number;
  readonly ats: number;
  readonly band: string;
}

/** Unplaced demand, or what is left of the pool of channel `pool`: max(0, quota − drawn), no holds behind it. */
export interface DemandExplained extends HeldInfo {
  /** Of orders: units = Σ holds + Σ allocations + more. */
  readonly allocations: readonly AllocationInfo[];
  readonly nodes: readonly string[];
  readonly pool?: string;
  readonly quota?: number;
  readonly drawn?: number;
}

interface KitExplained {
  readonly components: readonly ComponentInfo[];
  readonly channels: readonly {
    readonly channel: string;
    readonly ats: number;
    readonly band: string;
    readonly components: readonly (ComponentInfo & { readonly ats: number; readonly kits: number })[];
    readonly limitedBy: readonly string[];
  }[];
}

/** `GET /v1/stock/{sku}/explain?channel=&node=` (staff): every term with the events and holds behind it. */
export interface StockExplained {
  readonly sku: string;
  readonly e: string;
  readonly r: number;
  readonly position: string;
  readonly nodes: readonly NodeExplained[];
  readonly channels: readonly ChannelExplained[];
  readonly demand: readonly DemandExplained[];
  /** Of a kit, which has no nodes and channels of its own: the smallest of `kits` is its ats, `limitedBy` whose it is. */
  readonly kit?: KitExplained;
  /** Journal time at which the ledger begins; absent when it reaches back to the first fact. */
  readonly reachesFrom?: number;
}

/**
 * `GET /v1/stock/{sku}?at=` (staff): the split as it was. `at` is a time (ms since the epoch, or ISO 8601 with its zone),
 * or a position of this sku from an earlier answer or the ledger. `item` is as it is called now.
 */
export interface PastStockInfo extends StaffStock {
  readonly was: {
    /** Last fact of the shard at that moment, and its journal time; 0 when the moment is a snapshot's own. */
    readonly position: string;
    readonly recordedAt: number;
    /** Facts that were replayed to find out. */
    readonly replayed: number;
  };
}
