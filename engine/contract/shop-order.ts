import type { ChannelId, GroupId, NodeId, ReservationId, Sku } from './ids.ts';

// What a channel says about an order, whatever its own message looks like: the formats of `ingest` make it (rule OR1). A
// message says either how the order stands (`place`, `edit`) or what happened to it (`cancel`, `refund`), and each has an id
// of its own, so that the same message counts once and late ones end in the same state.

/** How units get to the customer (rule OR7). */
export type OrderMethod =
  /** From whichever node serves it best, distribution centre or store, or from a supplier directly (drop-ship). */
  | 'ship'
  /** From the stock of `pickupNode`, handed over there. */
  | 'pickup'
  /** From another node to `pickupNode`, handed over there. */
  | 'ship-to-store';

/** Integer minor units of the order's currency (rule CS5). */
export type Minor = number;

export interface PostalAddress {
  readonly name?: string;
  readonly lines: readonly string[];
  readonly city?: string;
  readonly region?: string;
  readonly postcode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly phone?: string;
  /** Where it is, when the channel or our table of postcodes knows. */
  readonly lat?: number;
  readonly lon?: number;
}

export interface ShopCustomer {
  /** As the channel names them. */
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

export interface ShopLine {
  /** The channel's own id of the line, unique within the order. */
  readonly line: string;
  readonly sku: Sku;
  /** Title as the customer saw it. */
  readonly name?: string;
  /**
   * Ordered in all, whole units >= 1 (0 in an `edit`: no longer wanted). What a refund with `cancel` took away is still in
   * it: wanted are these units less all of those, whichever came first.
   */
  readonly units: number;
  /** Price of one unit before discounts. */
  readonly unitMinor: Minor;
  /** Discounts on the whole line, >= 0. */
  readonly discountMinor?: Minor;
  /** Tax on the whole line. */
  readonly taxMinor?: Minor;
  /** Only from there: a till's sale, or the customer's own choice. */
  readonly node?: NodeId;
}

/** Money of an order that is no stock: shipping, gift wrapping, a manual discount (negative). */
export interface ShopCharge {
  readonly kind: 'shipping' | 'fee' | 'discount' | 'other';
  readonly name: string;
  readonly amountMinor: Minor;
  readonly taxMinor?: Minor;
}

interface Message {
  readonly channel: ChannelId;
  /** The order as its channel names it; with the channel it counts once (rule OR1). */
  readonly channelOrderId: string;
  /** Unique within the order: the same again has no effect. */
  readonly message: string;
  /** When the channel said so, ms since the epoch: of two that say how the order stands the later wins. */
  readonly at: number;
}

/** An order as its channel shows it. */
export interface ShopOrder {
  /** As the customer knows it, e.g. `#1001`; absent: the channel's id. */
  readonly number?: string;
  readonly placedAt: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly customer?: ShopCustomer;
  readonly shipTo?: PostalAddress;
  readonly method: OrderMethod;
  readonly pickupNode?: NodeId;
  readonly lines: readonly ShopLine[];
  readonly charges?: readonly ShopCharge[];
  /** Prices, discounts and charges hold the taxes already: `taxMinor` says how much of them is tax (rule CS5). */
  readonly taxesIncluded?: true;
  readonly tags?: readonly string[];
  /** Lower is sooner, 0 to 9; absent: 5. */
  readonly priority?: number;
  /** The cart's hold, which becomes the order's units without being freed (rule OR2). */
  readonly reservation?: ReservationId;
  /** Nodes that may serve it; absent: the channel's group. */
  readonly group?: GroupId;
  /** What it was paid, so far as the channel says; payments come with another part. */
  readonly paid?: 'pending' | 'authorized' | 'paid' | 'refunded';
  /** The customer left with the goods: a sale at a till, whose stock the till's own feed moves. Nothing is sourced. */
  readonly fulfilled?: { readonly node: NodeId; readonly at: number };
  readonly note?: string;
}

export type ShopMessage =
  | (Message & { readonly kind: 'place'; readonly order: ShopOrder })
  /** The whole order as it is now; units that are no longer wanted are cancelled, new ones are sourced. */
  | (Message & { readonly kind: 'edit'; readonly order: ShopOrder })
  /** All that has not left is no longer wanted. */
  | (Message & { readonly kind: 'cancel'; readonly reason?: string })
  /** Money goes back, and units too where the channel says so. */
  | (Message & {
      readonly kind: 'refund';
      readonly lines: readonly {
        readonly line: string;
        readonly units: number;
        /** `cancel`: not shipped and no longer wanted; `return`: came back to `node`; `none`: money only. */
        readonly restock: 'cancel' | 'return' | 'none';
        readonly node?: NodeId;
      }[];
      readonly amountMinor: Minor;
      readonly reason?: string;
    });

/** Lines of one order at most; the largest in the bundled invoices has 674, and one of 1,112 in the whole set is refused. */
export const ORDER_LINES_MAX = 1_000;
/** Messages about one order at most: more is a loop in somebody's program. */
export const ORDER_MESSAGES_MAX = 500;
