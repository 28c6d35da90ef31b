import type { Minor, ShopMessage } from '../../engine/contract/shop-order.ts';
import type { Clock } from '../formats/local-time.ts';
import { fail, idOf, isObject, listOf, mustId, nodeBehind, present, textOf, timeOf, unitsOf } from './fields.ts';
import type { Json } from './fields.ts';
import { refundMessage } from './message-id.ts';
import { currencyOf, minorOf } from './money.ts';
import type { OrderGather } from './order-gather.ts';
import type { OrderContext } from './source.ts';

export interface ShopifyWorld {
  readonly context: OrderContext;
  readonly clock: Clock;
  readonly gather: OrderGather;
}

type Refund = Extract<ShopMessage, { kind: 'refund' }>;
type RefundLine = Refund['lines'][number];

/**
 * A refund, alone or inside its order. `restock_type` says what becomes of the units, in Shopify's own sense:
 *
 *   cancel      not shipped and no longer wanted        return       came back, to location_id
 *   no_restock  money only: they still ship, or stay with the customer
 *   none, or legacy_restock (before 2018): `restock` of the refund decides between them and no_restock
 *
 * The amount is what its transactions give back; a pending one counts, the bank is slower than we are.
 */
export function readShopifyRefund(refund: Json, order: Json | undefined, world: ShopifyWorld): Refund {
  const at = timeOf(world.clock.read(refund['created_at'], undefined));
  const about = { channel: world.context.channel, channelOrderId: orderIdOf(refund, order), at };
  const lines = listOf(refund, 'refund_line_items')
    .filter((line) => isGoods(lineItemOf(line, order)))
    .map((line) => readLine(line, refund, order, world));
  const amountMinor = amountOf(refund, order);
  return refundMessage(about, mustId(refund, 'id'), { lines, amountMinor, reason: textOf(refund, 'note') });
}

function orderIdOf(refund: Json, order: Json | undefined): string {
  return order === undefined ? mustId(refund, 'order_id') : mustId(order, 'id');
}

/** Whether a line takes stock: gift cards, services and lines typed in by hand do not. */
export function isGoods(line: Json | undefined): boolean {
  if (line === undefined) return true;
  const named = textOf(line, 'sku') !== undefined || idOf(line, 'variant_id') !== undefined;
  return named && line['requires_shipping'] !== false && line['gift_card'] !== true;
}

/** The line as the refund repeats it, or as the order around it has it. */
function lineItemOf(line: Json, order: Json | undefined): Json | undefined {
  const own = line['line_item'];
  if (isObject(own)) return own;
  if (order === undefined) return undefined;
  return listOf(order, 'line_items').find((item) => item['id'] === line['line_item_id']);
}

function readLine(line: Json, refund: Json, order: Json | undefined, { context, gather }: ShopifyWorld): RefundLine {
  const restock = restockOf(line, refund, order);
  const location = idOf(line, 'location_id');
  const node = restock === 'return' ? nodeBehind(location, context) : undefined;
  if (restock === 'return' && location !== undefined && node === undefined) {
    gather.parts.warn(`returned to location ${location}, behind which there is no node of ours`);
  }
  return present<RefundLine>({
    line: mustId(line, 'line_item_id'),
    units: unitsOf(line, 'quantity', 1),
    restock,
    node,
  });
}

function restockOf(line: Json, refund: Json, order: Json | undefined): RefundLine['restock'] {
  switch (line['restock_type']) {
    case 'cancel':
    case 'return':
      return line['restock_type'];
    case 'no_restock':
      return 'none';
    case undefined:
    case null:
    case 'legacy_restock':
      if (refund['restock'] !== true && line['restock_type'] !== 'legacy_restock') return 'none';
      return lineItemOf(line, order)?.['fulfillment_status'] === 'fulfilled' ? 'return' : 'cancel';
    default:
      return fail('unknown-restock', 'restock_type must be cancel, return, no_restock or legacy_restock');
  }
}

const GIVES_BACK = new Set(['success', 'pending']);

function amountOf(refund: Json, order: Json | undefined): Minor {
  const paid = listOf(refund, 'transactions').filter(
    ({ kind, status }) => kind === 'refund' && typeof status === 'string' && GIVES_BACK.has(status),
  );
  return paid.reduce((sum, transaction) => {
    const said = transaction['currency'] === undefined ? order : transaction;
    return sum + minorOf(transaction, 'amount', currencyOf(said ?? transaction, 'currency'));
  }, 0);
}
