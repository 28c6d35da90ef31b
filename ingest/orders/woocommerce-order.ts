import { shardOfReservation } from '../../engine/contract/ids.ts';
import type { ReservationId } from '../../engine/contract/ids.ts';
import { ORDER_LINES_MAX } from '../../engine/contract/shop-order.ts';
import type { PostalAddress, ShopCustomer, ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';
import { shown } from '../formats/text.ts';
import { postalAddress } from './address.ts';
import { fail, idOf, listOf, mustId, nodeBehind, objectOf, present, textOf } from './fields.ts';
import type { Json } from './fields.ts';
import { cancelMessage, stateMessage } from './message-id.ts';
import { currencyOf, minorOf } from './money.ts';
import type { OrderGather } from './order-gather.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import { readWooCharges, readWooLines } from './woocommerce-lines.ts';
import { moneyRefund, wooTime } from './woocommerce-refund.ts';
import type { WooWorld } from './woocommerce-refund.ts';

/** What a status of the shop means here: how it was paid, that it ended, or that it is none yet. */
const STATUSES: ReadonlyMap<unknown, NonNullable<ShopOrder['paid']> | 'ended' | 'none'> = new Map([
  ['pending', 'pending'],
  ['on-hold', 'pending'],
  ['processing', 'paid'],
  ['completed', 'paid'],
  ['cancelled', 'ended'],
  ['failed', 'ended'],
  ['refunded', 'ended'],
  ['checkout-draft', 'none'],
  ['auto-draft', 'none'],
  ['trash', 'none'],
]);

export function readWooOrder(json: Json, world: WooWorld): readonly ShopMessage[] | { readonly ignored: string } {
  const id = mustId(json, 'id');
  // Statuses of plugins are steps of processing with other names.
  const status = STATUSES.get(json['status']) ?? 'paid';
  if (status === 'none') return { ignored: `an order that is ${String(json['status'])}: none yet, or none any more` };
  if (listOf(json, 'line_items').length === 0) return { ignored: 'an order without goods: nothing to fulfil' };
  const { channel, topic } = world.context;
  const currency = currencyOf(json, 'currency');
  const about = {
    channel,
    channelOrderId: id,
    at: wooTime(
      json,
      (textOf(json, 'date_modified_gmt') ?? textOf(json, 'date_modified')) ? 'date_modified' : 'date_created',
      world,
    ),
  };
  const placedAt = wooTime(json, 'date_created', world);
  const refunds = listOf(json, 'refunds').map((refund) => moneyRefund(refund, { id, at: placedAt, currency }, world));
  if (status === 'ended') return [cancelMessage(about, `${json['status'] as string} in the shop`), ...refunds];
  // A completed one was served before we were asked: as an edit it changes an order that we know, and never places one anew.
  const isNew = (topic === undefined || topic === 'order.created') && json['status'] !== 'completed';
  const kind = isNew ? 'place' : 'edit';
  const order = readOrder(json, { placedAt, currency, paid: status, kind }, world);
  return [stateMessage(kind, about, order), ...refunds];
}

function readOrder(
  json: Json,
  {
    placedAt,
    currency,
    paid,
    kind,
  }: {
    readonly placedAt: number;
    readonly currency: string;
    readonly paid: NonNullable<ShopOrder['paid']>;
    readonly kind: 'place' | 'edit';
  },
  world: WooWorld,
): ShopOrder {
  if (listOf(json, 'line_items').length > ORDER_LINES_MAX)
    fail('too-many-lines', `an order has at most ${ORDER_LINES_MAX} lines`);
  const lines = readWooLines(json, currency);
  const charges = readWooCharges(json, currency);
  const order = present<ShopOrder>({
    number: textOf(json, 'number'),
    placedAt,
    currency,
    customer: customerOf(json),
    shipTo: addressOf(json, world.gather),
    ...methodOf(json, world),
    lines: kind === 'edit' ? lines : lines.filter(({ units }) => units > 0),
    charges: charges.length === 0 ? undefined : charges,
    reservation: reservationOf(json),
    paid,
    note: textOf(json, 'customer_note'),
  });
  if (json['total'] !== undefined && orderTotals(order).totalMinor !== minorOf(json, 'total', currency)) {
    world.gather.parts.warn('the total of an order is not the sum of its parts; the parts count');
  }
  return order;
}

function nameOf(json: Json): string | undefined {
  const names = ['first_name', 'last_name'].map((field) => textOf(json, field)).filter((name) => name !== undefined);
  return names.length === 0 ? undefined : names.join(' ');
}

function customerOf(json: Json): ShopCustomer | undefined {
  const billing = objectOf(json, 'billing') ?? {};
  const id = idOf(json, 'customer_id');
  const made = present<ShopCustomer>({
    // 0 is a guest, and guests are not one customer.
    id: id === '0' ? undefined : id,
    name: nameOf(billing),
    email: textOf(billing, 'email'),
    phone: textOf(billing, 'phone'),
  });
  return Object.keys(made).length === 0 ? undefined : made;
}

/** Where it goes: the shop leaves the delivery address empty when it is the one on the bill. */
function addressOf(json: Json, gather: OrderGather): PostalAddress | undefined {
  const shipping = objectOf(json, 'shipping') ?? {};
  const filled = textOf(shipping, 'address_1') !== undefined || textOf(shipping, 'postcode') !== undefined;
  const address = filled ? shipping : (objectOf(json, 'billing') ?? {});
  if (textOf(address, 'address_1') === undefined && textOf(address, 'postcode') === undefined) return undefined;
  return postalAddress(
    {
      name: nameOf(address),
      lines: ['company', 'address_1', 'address_2'].map((field) => textOf(address, field)),
      city: textOf(address, 'city'),
      region: textOf(address, 'state'),
      postcode: textOf(address, 'postcode'),
      country: textOf(address, 'country'),
      phone: textOf(address, 'phone'),
    },
    gather,
  );
}

const PICKUP = new Set<unknown>(['local_pickup', 'pickup_location']);

/** Collected where the shipping line's `pickup_location`, its instance or its title names a place of ours. */
function methodOf(json: Json, { context }: WooWorld): Pick<ShopOrder, 'method' | 'pickupNode'> {
  const line = listOf(json, 'shipping_lines').find(({ method_id }) => PICKUP.has(method_id));
  if (line === undefined) return { method: 'ship' };
  const said = listOf(line, 'meta_data').find(({ key }) => key === 'pickup_location');
  const codes = [
    said === undefined ? undefined : textOf(said, 'value'),
    idOf(line, 'instance_id'),
    textOf(line, 'method_title'),
  ];
  const node = codes.map((code) => nodeBehind(code, context)).find((found) => found !== undefined);
  if (node !== undefined) return { method: 'pickup', pickupNode: node };
  return fail(
    'no-pickup-node',
    `collected at ${shown(codes[0] ?? codes[2])}, behind which there is no node: add it to nodeCodes`,
  );
}

/** The cart's hold, when the shop put its id on the order: meta data `onhand_reservation`. */
function reservationOf(json: Json): ReservationId | undefined {
  const said = listOf(json, 'meta_data').find(({ key }) => key === 'onhand_reservation');
  const id = said === undefined ? undefined : textOf(said, 'value');
  return id !== undefined && shardOfReservation(id) !== undefined ? (id as ReservationId) : undefined;
}
