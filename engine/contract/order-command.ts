import type { ClientId, OrderId, Sku } from './ids.ts';
import type { NodePortReply } from './node-port.ts';
import type { ByHand, Order, OrderAct } from './order.ts';
import type { Refused } from './outcome.ts';
import type { KitRef } from './reference.ts';
import type { ApplyRows } from './reference-change.ts';
import type { ShopMessage } from './shop-order.ts';
import type { StockPortReply, StockToOrder } from './stock-port.ts';

// What an order shard is told, and what it answers.

/** A message of a channel, with what main has looked up for it. */
export interface ShopMessageCommand {
  readonly do: 'shop-message';
  readonly client: ClientId;
  readonly message: ShopMessage;
  /** Owner shard of each line's sku (of each component's, kits exploded), in the order of the lines. */
  readonly shards: Readonly<Record<Sku, number>>;
  /** Definitions of the kits among its lines (rule AV9). */
  readonly kits?: readonly Pick<KitRef, 'sku' | 'components'>[];
  /** Random, for the customer's page and for collecting: machines roll no dice. 32 hex digits. */
  readonly secret: string;
}

export type OrderCommand =
  | ShopMessageCommand
  | {
      readonly do: 'order-act';
      readonly order: OrderId;
      readonly client: ClientId;
      readonly by: ByHand;
      readonly what: OrderAct;
    }
  | ApplyRows
  | Extract<StockPortReply, { do: 'allocation-answered' }>
  | StockToOrder
  | NodePortReply
  | { readonly do: 'tick' };

/** Codes for a channel's message, in the order they are checked. */
export const SHOP_REFUSALS = {
  'unknown-channel': 'the channel is not in the reference data',
  'unknown-group': 'the order names a node group that is not in the reference data',
  'unknown-node': 'the order names a node that is not in the reference data',
  'id-reused': 'this message came before with other content; the first content stays (rule OR1)',
  'no-lines': 'an order has at least one line',
  'too-many-lines': 'more lines than one order may have',
  'line-twice': 'the same line id stands twice in the order',
  'units-out-of-bounds': 'units must be a whole number from 1 to 1,000,000',
  'money-out-of-bounds': 'money must be a whole number of minor units within ±10,000,000,000',
  'pickup-node-missing': 'an order that is collected says where',
  'too-late-to-check': 'older than orders are kept, so a repetition could not be told',
  'too-many-messages': 'more messages about this order than are remembered; somebody sends in a loop',
} as const;
export type ShopRefusal = keyof typeof SHOP_REFUSALS;

/** Codes for what is done to an order by hand, in the order they are checked. */
export const ACT_REFUSALS = {
  'unknown-order': 'there is no such order, or it ended more than 100 days ago; its history may still be found',
  'key-reused': 'this idempotency key was used with other content; use a new key',
  'version-conflict': 'the order has changed since you looked; read it again',
  'unknown-line': 'the order has no such line',
  'units-out-of-bounds': 'more units than can still be changed; `units` says how many',
  'already-ended': 'everything of this order has left or was cancelled',
  'already-packed': 'the node has packed it; intercept the parcel or take it back as a return',
  'unknown-node': 'the node is not in the reference data',
  'unknown-work': 'the order has no such work order',
  'unknown-return': 'the order has no such return',
  'on-hold': 'the order is held for another reason than by hand; lift that hold first, `field` says which',
  'not-held': 'the order is not held for that',
  'already-held': 'the order is held for that already',
  'nothing-to-do': 'there is nothing left to do that for',
  'node-not-in-channel': 'the node does not serve the channel of this order',
  'node-switched-off': 'the node is switched off',
  'units-exceed-available': 'the node has not all of these units; what it has not stayed where it was promised',
  'capacity-reached': 'the node takes no more work for that day; the units look for another one',
  'under-way': 'another change of this order is being decided; retry when it has',
  'not-shipped': 'only what has left can come back',
} as const;
export type ActRefusal = keyof typeof ACT_REFUSALS;

export type ShopOutcome =
  /** Durable. Whether it could be promised follows: see its lines, or `order` of the answer once all stock was asked. */
  | { readonly status: 'taken'; readonly order: Order; readonly duplicate?: true }
  /** About an order we have not heard of: kept until it comes (rule OR1). */
  | { readonly status: 'kept-for-later'; readonly id: OrderId }
  | (Refused<ShopRefusal> & { readonly sku?: Sku });

export type ActOutcome = { readonly status: 'done'; readonly order: Order } | Refused<ActRefusal>;
