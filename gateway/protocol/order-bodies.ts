import type { FeedAnswer } from './feed-bodies.ts';
import type { ParcelInfo, PostalAddressInfo, WorkStateName } from './work-bodies.ts';

// Bodies of the routes under /v1/orders.

/**
 * `POST /v1/orders?format=&channel=` with one message of the channel, a list, NDJSON or a file. 200 when at least one was
 * taken, kept or ignored; 422 when every one was refused. The same again changes nothing.
 */
export interface OrdersAnswer extends OrdersCounted {
  /** In the order of the body, the first 10,000. */
  readonly outcomes: readonly OrderOutcome[];
  readonly warnings: readonly string[];
  /** Of movements of stock, which an invoice list may hold beside its orders. */
  readonly stock?: FeedAnswer;
}

/** What a signed delivery about orders is answered: a shop reads no more, and has no use for customers’ tokens. */
export interface OrdersCounted {
  /** Duplicates included. */
  readonly taken: number;
  readonly duplicates: number;
  readonly kept: number;
  /** Each is a dead letter. */
  readonly refused: number;
  /** Understood and rightly without effect. */
  readonly ignored: number;
}

type OrderOutcome = TakenOrder | KeptMessage | RefusedOrder;

/** Durable. What becomes of its units follows: read the order, or watch it. */
interface TakenOrder {
  readonly status: 'taken';
  /** Where it stood: `row 2`, `order[0]`, `line 7` … */
  readonly place: string;
  readonly id: string;
  /** The order as its channel names it. */
  readonly orderId: string;
  readonly number: string;
  readonly version: number;
  /** Opens the customer’s page; told to the key that placed the order. */
  readonly token?: string;
  /** The message came before and changed nothing. */
  readonly duplicate?: true;
}

/** About an order that has not come yet: it counts when that comes. */
interface KeptMessage {
  readonly status: 'kept-for-later';
  readonly place: string;
  readonly id: string;
  readonly orderId: string;
}

interface RefusedOrder {
  readonly status: 'refused';
  readonly place: string;
  readonly code: string;
  readonly message: string;
  readonly orderId?: string;
  readonly field?: string;
  readonly sku?: string;
  readonly line?: string;
  /** Id of the dead letter that keeps the original: correct it and replay it, or send it corrected. */
  readonly letter: string;
}

/** `GET /v1/orders/{id}`, with its version as ETag, what every act answers, and `d` of the channel `order` for staff. */
export interface OrderBody {
  readonly order: OrderInfo;
  readonly status: OrderStatusName;
  readonly totals: OrderTotalsInfo;
  /** How many units of all lines are in each state; of states that none is in: absent. */
  readonly units: Partial<Record<PieceStateName, number>>;
}

/** Derived from where its units are. */
export type OrderStatusName =
  | 'received'
  | 'on-hold'
  | 'backordered'
  | 'unfillable'
  | 'processing'
  | 'ready-for-pickup'
  | 'partly-shipped'
  | 'shipped'
  | 'delivered'
  | 'collected'
  | 'cancelled'
  | 'returned'
  | 'refused';

export type PieceStateName =
  | 'asked'
  | 'unplaced'
  | 'backordered'
  | 'allocated'
  | 'released'
  | 'ready'
  | 'in-transit'
  | 'shipped'
  | 'delivered'
  | 'collected'
  | 'cancelled'
  | 'returned'
  | 'refused';

/** In minor units, of all that was ordered; what is given back stands in the order’s refunds. */
interface OrderTotalsInfo {
  readonly goodsMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly chargesMinor: number;
  readonly totalMinor: number;
}

