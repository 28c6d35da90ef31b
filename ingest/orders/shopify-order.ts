import { shardOfReservation } from '../../engine/contract/ids.ts';
import type { ReservationId } from '../../engine/contract/ids.ts';
import { ORDER_LINES_MAX } from '../../engine/contract/shop-order.ts';
import type { PostalAddress, ShopCustomer, ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';
import { shown } from '../formats/text.ts';
import { postalAddress } from './address.ts';
import { fail, idOf, listOf, mustId, nodeBehind, objectOf, present, textOf, timeOf } from './fields.ts';
import type { Json } from './fields.ts';
import { cancelMessage, stateMessage } from './message-id.ts';
import { currencyOf, minorOf } from './money.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import type { OrderGather } from './order-gather.ts';
import { readShopifyLines } from './shopify-lines.ts';
import { isGoods, readShopifyRefund } from './shopify-refund.ts';
import type { ShopifyWorld } from './shopify-refund.ts';

/** All that one showing of an order says: how it stands or that it is cancelled, and each of its refunds. */
export function readShopifyOrder(
  json: Json,
  world: ShopifyWorld,
): readonly ShopMessage[] | { readonly ignored: string } {
  if (json['test'] === true) return { ignored: 'a test order of the shop' };
  const { channel, topic } = world.context;
  const about = { channel, channelOrderId: mustId(json, 'id') };
  if (!listOf(json, 'line_items').some(isGoods)) return { ignored: 'an order without goods: nothing to fulfil' };
  const refunds = listOf(json, 'refunds').map((refund) => readShopifyRefund(refund, json, world));
  if (json['cancelled_at'] !== undefined && json['cancelled_at'] !== null) {
    const at = timeOf(world.clock.read(json['cancelled_at'], undefined));
    return [cancelMessage({ ...about, at }, textOf(json, 'cancel_reason')), ...refunds];
  }
  const at = timeOf(world.clock.read(json['updated_at'] ?? json['created_at'], undefined));
  const kind = (topic === undefined || topic === 'orders/create') && !leftElsewhere(json) ? 'place' : 'edit';
  return [stateMessage(kind, { ...about, at }, readOrder(json, kind, world)), ...refunds];
}

/** Shipped before we were asked: as an edit it changes an order that we know, and never places one anew. */
function leftElsewhere(json: Json): boolean {
  return json['fulfillment_status'] === 'fulfilled' && json['source_name'] !== 'pos';
}

function readOrder(json: Json, kind: 'place' | 'edit', world: ShopifyWorld): ShopOrder {
  const { clock, gather } = world;
  if (listOf(json, 'line_items').length > ORDER_LINES_MAX)
    fail('too-many-lines', `an order has at most ${ORDER_LINES_MAX} lines`);
  const currency = currencyOf(json, 'currency');
  const { lines, charges } = readShopifyLines(json, currency, gather);
  const shipTo = objectOf(json, 'shipping_address');
  const order = present<ShopOrder>({
    number: textOf(json, 'name'),
    placedAt: timeOf(clock.read(json['created_at'], undefined)),
    currency,
    customer: customerOf(json),
    shipTo: shipTo === undefined ? undefined : addressOf(shipTo, gather),
    ...methodOf(json, world),
    lines: kind === 'edit' ? lines : lines.filter(({ units }) => units > 0),
    charges: charges.length === 0 ? undefined : charges,
    taxesIncluded: json['taxes_included'] === true ? true : undefined,
    tags: tagsOf(json),
    reservation: reservationOf(json),
    paid: paidOf(json),
    fulfilled: soldAtTill(json, world),
    note: textOf(json, 'note'),
  });
  compareTotal(order, json, gather);
  return order;
}

function customerOf(json: Json): ShopCustomer | undefined {
  const customer = objectOf(json, 'customer') ?? {};
  const names = ['first_name', 'last_name']
    .map((field) => textOf(customer, field))
    .filter((name) => name !== undefined);
  const made = present<ShopCustomer>({
    id: idOf(customer, 'id'),
    name: names.length === 0 ? undefined : names.join(' '),
    email: textOf(json, 'email') ?? textOf(customer, 'email'),
    phone: textOf(json, 'phone') ?? textOf(customer, 'phone'),
  });
  return Object.keys(made).length === 0 ? undefined : made;
}

function addressOf(json: Json, gather: OrderGather): PostalAddress {
  return postalAddress(
    {
      name: textOf(json, 'name'),
      lines: [textOf(json, 'company'), textOf(json, 'address1'), textOf(json, 'address2')],
      city: textOf(json, 'city'),
      region: textOf(json, 'province_code') ?? textOf(json, 'province'),
      postcode: textOf(json, 'zip'),
      country: textOf(json, 'country_code'),
      phone: textOf(json, 'phone'),
      lat: degreesOf(json['latitude']),
      lon: degreesOf(json['longitude']),
    },
    gather,
  );
}

function degreesOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^-?\d{1,3}(?:\.\d{1,20})?$/.test(text) ? Number(text) : undefined;
}

