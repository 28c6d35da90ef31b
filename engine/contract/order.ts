import type { ChannelId, ClientId, GroupId, NodeId, OrderId, Sku, WorkOrderId } from './ids.ts';
import type { Actor } from './reference-change.ts';
import type { Minor, OrderMethod, PostalAddress, ShopCharge, ShopCustomer } from './shop-order.ts';
import type { Parcel, WorkState } from './work-order.ts';

// An order as we hold it: a header and lines (rule OR3). Each line's units are in pieces, and a piece has one state; what the
// line and the order are is derived from them (order-status.ts) and never stored beside them.
//
//             allocated to a group          a plan's node says yes           not on hold
//   asked ─────────────────────► unplaced ───────────────────► allocated ──────────────► released ──┬─► shipped ─► delivered
//     │  no, and due is sold          ▲  ▲ ◄─────────────────────── │ pulled back, short, rejected  │
//     ├───────────► backordered ──────┘  └──────────────────────────┴──────────────────────────────┤► ready ─► collected
//     │               units came                                                                    │
//     └─► refused        … whatever has not left may become  cancelled;  what has left: returned    ┘
//
// What is collected at a node and comes from another one: released ─► in-transit ─► ready ─► collected.
//
// Units are conserved: Σ pieces of a line = units ordered, always.

export type PieceState =
  /** Stock was asked and has not answered. */
  | 'asked'
  /** Promised, at no certain node. */
  | 'unplaced'
  /** Sold, waiting for supply (rule OR9). */
  | 'backordered'
  | 'allocated'
  | 'released'
  | 'ready'
  /** On their way to the node that hands them over, which has them allocated already. */
  | 'in-transit'
  | 'shipped'
  | 'delivered'
  | 'collected'
  | 'cancelled'
  | 'returned'
  /** Never promised: nothing was there. */
  | 'refused';

export interface Piece {
  readonly units: number;
  readonly state: PieceState;
  /** Where they are promised: both absent while `asked` … and in states that promise nothing. */
  readonly node?: NodeId;
  readonly group?: GroupId;
  readonly work?: WorkOrderId;
  /** What the customer was promised, ms since the epoch (ATP for a backorder, else by the carrier's zone). */
  readonly dueAt?: number;
  /** Nodes that failed these units, with why: they are not asked again. */
  readonly failed?: readonly { readonly node: NodeId; readonly why: string }[];
}

export interface OrderLine {
  /** The channel's id of it; `<line>/<n>` for the nth component of a kit. */
  readonly line: string;
  readonly sku: Sku;
  readonly name?: string;
  /** Ever ordered: cancelled ones included. */
  readonly units: number;
  readonly unitMinor: Minor;
  readonly discountMinor: Minor;
  readonly taxMinor: Minor;
  /** Line of the kit it is a component of. */
  readonly of?: string;
  /** A kit: its components carry the units, and it has no pieces (rule AV9). */
  readonly kit?: true;
  /** Only from there. */
  readonly at?: NodeId;
  readonly pieces: readonly Piece[];
}

/** Why an order is not released (rule OR4). */
export type HoldKind = 'payment' | 'fraud' | 'address' | 'manual' | 'review';

interface OrderHold {
  readonly kind: HoldKind;
  readonly by: string;
  readonly reason?: string;
  readonly at: number;
}

/** What the order knows of a work order. */
export interface OrderWork {
  readonly work: WorkOrderId;
  readonly node: NodeId;
  /** Its units come packed from there. */
  readonly from?: NodeId;
  readonly state: WorkState | 'offered';
  /** Of the node's shard; 0 before it has answered. */
  readonly version: number;
  readonly parcels: readonly Parcel[];
  readonly at: number;
  /** The order's line that each of its lines serves: `parcels` count them from 1. */
  readonly lines: readonly string[];
  /** When it came into each state the order has heard of, the oldest first. */
  readonly steps: readonly { readonly state: WorkState; readonly at: number }[];
  /** Not collected by then: it goes back on the shelf. */
  readonly collectBy?: number;
}

/** Where the customer may look, and what an order needs a person for (rules OR10). */
export const EXCEPTION_QUEUES = ['unfillable', 'late', 'rejected', 'on-hold', 'stuck'] as const;
export type ExceptionQueue = (typeof EXCEPTION_QUEUES)[number];

export interface ReturnLine {
  readonly line: string;
  readonly units: number;
  readonly reason?: string;
}

