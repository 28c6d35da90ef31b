import type { NodeId, OrderId, Sku, WorkOrderId } from './ids.ts';
import type { OrderMethod, PostalAddress } from './shop-order.ts';

// What a node has to do for an order (rule OR8). The node's shard decides about it from the moment it is offered until it is
// done; the order's shard is told of each change and answers that it has heard.
//
//            accept        start         pick          pack        ship            (carrier says)
//   queued ─────────► accepted ──► picking ──► picked ──────► packed ──► shipped ──────────► delivered
//     │ │                │            │           │              │ ready
//     │ │ reject         │ reject     │ pick with │              ▼          collect
//     │ └──────────────┐ │            │ a short   │       ready-for-pickup ─────────► collected
//     │ not accepted   ▼ ▼            ▼ line      │              │ not collected in time, or pulled back
//     │ in time      rejected       (the rest     │              ▼
//     └──────────────────────────►  goes on)      └────────► pulled-back
//
// What another node has packed for a customer of this one (`from`) goes queued ── receive ──► ready-for-pickup.
// A pick that finds nothing at all is `rejected`. What was short, rejected or pulled back is the order's again at once.

export type WorkState =
  | 'queued'
  | 'accepted'
  | 'picking'
  | 'picked'
  | 'packed'
  | 'ready-for-pickup'
  | 'shipped'
  | 'delivered'
  | 'collected'
  | 'rejected'
  | 'pulled-back';

/** What the node's people do, what the order's side asks, and what time does. */
export type WorkEvent =
  | 'accept'
  | 'start'
  | 'pick'
  | 'pack'
  | 'ship'
  | 'ready'
  | 'collect'
  | 'deliver'
  | 'receive'
  | 'reject'
  | 'pull-back'
  | 'accept-timeout'
  | 'pickup-timeout';

/** Why units could not be supplied; what each says about stock is the order's to put right (rule OR8). */
export type ShortReason =
  /** Not where it should be: the rest of the sku at the node becomes `suspect`. */
  | 'not-found'
  /** Found, but not fit to sell: these units become `damaged`. */
  | 'damaged'
  /** It is there, the node cannot do it: nothing is said about stock. */
  | 'too-busy'
  | 'closing'
  | 'other';

export interface WorkLine {
  /** Number within the work order, from 1. */
  readonly line: number;
  /** The order's line it serves. */
  readonly orderLine: string;
  readonly sku: Sku;
  readonly name?: string;
  readonly units: number;
  /** How many of them were picked; absent: nobody has said yet. */
  readonly picked?: number;
  readonly short?: ShortReason;
}

export interface Parcel {
  readonly carrier: string;
  readonly tracking?: string;
  readonly lines: readonly { readonly line: number; readonly units: number }[];
}

export interface WorkOrder {
  readonly id: WorkOrderId;
  readonly order: OrderId;
  /** As the customer knows the order. */
  readonly number: string;
  readonly node: NodeId;
  readonly method: OrderMethod;
  /** Where it is handed over, for `ship-to-store`. */
  readonly pickupNode?: NodeId;
  /** It comes packed from there, to be received and handed over here. */
  readonly from?: NodeId;
  readonly state: WorkState;
  readonly lines: readonly WorkLine[];
  readonly shipTo?: PostalAddress;
  readonly customer?: string;
  readonly priority: number;
  /** When it must have left (or be ready), ms since the epoch; absent: nothing was promised. */
  readonly dueAt?: number;
  readonly offeredAt: number;
  /** Without an `accept` by then it is pulled back; absent: it waits for ever. */
  readonly acceptBy?: number;
  /** What the customer must show; only of work that is handed over, never in logs or searches. */
  readonly collectCode?: string;
  /** Not collected by then: it goes back on the shelf. */
  readonly collectBy?: number;
  readonly parcels: readonly Parcel[];
  /** Why it was rejected, pulled back or short. */
  readonly reason?: string;
  /** Who did the last thing. */
  readonly by?: string;
  /** When the last thing was done. */
  readonly at: number;
  /** Grows by one with each change. */
  readonly version: number;
}

/** What somebody at a node says about a work order. Idempotent by `key`, and by state: accepting twice is accepting. */
export type WorkAct = {
  readonly work: WorkOrderId;
  readonly node: NodeId;
  /** Makes a retry safe, as with reservations (rule RS2). */
  readonly key: string;
  readonly by: string;
} & (
  | { readonly act: 'accept' | 'start' | 'ready' | 'deliver' | 'receive' }
  /** Of each line how many were found; lines not named: all. */
  | {
      readonly act: 'pick';
      readonly lines: readonly { readonly line: number; readonly picked: number; readonly short?: ShortReason }[];
    }
  | { readonly act: 'pack' }
  /** No parcels: one, of everything. `happenedAt`: when it left; absent: now. */
  | {
      readonly act: 'ship';
      readonly parcels?: readonly Parcel[];
      readonly carrier?: string;
      readonly tracking?: string;
      readonly happenedAt?: number;
    }
  | { readonly act: 'collect'; readonly code: string; readonly happenedAt?: number }
  | { readonly act: 'reject'; readonly reason: ShortReason; readonly note?: string }
);

/** One thing that happened to a node's work, numbered within the node from 1 without a gap: an event of `work:<node>`. */
export interface WorkNews {
  readonly o: number;
  readonly node: NodeId;
  /** What happened: the work order as it is since; `queued` is the event of its arrival. */
  readonly op: WorkEvent | 'queued';
  readonly at: number;
  readonly work: WorkOrder;
}

/** How much a node has to do. */
export interface NodeLoad {
  readonly node: NodeId;
  /** Work orders that have neither left nor ended. */
  readonly open: number;
  /** Work orders it was offered on the local day the question was asked for. */
  readonly today: number;
  /** How many it takes a day; absent: any number (NodeRef.ordersPerDay). */
  readonly perDay?: number;
}

/** Acts with a key that are remembered after a work order has ended, in ms: a day, as reservations (rule RS2). */
export const WORK_REMEMBER_MS = 24 * 3_600_000;
/** Open work orders of one node at most; more are refused as `capacity-reached`. */
export const WORK_OPEN_MAX = 20_000;
