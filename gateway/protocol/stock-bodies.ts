import type { Fraction } from './fraction.ts';
import type { Band, StockState } from './wire.ts';

// Bodies of the routes that show and correct stock, and of what stock is about: items, nodes.

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
export interface ComponentInfo {
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
    /** On its way from another node; `inboundRef` is the transfer's reference. */
    readonly inTransit?: true;
  }[];
  /** What the sku is made of, when it is a kit. */
  readonly kit?: readonly ComponentInfo[];
}

/** `GET /v1/nodes` (public: places and hours are on every shop's site). */
export interface NodeInfo {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly lat: Fraction;
  readonly lon: Fraction;
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
