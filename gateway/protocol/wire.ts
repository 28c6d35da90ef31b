// The wire, `onhand.v1.json`: one JSON object per frame, `type` first. Commands carry `id`, replies echo it, pushes have none.
// Unknown fields are ignored. Times are ms since the epoch. This file also runs in the browser: it imports nothing from
// elsewhere. Logs are in log-wire.ts.

import type { AlertState } from './alerts.ts';
import type { Fraction } from './fraction.ts';
import type { CustomerOrder } from './customer-order.ts';
import type { OrderBody } from './order-bodies.ts';
import type { OrderQueues, RecentOrders } from './orders-states.ts';

export const SUBPROTOCOL = 'onhand.v1.json';

/** The last two: nothing is there, and the channel sells what is due. */
export type Band = 'in-stock' | 'low-stock' | 'out-of-stock' | 'back-order' | 'pre-order';

/** A term of schema.org/ItemAvailability. */
export type Availability = 'InStock' | 'LimitedAvailability' | 'OutOfStock' | 'BackOrder' | 'PreOrder';

/** What each band is called at schema.org: `https://schema.org/InStock` and so on. */
export const AVAILABILITY: Readonly<Record<Band, Availability>> = {
  'in-stock': 'InStock',
  'low-stock': 'LimitedAvailability',
  'out-of-stock': 'OutOfStock',
  'back-order': 'BackOrder',
  'pre-order': 'PreOrder',
};

/** Resume token of one key: epoch and revision. */
export type Since = readonly [epoch: string, revision: number];

// ── commands, client to server ─────────────────────────────────────────────

export interface Connect {
  readonly type: 'connect';
  readonly id: number;
  /** API key or JWT of a staff member or system; public pages do not connect, they subscribe. Again: a fresh one. */
  readonly token: string;
  readonly client?: string;
}

/** Channels of states. `alerts` has a key per kind (alerts.ts), `order` one per order and view of it, `orders` two. */
export type StateChannel = 'stock' | 'ops' | 'alerts' | 'order' | 'orders';

export const STATE_CHANNELS: readonly StateChannel[] = ['stock', 'ops', 'alerts', 'order', 'orders'];

/** A place, and how far somebody would go; no `km`: however far it is. */
export interface Near {
  readonly lat: Fraction;
  readonly lon: Fraction;
  readonly km?: Fraction;
}

export interface Subscribe {
  readonly type: 'subscribe';
  readonly id: number;
  readonly ch: StateChannel;
  /** `stock`: skus. `ops`: exactly `["now"]`. `alerts`: kinds. `order`: for staff ids, for customers `<id>.<token>`. `orders`: `recent`, `queues`. */
  readonly keys: readonly string[];
  /** Channel of sale; the server's default when absent. Only for `stock`. */
  readonly sale?: string;
  /** Least time between two updates of a key; 0 means every version (staff only). */
  readonly conflateMs?: number;
  /** Adds the nearest pickup nodes to each state. Only for `stock`. */
  readonly near?: Near;
  readonly since?: Readonly<Record<string, Since>>;
}

export interface Unsubscribe {
  readonly type: 'unsubscribe';
  readonly id: number;
  readonly ch: StateChannel;
  readonly keys: readonly string[];
}

interface Heartbeat {
  readonly type: 'hb';
}

export type ClientMessage = Connect | Subscribe | Unsubscribe | Heartbeat;

// ── replies and pushes, server to client ───────────────────────────────────

export interface Limits {
  readonly keys: number;
  readonly msgBytes: number;
  readonly cmdPerSec: number;
  /** Updates it is sent; those beyond wait and are conflated. */
  readonly updPerSec: number;
}

interface Welcome {
  readonly type: 'welcome';
  readonly v: 1;
  readonly session: string;
  readonly pingMs: number;
  readonly limits: Limits;
  readonly conflateMs: { readonly default: number; readonly min: number; readonly max: number };
}

/** A channel, and what may be done there. */
export interface Cap {
  readonly ch: string;
  readonly allow: readonly ('sub' | 'ack')[];
}

interface Connected {
  readonly type: 'connected';
  readonly id: number;
  readonly client: string;
  readonly limits: Limits;
  readonly caps: readonly Cap[];
  /** When the key or token ends, from now: send `connect` with a fresh one before. Absent: never. */
  readonly expiresInMs?: number;
}

/** A key's whole small state: any version may be skipped. */
export interface Entry<State> {
  readonly k: string;
  readonly e: string;
  readonly r: number;
  readonly d: State;
}

export interface Subscribed<State> {
  readonly type: 'subscribed';
  readonly id: number;
  readonly ch: StateChannel;
  readonly conflateMs: number;
  readonly snap: readonly Entry<State>[];
  /** Keys whose `since` is still current. */
  readonly unchanged?: readonly string[];
  readonly unknown?: readonly string[];
}

interface Unsubscribed {
  readonly type: 'unsubscribed';
  readonly id: number;
  /** Of a state or a log. */
  readonly ch: string;
}

export interface Update<State> extends Entry<State> {
  readonly type: 'update';
  readonly ch: StateChannel;
  /** When the engine published it, or read it where reference data changed what is shown. */
  readonly t: number;
  /** Facts the engine folded into this version (StockChange.facts); with conflateMs 0 a reader can prove that it saw every version. Only `stock`. */
  readonly n?: number;
}

/** Whether the sources behind what this socket watches are heard of. */
export interface Status {
  readonly type: 'status';
  readonly ch: StateChannel;
  readonly state: 'live' | 'stale';
  /** Since the one that is silent longest was heard; 0 when all are. */
  readonly ageMs: number;
}

