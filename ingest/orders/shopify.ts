import { Clock } from '../formats/local-time.ts';
import { isObject } from './fields.ts';
import type { Json, Refusal } from './fields.ts';
import { readJsonBody } from './json-body.ts';
import type { Part } from './json-body.ts';
import { OrderGather } from './order-gather.ts';
import { readShopifyOrder } from './shopify-order.ts';
import { readShopifyRefund } from './shopify-refund.ts';
import type { OrderFormat } from './source.ts';

/**
 * Shopify orders and refunds as REST Admin JSON: bodies of webhooks (bare) and answers of the API (`order`, `orders`,
 * `refund`, `refunds`). What each becomes, by what it shows:
 *
 *   order                        place under the topic orders/create and when it was fetched, edit under any other
 *     fulfilled already          edit in any case: it changes an order we know, and never places one that left elsewhere
 *     its refunds                a refund each, the same one as under refunds/create
 *     with cancelled_at          cancel, and its refunds; how it stands is not said again, or it would be wanted anew
 *   refund                       refund
 *   draft order, fulfilment order, fulfilment, cart, checkout, notice of an edit, test order: ignored, with the reason
 *
 * The bodies say all there is to know, so no topic is needed to tell them apart.
 */
export const readShopifyOrders: OrderFormat = (bytes, context) => {
  const gather = new OrderGather();
  const clock = new Clock(context);
  const world = { context, clock, gather };
  return readJsonBody(bytes, gather, partsOf, (json) =>
    isRefund(json) ? [readShopifyRefund(json, undefined, world)] : readShopifyOrder(json, world),
  );
};

function partsOf(document: unknown): readonly Part[] | Refusal | { readonly ignored: string } {
  const none = {
    code: 'not-an-order',
    message: 'the message has no Shopify order or refund; another topic was sent here',
  };
  if (!isObject(document)) return none;
  const other = OTHERS.find(([field]) => field in document);
  if (other !== undefined) return { ignored: other[1] };
  const { order, orders, refund, refunds } = document;
  if (Array.isArray(orders)) return orders.map((value: unknown, index) => part('order', value, `order[${index}]`));
  if (isObject(order)) return [part('order', order, 'order')];
  if (isRefund(document)) return [part('refund', document, 'refund')];
  if ('line_items' in document && 'financial_status' in document) return [part('order', document, 'order')];
  if (isObject(refund)) return [part('refund', refund, 'refund')];
  if (Array.isArray(refunds)) return refunds.map((value: unknown, index) => part('refund', value, `refund[${index}]`));
  return none;
}

function part(kind: 'order' | 'refund', value: unknown, place: string): Part {
  return { place, value, alone: { [kind]: value } };
}

const isRefund = (json: Json): boolean => 'refund_line_items' in json;

/** Fields that tell what a message is about when it is not about orders, and why it has no effect. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['fulfillment_order', 'a fulfilment order is what Shopify planned; orders are sourced here'],
  ['fulfillment_orders', 'a fulfilment order is what Shopify planned; orders are sourced here'],
  ['assigned_location_id', 'a fulfilment order is what Shopify planned; orders are sourced here'],
  ['fulfillment', 'a fulfilment is what we told Shopify'],
  ['tracking_numbers', 'a fulfilment is what we told Shopify'],
  ['draft_order', 'a draft becomes an order when it is completed'],
  ['draft_orders', 'a draft becomes an order when it is completed'],
  ['invoice_url', 'a draft becomes an order when it is completed'],
  ['order_edit', 'a notice of an edit says what changed; orders/updated shows the order after it'],
  ['checkout', 'a checkout is no order yet'],
  ['checkouts', 'a checkout is no order yet'],
  ['abandoned_checkout_url', 'a checkout is no order yet'],
];