export interface OrderReturn {
  /** `<order>.r<n>`. */
  readonly id: string;
  readonly state: 'requested' | 'received' | 'refused';
  readonly lines: readonly ReturnLine[];
  readonly node?: NodeId;
  /** Of each line once it is received. */
  readonly grades?: readonly { readonly line: string; readonly units: number; readonly grade: 'good' | 'damaged' }[];
  /** What the payment side is told to give back. */
  readonly refundMinor?: Minor;
  readonly at: number;
}

export interface Order {
  readonly id: OrderId;
  readonly channel: ChannelId;
  readonly channelOrderId: string;
  readonly number: string;
  /** Who placed it with us. */
  readonly client: ClientId;
  readonly placedAt: number;
  readonly receivedAt: number;
  readonly currency: string;
  readonly customer: ShopCustomer;
  readonly shipTo?: PostalAddress;
  readonly method: OrderMethod;
  readonly pickupNode?: NodeId;
  readonly group: GroupId;
  readonly tags: readonly string[];
  readonly priority: number;
  readonly note?: string;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly ShopCharge[];
  /** Prices, discounts and charges hold the taxes already (order-totals.ts). */
  readonly taxesIncluded?: true;
  readonly holds: readonly OrderHold[];
  readonly works: readonly OrderWork[];
  readonly returns: readonly OrderReturn[];
  /** Refunds that the channel or a return asked for: the payment side pays them. */
  readonly refunds: readonly {
    readonly id: string;
    readonly amountMinor: Minor;
    readonly reason?: string;
    readonly at: number;
  }[];
  /** What the customer's page is opened with: not to be guessed, not shown to other customers. */
  readonly token: string;
  /** Grows by one with each fact: the revision on the wire. */
  readonly version: number;
  readonly at: number;
  /** A person must look; the reason is a sentence's code. */
  readonly queue?: { readonly queue: ExceptionQueue; readonly why: string; readonly since: number };
}

/** Derived, never stored (rule OR3). */
export const ORDER_STATUSES = [
  'received',
  'on-hold',
  'backordered',
  'unfillable',
  'processing',
  'ready-for-pickup',
  'partly-shipped',
  'shipped',
  'delivered',
  'collected',
  'cancelled',
  'returned',
  'refused',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** A durable change of an order, published. */
export interface OrderChange {
  readonly order: Order;
  /** Fact that did it: what the timeline calls it. */
  readonly what: string;
}

/** Who does something by hand (rule OR10). */
export type ByHand = Actor & {
  /** Makes a retry safe. */
  readonly key: string;
  /** Version of the order that was looked at; another one is refused. Absent: whatever it is. */
  readonly ifVersion?: number;
};

export type OrderAct =
  | { readonly act: 'cancel'; readonly lines?: readonly { readonly line: string; readonly units: number }[] }
  | { readonly act: 'hold'; readonly kind: HoldKind }
  | { readonly act: 'unhold'; readonly kind: HoldKind }
  /** Units that have not left go to this node, if it has them: answered when stock and the node have. */
  | {
      readonly act: 'allocate';
      readonly node: NodeId;
      readonly lines?: readonly { readonly line: string; readonly units: number }[];
    }
  /** Lifts the hold of hands; refused while the order is held for anything else (rule OR4). */
  | { readonly act: 'release' }
  | { readonly act: 'pull-back'; readonly work: WorkOrderId }
  /** Again, from the first step, by the rules of now. */
  | { readonly act: 're-source' }
  | { readonly act: 'tag'; readonly tags: readonly string[] }
  | { readonly act: 'set-priority'; readonly priority: number }
  | { readonly act: 'note'; readonly text: string }
  | { readonly act: 'request-return'; readonly lines: readonly ReturnLine[] }
  | {
      readonly act: 'receive-return';
      readonly id: string;
      readonly node: NodeId;
      readonly grades: readonly { readonly line: string; readonly units: number; readonly grade: 'good' | 'damaged' }[];
      readonly refundMinor?: Minor;
    }
  | { readonly act: 'refuse-return'; readonly id: string };

/** How long an order is kept in its shard after its last word, in ms: returns come within 100 days. */
export const ORDER_KEEP_MS = 100 * 86_400_000;
/** Tries with numbers read anew before a step of the waterfall has failed. */
export const SOURCING_TRIES_MAX = 3;
