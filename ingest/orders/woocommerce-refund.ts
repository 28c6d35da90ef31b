import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import type { Clock } from '../formats/local-time.ts';
import { fail, idOf, isObject, listOf, mustId, timeOf, unitsOf } from './fields.ts';
import type { Json } from './fields.ts';
import { refundMessage } from './message-id.ts';
import { minorOf } from './money.ts';
import type { OrderGather } from './order-gather.ts';
import type { OrderContext } from './source.ts';

export interface WooWorld {
  readonly context: OrderContext;
  readonly clock: Clock;
  readonly gather: OrderGather;
}

/** A time of the shop: the one in GMT where there is one, else the shop's own in its zone. */
export function wooTime(json: Json, field: string, { clock }: WooWorld): number {
  const gmt = json[`${field}_gmt`];
  // GMT is written without an offset.
  if (typeof gmt === 'string' && gmt !== '')
    return timeOf(clock.read(/[zZ]$|[+-]\d\d:?\d\d$/.test(gmt) ? gmt : `${gmt}Z`, undefined));
  return timeOf(clock.read(json[field], undefined));
}

/** Money of a refund, as the order's short list has it: id, reason, total (negative). */
export function moneyRefund(
  json: Json,
  order: { readonly id: string; readonly at: number; readonly currency: string },
  { context }: WooWorld,
): ShopMessage {
  const amountMinor = Math.abs(minorOf(json, 'total', order.currency));
  const reason =
    typeof json['reason'] === 'string' && json['reason'] !== ''
      ? json['reason'].slice(0, 500).toWellFormed()
      : undefined;
  // The short form has no time; the order's own never changes, so each showing of it is the same message.
  const about = { channel: context.channel, channelOrderId: order.id, at: order.at };
  return refundMessage(about, mustId(json, 'id'), { lines: [], amountMinor, reason });
}

/** Units of a refund that was asked for by itself. Its order stands in the link up, or as parent_id. */
export function readWooRefund(json: Json, world: WooWorld): ShopMessage {
  const about = {
    channel: world.context.channel,
    channelOrderId: parentOf(json),
    at: wooTime(json, 'date_created', world),
  };
  const lines = listOf(json, 'line_items').map((line) => ({
    line: refundedLine(line),
    units: unitsOf(
      { quantity: typeof line['quantity'] === 'number' ? Math.abs(line['quantity']) : line['quantity'] },
      'quantity',
    ),
    restock: 'cancel' as const,
  }));
  // Money without units: a line of quantity 0 takes nothing back.
  const taken = lines.filter(({ units }) => units > 0);
  return refundMessage(about, `${mustId(json, 'id')}-units`, { lines: taken, amountMinor: 0, reason: undefined });
}

function parentOf(json: Json): string {
  const parent = idOf(json, 'parent_id');
  if (parent !== undefined && parent !== '0') return parent;
  const [up] = isObject(json['_links']) ? listOf(json['_links'], 'up') : [];
  const id = typeof up?.['href'] === 'string' ? /\/orders\/(\d{1,20})$/.exec(up['href'].slice(-200))?.[1] : undefined;
  return id ?? fail('no-order', 'the refund names its order neither as parent_id nor in the link up');
}

function refundedLine(line: Json): string {
  const said = listOf(line, 'meta_data').find(({ key }) => key === '_refunded_item_id');
  return said === undefined
    ? fail('no-line', 'the refunded line does not name the line of the order it is')
    : mustId(said, 'value');
}
