import type { ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';
import { Clock } from '../formats/local-time.ts';
import { shown } from '../formats/text.ts';
import { postalAddress } from './address.ts';
import { fail, isObject, listOf, mustId, objectOf, present, skuOf, textOf, timeOf, unitsOf } from './fields.ts';
import type { Json, Refusal } from './fields.ts';
import { readJsonBody } from './json-body.ts';
import type { Part } from './json-body.ts';
import { cancelMessage, stateMessage } from './message-id.ts';
import { OrderGather } from './order-gather.ts';
import type { OrderContext, OrderFormat } from './source.ts';

/**
 * Notifications of Amazon's Selling Partner API about orders, as SQS delivers them (bare) or EventBridge (in `detail`).
 *
 *   ORDER_CHANGE of an order, not cancelled      place: ids, skus, units, postcode, marketplace. A later one is its edit
 *     a buyer who asks to cancel                 the tag `buyer-requested-cancel`: it is a request, the seller decides
 *   ORDER_CHANGE and ORDER_STATUS_CHANGE, cancelled      cancel
 *   of one item, or ORDER_STATUS_CHANGE otherwise: ignored, with the reason: one item does not say what the order is
 *   AFN (Amazon ships it), other types: ignored, with the reason
 *
 * A notification has **no prices, no name, no street and no buyer**. Amounts are 0 and the address is a postcode until a
 * caller fetches the order (Orders API, getOrder, getOrderItems and getOrderAddress, the latter with a restricted data
 * token) and sends it in our own JSON, as an edit of the same order id.
 */
export const readAmazonOrders: OrderFormat = (bytes, context) => {
  const gather = new OrderGather();
  const world = { context, clock: new Clock(context), gather };
  return readJsonBody(bytes, gather, partsOf, (json) => readNotification(json, world));
};

function partsOf(document: unknown): readonly Part[] | Refusal {
  if (Array.isArray(document))
    return document.map((value: unknown, index) => ({ place: `notification[${index}]`, value }));
  return [{ place: 'notification', value: document }];
}

interface World {
  readonly context: OrderContext;
  readonly clock: Clock;
  readonly gather: OrderGather;
}

type Read = readonly ShopMessage[] | Refusal | { readonly ignored: string };

function readNotification(json: Json, world: World): Read {
  const said = isObject(json['detail']) ? json['detail'] : json;
  const type = said['NotificationType'] ?? said['notificationType'];
  const payload = objectOf(said, 'Payload') ?? objectOf(said, 'payload');
  if (typeof type !== 'string' || payload === undefined) {
    return { code: 'not-a-notification', message: 'a notification has NotificationType and Payload' };
  }
  const change = objectOf(payload, 'OrderChangeNotification');
  if (change !== undefined) return readChange(change, said, world);
  const status = objectOf(payload, 'OrderStatusChangeNotification');
  if (status !== undefined) return readStatusChange(status, said, world);
  return { ignored: `a notification of type ${shown(type)}, which is not about orders` };
}

function aboutOf(change: Json, time: unknown, { context, clock }: World) {
  return {
    channel: context.channel,
    channelOrderId: mustId(change, 'AmazonOrderId'),
    at: timeOf(clock.read(time, undefined)),
  };
}

/** Deprecated by Amazon for ORDER_CHANGE, and sent once per item: all it can say of the order is that it ended. */
function readStatusChange(change: Json, said: Json, world: World): Read {
  if (change['OrderStatus'] !== 'Canceled')
    return { ignored: 'ORDER_STATUS_CHANGE names one item; ORDER_CHANGE shows the order' };
  return [cancelMessage(aboutOf(change, saidAt(said), world), 'Canceled at Amazon')];
}

function saidAt(said: Json): unknown {
  const metadata = objectOf(said, 'NotificationMetadata') ?? objectOf(said, 'notificationMetadata') ?? {};
  return said['EventTime'] ?? said['eventTime'] ?? metadata['PublishTime'];
}

function readChange(change: Json, said: Json, world: World): Read {
  const summary = objectOf(change, 'Summary') ?? fail('no-summary', 'the notification has no Summary of the order');
  const trigger = objectOf(change, 'OrderChangeTrigger') ?? {};
  const about = aboutOf(change, trigger['TimeOfOrderChange'] ?? saidAt(said), world);
  if (summary['FulfillmentType'] === 'AFN') return { ignored: 'Amazon fulfils this order itself (AFN)' };
  if (summary['OrderStatus'] === 'Canceled')
    return [cancelMessage(about, textOf(trigger, 'ChangeReason') ?? 'Canceled at Amazon')];
  if (change['NotificationLevel'] !== 'OrderLevel')
    return { ignored: 'the notification names one item; its order-level one shows the order' };
  return [stateMessage('place', about, orderOf(summary, about.at, world))];
}

function orderOf(summary: Json, at: number, { clock, gather }: World): ShopOrder {
  const items = listOf(summary, 'OrderItems');
  const market = MARKETS.get(textOf(summary, 'MarketplaceId') ?? '');
  if (market === undefined)
    fail(
      'unknown-marketplace',
      `the marketplace ${shown(summary['MarketplaceId'])} is not known, so neither is its currency`,
    );
  const placed = summary['PurchaseDate'];
  const postcode = textOf(summary, 'DestinationPostalCode');
  const tags = listOfText(summary['OrderPrograms']);
  if (items.some((item) => item['IsBuyerRequestedCancel'] === true)) tags.push('buyer-requested-cancel');
  const [country, currency] = market;
  return present<ShopOrder>({
    placedAt: placed === undefined || placed === null ? at : timeOf(clock.read(placed, undefined)),
    currency,
    shipTo: postcode === undefined ? undefined : postalAddress({ lines: [], postcode, country }, gather),
    method: 'ship',
    lines: items.map((item) => ({
      line: mustId(item, 'OrderItemId'),
      sku: skuOf(textOf(item, 'SellerSKU')),
      units: unitsOf(item, 'Quantity', 1),
      unitMinor: 0,
    })),
    tags: tags.length === 0 ? undefined : tags,
    paid: summary['OrderStatus'] === 'Pending' || summary['OrderStatus'] === 'PendingAvailability' ? 'pending' : 'paid',
  });
}

function listOfText(value: unknown): string[] {
  return Array.isArray(value)
    ? value.slice(0, 20).filter((word) => typeof word === 'string' && word.length <= 100)
    : [];
}

/** Amazon's marketplaces: country of its customers, currency of its prices. */
const MARKETS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['ATVPDKIKX0DER', ['US', 'USD']],
  ['A2EUQ1WTGCTBG2', ['CA', 'CAD']],
  ['A1AM78C64UM0Y8', ['MX', 'MXN']],
  ['A2Q3Y263D00KWC', ['BR', 'BRL']],
  ['A1F83G8C2ARO7P', ['GB', 'GBP']],
  ['A1PA6795UKMFR9', ['DE', 'EUR']],
  ['A13V1IB3VIYZZH', ['FR', 'EUR']],
  ['APJ6JRA9NG5V4', ['IT', 'EUR']],
  ['A1RKKUPIHCS9HS', ['ES', 'EUR']],
  ['A1805IZSGTT6HS', ['NL', 'EUR']],
  ['AMEN7PMS3EDWL', ['BE', 'EUR']],
  ['A28R8C7NBKEWEA', ['IE', 'EUR']],
  ['A2NODRKZP88ZB9', ['SE', 'SEK']],
  ['A1C3SOZRARQ6R3', ['PL', 'PLN']],
  ['A33AVAJ2PDY3EV', ['TR', 'TRY']],
  ['A2VIGQ35RCS4UG', ['AE', 'AED']],
  ['A17E79C6D8DWNP', ['SA', 'SAR']],
  ['ARBP9OOSHTCHU', ['EG', 'EGP']],
  ['A21TJRUUN4KGV', ['IN', 'INR']],
  ['A1VC38T7YXB528', ['JP', 'JPY']],
  ['A39IBJ37TRP1C6', ['AU', 'AUD']],
  ['A19VAU5U5O7RUS', ['SG', 'SGD']],
]);