interface Drain {
  readonly type: 'drain';
  readonly reconnectInMs: number;
  readonly reason: string;
}

export interface WireError {
  readonly type: 'error';
  readonly id?: number;
  /** Of a log whose subscription has ended, or whose ack was not taken. */
  readonly ch?: string;
  readonly code: string;
  readonly msg: string;
  readonly temporary: boolean;
  readonly retryAfterMs?: number;
}

export type ServerMessage =
  | Welcome
  | Connected
  | Subscribed<StockState>
  | Subscribed<OpsState>
  | Subscribed<AlertState>
  | Subscribed<OrderBody>
  | Subscribed<CustomerOrder>
  | Subscribed<RecentOrders>
  | Subscribed<OrderQueues>
  | Unsubscribed
  | Update<StockState>
  | Update<OpsState>
  | Update<AlertState>
  | Update<OrderBody>
  | Update<CustomerOrder>
  | Update<RecentOrders>
  | Update<OrderQueues>
  | Status
  | Drain
  | WireError
  | Heartbeat;

// ── states ─────────────────────────────────────────────────────────────────

export interface PickupState {
  readonly node: string;
  readonly name: string;
  readonly km: Fraction;
  readonly band: Band;
  readonly units?: number;
}

/** `d` of `stock`: what one channel of sale shows for one sku. Also the body of `GET /v1/stock/{sku}` for the public. */
export interface StockState {
  readonly band: Band;
  /** The band as schema.org says it. */
  readonly availability: Availability;
  /** Only where the caller may see units. */
  readonly units?: number;
  /** Newest source time behind the number; null when nobody has reported yet. */
  readonly asOf: number | null;
  /** No node behind the number is heard of: the owners of all of them have been silent for too long, the last since `silentSince`. */
  readonly stale?: true;
  readonly silentSince?: number;
  /** Nearest first, at most 5; present when `near` was given. */
  readonly pickup?: readonly PickupState[];
}

export interface OpsSource {
  readonly source: string;
  readonly name: string;
  readonly kind: string;
  /** Newest source time heard; null when never. */
  readonly heardAt: number | null;
  readonly freshMs: number;
  readonly eventsPerSec: number;
}

export interface OpsNode {
  readonly node: string;
  readonly positions: number;
  readonly stocked: number;
  readonly low: number;
  readonly short: number;
  readonly heardAt: number | null;
}

/** Numbers of a source's events that never arrived, over all its streams. */
interface OpsGaps {
  readonly source: string;
  readonly streams: number;
  readonly missing: number;
  /** When the oldest was noticed, ms since the epoch; null: none is missing. */
  readonly since: number | null;
  /** Missing numbers that are no longer looked for: there were too many. */
  readonly forgotten: number;
}

/** A node whose owner has been silent, within opening hours, for longer than it may be. */
export interface OpsSilence {
  readonly source: string;
  readonly node: string;
  /** When the source was heard last. */
  readonly since: number;
  readonly freshMs: number;
}

export interface OpsMover {
  readonly sku: string;
  readonly name: string;
  /** Facts in the last minute. */
  readonly changes: number;
  readonly units: number;
  /** Decimals of `units`, for weighed goods; 0 when absent. */
  readonly scale?: number;
  readonly band: Band;
}

export interface OpsReservation {
  readonly id: string;
  readonly client: string;
  readonly channel: string;
  readonly state: string;
  readonly lines: number;
  readonly units: number;
  readonly expiresAt: number;
}

export interface OpsLetter {
  readonly id: string;
  readonly source: string;
  readonly code: string;
  readonly message: string;
  readonly place: string;
  readonly receivedAt: number;
  readonly times: number;
}

/** `d` of `ops`, key `now`: what an operator watches, once a second. Nodes' places and names come from `GET /v1/nodes`. */
export interface OpsState {
  readonly at: number;
  readonly eventsPerSec: number;
  /** Updates of `stock`; those of `ops` are not counted. */
  readonly pushesPerSec: number;
  /** Receipt of an event to the write of its push, over the last 10 s; null when nothing was pushed. */
  readonly pushMs: { readonly p50: Fraction; readonly p99: Fraction } | null;
  readonly sockets: number;
  readonly skus: number;
  readonly positions: number;
  readonly sources: readonly OpsSource[];
  readonly nodes: readonly OpsNode[];
  readonly movers: readonly OpsMover[];
  readonly low: readonly OpsMover[];
  readonly reservations: { readonly held: number; readonly recent: readonly OpsReservation[] };
  readonly letters: { readonly open: number; readonly recent: readonly OpsLetter[] };
  /** What somebody should look after. `silent`: longest silence first, at most 50 of `silentNodes`. */
  readonly alerts: {
    readonly silentNodes: number;
    readonly silent: readonly OpsSilence[];
    /** Sources that miss numbers of their events; which, says `GET /v1/sources/{source}/gaps`. */
    readonly gaps: readonly OpsGaps[];
    /** Sources whose clock seems to run behind, by `behindMs` at most. */
    readonly slowClocks: readonly { readonly source: string; readonly behindMs: number }[];
  };
  /** Newest facts that the ledger has not yet. */
  readonly ledgerLag: number;
  /** Last whole walk of the invariant watch (null: none yet), and what did not add up: must be 0. */
  readonly invariants: {
    readonly checkedAt: number | null;
    readonly positions: number;
    readonly short: number;
    readonly violations: number;
  };
  readonly journal: {
    readonly head: number;
    readonly commitMicrosP50: number;
    readonly commitMicrosP99: number;
    readonly bytes: number;
  };
}
