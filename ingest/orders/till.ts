import { Clock } from '../formats/local-time.ts';
import { hasNoEffect } from '../formats/poslog-transaction.ts';
import { linkedReceipt, readReceipt, voidedReceipt } from '../formats/poslog-receipt.ts';
import type { Receipt } from '../formats/poslog-receipt.ts';
import { childOf, readTransactions, textOf } from '../formats/poslog-xml.ts';
import type { XmlElement } from '../formats/poslog-xml.ts';
import { readText } from '../formats/text.ts';
import type { ShopCustomer, ShopMessage } from '../../engine/contract/shop-order.ts';
import { fail, present } from './fields.ts';
import type { Refusal } from './fields.ts';
import { refundMessage, stateMessage } from './message-id.ts';
import { OrderGather } from './order-gather.ts';
import type { OrderContext, OrderFormat } from './source.ts';
import { goodsOf, lineOf, paidFor } from './till-lines.ts';

/**
 * ARTS POSLog of tills, as orders of customers (the same file's stock is formats/poslog.ts, and goes to the feed's door):
 *
 *   a receipt with a customer (Customer/CustomerID, else LoyaltyAccount)      place, fulfilled there and then
 *     its Return lines that name their receipt (TransactionLink)              a refund of that order
 *   a post-void with a customer                                               a refund of the receipt it annuls, whole
 *   without a customer, training, control, suspended, returns without a link: ignored, with the reason
 *
 * Prices are as the receipt shows them; a tax line of an item is tax upon it. A weighed item is one unit of its price. Units
 * never come back by these messages (`none`): the till's feed says so itself. The order's id is the receipt's, as in the feed.
 */
export const readTillOrders: OrderFormat = (bytes, context) => {
  const gather = new OrderGather();
  const body = readText(bytes);
  if (!('text' in body)) return gather.refuseWhole(body.code, body.message, body.original);
  if (body.text.trim() === '') return gather.result();
  const world = { context, clock: new Clock(context), gather };
  let stopped = false;
  const broken = readTransactions(body.text, ({ element, number, original }) => {
    if (stopped || gather.take(`transaction ${number}`, original, () => readSale(element, world))) return;
    stopped = true;
    gather.parts.stop(`transaction ${number + 1}`, '');
  });
  // XML has no half: what was read before the fault is void.
  if (broken !== undefined) return new OrderGather().refuseWhole(broken.code, broken.message, body.text);
  for (const { words, times } of world.clock.warnings()) gather.parts.warn(words, times);
  return gather.result();
};

interface World {
  readonly context: OrderContext;
  readonly clock: Clock;
  readonly gather: OrderGather;
}

type Read = readonly ShopMessage[] | Refusal | { readonly ignored: string };

function readSale(transaction: XmlElement, world: World): Read {
  const retail = childOf(transaction, 'RetailTransaction');
  if (retail === undefined || hasNoEffect(transaction, retail))
    return { ignored: 'a transaction of a till that sold nothing' };
  const customer = customerOf(retail);
  if (customer === undefined) return { ignored: 'a till sale without a customer' };
  const receipt = readReceipt(transaction, retail, world.context, world.clock);
  if ('code' in receipt) return receipt;
  const currency = textOf(transaction, 'CurrencyCode') ?? '';
  if (!/^[A-Z]{3}$/.test(currency))
    return fail('malformed-currency', 'the transaction has no CurrencyCode of ISO 4217');
  const voided = voidedReceipt(retail, receipt);
  if (voided !== undefined) return [voidOf(voided, retail, receipt, currency, world)];
  return [...saleOf(retail, receipt, { customer, currency }, world), ...returnsOf(retail, receipt, currency, world)];
}

function customerOf(retail: XmlElement): ShopCustomer | undefined {
  const customer = childOf(retail, 'Customer');
  const loyalty = childOf(retail, 'LoyaltyAccount');
  const id = textOf(customer, 'CustomerID') ?? textOf(loyalty, 'CustomerID') ?? textOf(loyalty, 'LoyaltyAccountID');
  return id === undefined ? undefined : present<ShopCustomer>({ id, name: textOf(customer, 'Name') });
}

function aboutOf(id: string, { at }: Receipt, { context }: World) {
  return { channel: context.channel, channelOrderId: id, at };
}

function saleOf(
  retail: XmlElement,
  receipt: Receipt,
  { customer, currency }: { readonly customer: ShopCustomer; readonly currency: string },
  world: World,
): readonly ShopMessage[] {
  const lines = goodsOf(retail)
    .filter(({ sold }) => sold)
    .map((goods) => lineOf(goods, currency, world.context));
  if (lines.length === 0) return [];
  const { node, at } = receipt;
  const order = {
    placedAt: at,
    currency,
    customer,
    method: 'pickup',
    pickupNode: node,
    lines,
    paid: 'paid',
    fulfilled: { node, at },
  } as const;
  return [stateMessage('place', aboutOf(receipt.id, receipt, world), order)];
}

/** Money of what came back, for each receipt it was bought with. */
function returnsOf(retail: XmlElement, receipt: Receipt, currency: string, world: World): readonly ShopMessage[] {
  const back = new Map<string, { line: string; units: number; restock: 'none'; amountMinor: number }[]>();
  for (const goods of goodsOf(retail).filter(({ sold }) => !sold)) {
    const link = childOf(goods.item, 'TransactionLink');
    const line = textOf(link, 'LineItemSequenceNumber');
    if (link === undefined || line === undefined) {
      world.gather.ignore(
        'a return at a till that does not name the line it was bought with; its stock is in the till’s feed',
      );
      continue;
    }
    const id = linkedReceipt(link, receipt.fields);
    const { units } = lineOf(goods, currency, world.context);
    const amountMinor = paidFor(goods, currency);
    back.set(id, [...(back.get(id) ?? []), { line, units, restock: 'none', amountMinor }]);
  }
  return [...back].map(([id, rows]) => {
    const amountMinor = rows.reduce((sum, row) => sum + row.amountMinor, 0);
    const lines = rows.map(({ line, units, restock }) => ({ line, units, restock }));
    return refundMessage(aboutOf(id, receipt, world), receipt.id, { lines, amountMinor, reason: undefined });
  });
}

function voidOf(voided: string, retail: XmlElement, receipt: Receipt, currency: string, world: World): ShopMessage {
  const sold = goodsOf(retail).filter((goods) => goods.sold);
  const lines = sold.map((goods) => {
    const { line, units } = lineOf(goods, currency, world.context);
    return { line, units, restock: 'none' as const };
  });
  const amountMinor = sold.reduce((sum, goods) => sum + paidFor(goods, currency), 0);
  return refundMessage(aboutOf(voided, receipt, world), `void-${receipt.id}`, {
    lines,
    amountMinor,
    reason: 'post-void',
  });
}
