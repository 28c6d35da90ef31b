import type { GroupId, NodeId, ReservationId } from '../../engine/contract/ids.ts';
import { digestHex } from '../../engine/contract/digest.ts';
import type { ShopCharge, ShopLine, ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';
import { Clock } from '../formats/local-time.ts';
import { shown } from '../formats/text.ts';
import { postalAddress } from './address.ts';
import { present, skuOf, timeOf } from './fields.ts';
import type { Json, Refusal } from './fields.ts';
import { readJsonBody } from './json-body.ts';
import type { Part } from './json-body.ts';
import { ORDER_ROWS } from './json-schemas.ts';
import type { OrderCancel, OrderRefund, OrderState } from './json-schemas.ts';
import { cancelMessage, refundMessage, stateMessage } from './message-id.ts';
import { lineValue, toMinor } from './money.ts';
import { OrderGather } from './order-gather.ts';
import type { OrderContext, OrderFormat } from './source.ts';

/**
 * Our own JSON: one message, a list of them, or NDJSON (one in each line). The fields are those of engine/contract/shop-order.ts, flat, with money as
 * decimal text in the order's currency and times as ms or ISO text; json-schemas.ts is the whole list.
 *
 *   {"orderId":"W-1001","placedAt":"2026-11-24T10:05:00Z","currency":"USD",
 *    "customer":{"email":"ann@example.com"},"shipTo":{"postcode":"43215","region":"OH","country":"US"},
 *    "lines":[{"sku":"8412345","units":2,"price":"19.99","discount":"1.00","tax":"2.66"}],
 *    "charges":[{"kind":"shipping","name":"Ground","amount":"4.95"}]}
 *   {"kind":"edit","orderId":"W-1001","at":"…","placedAt":"…", … the whole order as it is now}
 *   {"kind":"cancel","orderId":"W-1001","at":"…","reason":"changed my mind"}
 *   {"kind":"refund","orderId":"W-1001","at":"…","currency":"USD","amount":"19.99","lines":[{"line":"1","units":1,"restock":"cancel"}]}
 *
 * `kind` is `place` unless it says otherwise, `method` is `ship`. `line` is the line's place in the list, counted from 1,
 * where it has no id of its own: whoever edits an order gives them ids. `message` is the message's id; without one it is
 * made of its content, so that sending it again is harmless. `fulfilled` says that the customer left with the goods.
 */
export const readOrderJson: OrderFormat = (bytes, context) => {
  const gather = new OrderGather();
  const world = { context, clock: new Clock(context), gather };
  return readJsonBody(bytes, gather, partsOf, (json) => readMessage(json, world));
};

function partsOf(document: unknown): readonly Part[] {
  if (Array.isArray(document)) return document.map((value: unknown, index) => ({ place: `row ${index + 1}`, value }));
  return [{ place: 'row 1', value: document }];
}

interface World {
  readonly context: OrderContext;
  readonly clock: Clock;
  readonly gather: OrderGather;
}

function readMessage(json: Json, world: World): readonly ShopMessage[] | Refusal {
  switch (json['kind']) {
    case 'cancel':
      return ORDER_ROWS.cancel.Check(json) ? [readCancel(json, world)] : faultIn('cancel', json);
    case 'refund':
      return ORDER_ROWS.refund.Check(json) ? [readRefund(json, world)] : faultIn('refund', json);
    default:
      return ORDER_ROWS.state.Check(json) ? [readState(json, world)] : faultIn('state', json);
  }
}

/** The first rule that is broken, by the path of its field. */
function faultIn(kind: keyof typeof ORDER_ROWS, json: Json): Refusal {
  const [fault] = ORDER_ROWS[kind].Errors(json);
  const path = (fault?.instancePath ?? '').slice(0, 80).split('/').slice(1);
  const field = path.reduce((whole, step) => whole + (/^\d+$/.test(step) ? `[${step}]` : `.${step}`), '').slice(1);
  const value = path.reduce<unknown>((of, step) => (of as Record<string, unknown> | undefined)?.[step], json);
  const got = field === '' ? '' : `, got ${shown(value)}`;
  return {
    code: 'malformed-field',
    message: `${field || 'the message'}: ${(fault?.message ?? 'is not what it should be').slice(0, 200)}${got}`,
  };
}

function aboutOf(json: { readonly orderId: string }, at: unknown, { context, clock }: World) {
  return { channel: context.channel, channelOrderId: json.orderId, at: timeOf(clock.read(at, undefined)) };
}

/** With the id its sender gave it, where it gave one. */
function named(message: ShopMessage, id: string | undefined): ShopMessage {
  return id === undefined ? message : { ...message, message: id };
}

function readCancel(json: OrderCancel, world: World): ShopMessage {
  return named(cancelMessage(aboutOf(json, json.at, world), json.reason), json.message);
}

function readRefund(json: OrderRefund, world: World): ShopMessage {
  const { lines = [], amount, currency, reason } = json;
  const taken = lines.map(({ node, ...line }) => ({ ...line, ...(node !== undefined && { node: node as NodeId }) }));
  const said = { lines: taken, amountMinor: toMinor(amount, currency), reason };
  const about = aboutOf(json, json.at, world);
  return named(refundMessage(about, digestHex(JSON.stringify([about.at, said])), said), json.message);
}

function readState(json: OrderState, world: World): ShopMessage {
  const about = aboutOf(json, json.at ?? json.placedAt, world);
  return named(stateMessage(json.kind ?? 'place', about, orderOf(json, world)), json.message);
}

function orderOf(json: OrderState, { clock, gather }: World): ShopOrder {
  const { currency, shipTo, fulfilled, charges, customer } = json;
  const placedAt = timeOf(clock.read(json.placedAt, fulfilled?.node));
  return present<ShopOrder>({
    number: json.number,
    placedAt,
    currency,
    customer,
    shipTo: shipTo === undefined ? undefined : postalAddress({ ...shipTo, lines: shipTo.lines ?? [] }, gather),
    method: json.method ?? 'ship',
    pickupNode: json.pickupNode as NodeId | undefined,
    lines: json.lines.map((line, index) => lineOf(line, index, currency)),
    charges: charges?.map((charge) => chargeOf(charge, currency)),
    taxesIncluded: json.taxesIncluded === true ? true : undefined,
    tags: json.tags,
    priority: json.priority,
    reservation: json.reservation as ReservationId | undefined,
    group: json.group as GroupId | undefined,
    paid: json.paid,
    fulfilled: fulfilled && {
      node: fulfilled.node as NodeId,
      at: fulfilled.at === undefined ? placedAt : timeOf(clock.read(fulfilled.at, fulfilled.node)),
    },
    note: json.note,
  });
}

function lineOf(line: OrderState['lines'][number], index: number, currency: string): ShopLine {
  const { price = '0', discount, tax } = line;
  const unitMinor = toMinor(price, currency, 'price');
  lineValue(line.units, unitMinor);
  return present<ShopLine>({
    line: line.line ?? String(index + 1),
    sku: skuOf(line.sku),
    name: line.name,
    units: line.units,
    unitMinor,
    discountMinor: discount === undefined ? undefined : toMinor(discount, currency, 'discount'),
    taxMinor: tax === undefined ? undefined : toMinor(tax, currency, 'tax'),
    node: line.node as NodeId | undefined,
  });
}

function chargeOf(charge: NonNullable<OrderState['charges']>[number], currency: string): ShopCharge {
  const { kind, name, amount, tax } = charge;
  return present<ShopCharge>({
    kind,
    name,
    amountMinor: toMinor(amount, currency),
    taxMinor: tax === undefined ? undefined : toMinor(tax, currency, 'tax'),
  });
}