const PICKUP = /pick.?up/i;

/** Collected where the shipping line names a place of ours: its code is the location's name or number. */
function methodOf(json: Json, { context }: ShopifyWorld): Pick<ShopOrder, 'method' | 'pickupNode'> {
  for (const line of listOf(json, 'shipping_lines')) {
    const says = [line['delivery_category'], line['source'], line['title']];
    if (!says.some((word) => typeof word === 'string' && PICKUP.test(word.slice(0, 200)))) continue;
    const node =
      nodeBehind(idOf(line, 'code') ?? textOf(line, 'code'), context) ?? nodeBehind(idOf(json, 'location_id'), context);
    if (node !== undefined) return { method: 'pickup', pickupNode: node };
    return fail(
      'no-pickup-node',
      `collected at ${shown(line['code'])}, behind which there is no node: add it to nodeCodes`,
    );
  }
  return { method: 'ship' };
}

/** A sale of Shopify's own tills, handed over there. */
function soldAtTill(json: Json, { context, clock }: ShopifyWorld): ShopOrder['fulfilled'] {
  if (json['source_name'] !== 'pos' || json['fulfillment_status'] !== 'fulfilled') return undefined;
  const node = nodeBehind(idOf(json, 'location_id'), context);
  if (node === undefined)
    return fail(
      'no-till-node',
      `sold at location ${shown(json['location_id'])}, behind which there is no node: add it to nodeCodes`,
    );
  return { node, at: timeOf(clock.read(json['processed_at'] ?? json['created_at'], node)) };
}

function tagsOf(json: Json): readonly string[] | undefined {
  const tags = (textOf(json, 'tags') ?? '').split(',').map((tag) => tag.trim());
  const kept = tags.filter((tag) => tag !== '');
  return kept.length === 0 ? undefined : kept;
}

/** The cart's hold, when the shop's theme put its id on the order: note attribute `onhand_reservation`. */
function reservationOf(json: Json): ReservationId | undefined {
  const said = listOf(json, 'note_attributes').find(({ name }) => name === 'onhand_reservation');
  const id = said === undefined ? undefined : textOf(said, 'value');
  return id !== undefined && shardOfReservation(id) !== undefined ? (id as ReservationId) : undefined;
}

const PAID: ReadonlyMap<unknown, ShopOrder['paid']> = new Map([
  ['pending', 'pending'],
  ['expired', 'pending'],
  ['voided', 'pending'],
  ['authorized', 'authorized'],
  ['partially_paid', 'authorized'],
  ['paid', 'paid'],
  ['partially_refunded', 'paid'],
  ['refunded', 'refunded'],
]);

function paidOf(json: Json): ShopOrder['paid'] {
  return PAID.get(json['financial_status']);
}

/** Shops show totals of their own; ours is the sum of its parts, and a difference is said (rule CS5). */
function compareTotal(order: ShopOrder, json: Json, gather: OrderGather): void {
  if (json['total_price'] === undefined || json['total_price'] === null) return;
  if (orderTotals(order).totalMinor === minorOf(json, 'total_price', order.currency)) return;
  gather.parts.warn('the total of an order is not the sum of its parts; the parts count');
}