/** As staff see it: without what the customer opens the page or collects with. */
export interface OrderInfo {
  readonly id: string;
  readonly channel: string;
  /** As the channel names it. */
  readonly channelOrderId: string;
  /** As the customer knows it. */
  readonly number: string;
  /** Key that placed it. */
  readonly client: string;
  readonly placedAt: number;
  readonly receivedAt: number;
  readonly currency: string;
  readonly customer: { readonly id?: string; readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly shipTo?: PostalAddressInfo;
  readonly method: 'ship' | 'pickup' | 'ship-to-store';
  readonly pickupNode?: string;
  readonly group: string;
  readonly tags: readonly string[];
  /** Lower is sooner. */
  readonly priority: number;
  readonly note?: string;
  readonly lines: readonly OrderLineInfo[];
  readonly charges: readonly {
    readonly kind: 'shipping' | 'fee' | 'discount' | 'other';
    readonly name: string;
    readonly amountMinor: number;
    readonly taxMinor?: number;
  }[];
  /** Prices, discounts and charges hold the taxes. */
  readonly taxesIncluded?: true;
  readonly holds: readonly {
    readonly kind: HoldKindName;
    readonly by: string;
    readonly reason?: string;
    readonly at: number;
  }[];
  readonly works: readonly {
    readonly work: string;
    readonly node: string;
    /** Its units come packed from there. */
    readonly from?: string;
    readonly state: WorkStateName | 'offered';
    readonly version: number;
    readonly parcels: readonly ParcelInfo[];
    readonly at: number;
    /** The order's line that each of its lines serves: parcels count them from 1. */
    readonly lines: readonly string[];
    /** When it came into each state, the oldest first. */
    readonly steps: readonly { readonly state: WorkStateName; readonly at: number }[];
    /** Not collected by then: it goes back on the shelf. */
    readonly collectBy?: number;
  }[];
  readonly returns: readonly OrderReturnInfo[];
  readonly refunds: readonly {
    readonly id: string;
    readonly amountMinor: number;
    readonly reason?: string;
    readonly at: number;
  }[];
  /** Grows by one with each change. */
  readonly version: number;
  readonly at: number;
  /** A person must look. */
  readonly queue?: {
    readonly queue: QueueName;
    readonly why: string;
    readonly since: number;
  };
}

/** Queue of exceptions: what an order needs a person for. */
export type QueueName = 'unfillable' | 'late' | 'rejected' | 'on-hold' | 'stuck';

type HoldKindName = 'payment' | 'fraud' | 'address' | 'manual' | 'review';

export interface OrderLineInfo {
  readonly line: string;
  readonly sku: string;
  readonly name?: string;
  /** Ever ordered. */
  readonly units: number;
  readonly unitMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  /** Line of the kit it is a component of. */
  readonly of?: string;
  /** A kit: its components carry the units. */
  readonly kit?: true;
  /** Only from there. */
  readonly at?: string;
  /** Their units add up to the line’s. */
  readonly pieces: readonly {
    readonly units: number;
    readonly state: PieceStateName;
    readonly node?: string;
    readonly group?: string;
    readonly work?: string;
    /** What the customer was promised. */
    readonly dueAt?: number;
    /** Nodes that failed these units. */
    readonly failed?: readonly { readonly node: string; readonly why: string }[];
  }[];
}

interface OrderReturnInfo {
  readonly id: string;
  readonly state: 'requested' | 'received' | 'refused';
  readonly lines: readonly { readonly line: string; readonly units: number; readonly reason?: string }[];
  readonly node?: string;
  readonly grades?: readonly ReturnGrade[];
  readonly refundMinor?: number;
  readonly at: number;
}

interface ReturnGrade {
  readonly line: string;
  readonly units: number;
  readonly grade: 'good' | 'damaged';
}

/**
 * `POST /v1/orders/{id}/acts` with header Idempotency-Key, and If-Match with the version that was looked at: what somebody
 * does by hand. Every act may have a `reason`. Answers OrderBody.
 */
export type OrderActBody = { readonly reason?: string } & (
  | { readonly act: 'cancel'; readonly lines?: readonly UnitsOfLine[] }
  | { readonly act: 'hold' | 'unhold'; readonly kind: HoldKindName }
  | { readonly act: 'allocate'; readonly node: string; readonly lines?: readonly UnitsOfLine[] }
  | { readonly act: 'release' | 're-source' }
  | { readonly act: 'pull-back'; readonly work: string }
  | { readonly act: 'tag'; readonly tags: readonly string[] }
  | { readonly act: 'set-priority'; readonly priority: number }
  | { readonly act: 'note'; readonly text: string }
  | {
      readonly act: 'request-return';
      readonly lines: readonly { readonly line: string; readonly units: number; readonly reason?: string }[];
    }
  | {
      readonly act: 'receive-return';
      readonly id: string;
      readonly node: string;
      readonly grades: readonly ReturnGrade[];
      readonly refundMinor?: number;
    }
  | { readonly act: 'refuse-return'; readonly id: string }
);

interface UnitsOfLine {
  readonly line: string;
  readonly units: number;
}
