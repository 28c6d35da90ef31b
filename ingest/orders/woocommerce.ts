import { Clock } from '../formats/local-time.ts';
import { isObject } from './fields.ts';
import type { Json, Refusal } from './fields.ts';
import { readJsonBody } from './json-body.ts';
import type { Part } from './json-body.ts';
import { OrderGather } from './order-gather.ts';
import type { OrderFormat } from './source.ts';
import { readWooOrder } from './woocommerce-order.ts';
import { readWooRefund } from './woocommerce-refund.ts';

/**
 * WooCommerce orders and refunds as REST JSON (wc/v3): bodies of webhooks, answers of the API, lists and batches of them.
 *
 *   order, pending, on-hold, processing                place under order.created and when it was fetched, else edit
 *   order, completed                                   edit: one that left before we were asked is not placed again
 *     its refunds, in short                            a refund of money each; the short form names no lines
 *   order, cancelled, failed, refunded                 cancel, and its refunds
 *   order, draft or in the bin                         ignored, with the reason
 *   refund, as /orders/{id}/refunds shows it           a refund of units; its money is in the order's short form
 *   webhook settings, a deleted order's id, a ping     ignored, with the reason
 *
 * A refund does not say whether its units had left. It is read as `cancel`: those that are still here are no longer wanted,
 * those that have left stay with the customer until a return of ours says they came back.
 */
export const readWooOrders: OrderFormat = (bytes, context) => {
  const gather = new OrderGather();
  const world = { context, clock: new Clock(context), gather };
  return readJsonBody(bytes, gather, partsOf, (json) => {
    if (isWooRefund(json)) return [readWooRefund(json, world)];
    return 'line_items' in json ? readWooOrder(json, world) : notAnOrder;
  });
};

const notAnOrder = {
  code: 'not-an-order',
  message: 'the message has no WooCommerce order or refund; another topic was sent here',
};

function partsOf(document: unknown): readonly Part[] | Refusal | { readonly ignored: string } {
  if (Array.isArray(document)) return listed(document, '');
  if (!isObject(document)) return notAnOrder;
  const { create, update } = document;
  if (Array.isArray(create) || Array.isArray(update)) return [...listed(create, 'create'), ...listed(update, 'update')];
  if ('webhook_id' in document || 'delivery_url' in document)
    return { ignored: 'settings of a webhook, or the ping that follows them' };
  if (Object.keys(document).length === 1 && 'id' in document)
    return { ignored: 'a deleted order: cancel it before it is deleted' };
  return [{ place: isWooRefund(document) ? 'refund' : 'order', value: document }];
}

function listed(list: unknown, name: string): readonly Part[] {
  return Array.isArray(list) ? list.map((value: unknown, index) => ({ place: `${name}[${index}]`, value })) : [];
}

const isWooRefund = (json: Json): boolean => 'amount' in json && 'refunded_by' in json;
