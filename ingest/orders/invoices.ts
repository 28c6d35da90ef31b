import type { Sku } from '../../engine/contract/ids.ts';
import { ORDER_LINES_MAX } from '../../engine/contract/shop-order.ts';
import type { ShopCharge, ShopLine, ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';
import type { DeltaEvent } from '../../engine/contract/stock-event.ts';
import { Clock } from '../formats/local-time.ts';
import { readText } from '../formats/text.ts';
import { fail, present, timeOf, tryRead } from './fields.ts';
import type { Refusal } from './fields.ts';
import { InvoiceSales } from './invoice-cancellations.ts';
import { INVOICE_CURRENCY, readInvoiceRows } from './invoice-rows.ts';
import type { Invoice, InvoiceRow } from './invoice-rows.ts';
import { movement } from './invoice-stock.ts';
import { stateMessage } from './message-id.ts';
import { OrderGather } from './order-gather.ts';
import type { OrderContext, OrderFormat } from './source.ts';

/**
 * Invoices as CSV, in the shape of the public data set UCI "Online Retail": InvoiceNo, StockCode, Description, Quantity,
 * InvoiceDate, UnitPrice (GBP), CustomerID, Country, a row per line. An invoice is whole within one body.
 *
 *   "536365"    an order, shipped. Its rows:
 *                 POST, C2, DOT, D, M, BANK CHARGES … and vouchers     charges: no stock stands behind them
 *                 Quantity below 0                                     a write-off: a movement of stock at the warehouse
 *                 no price and no customer                             a find, likewise
 *   "C536379"   a cancellation: refunds of the sales it finds (invoice-cancellations.ts), the rest a return of stock
 *   "A563185"   a booking about bad debt: ignored
 *
 * The currency is not in the file: it is GBP. Times are the warehouse's. One bad row refuses its invoice, the others count.
 */
export const readInvoices: OrderFormat = (bytes, context) => {
  const gather = new OrderGather();
  const body = readText(bytes);
  if (!('text' in body)) return gather.refuseWhole(body.code, body.message, body.original);
  if (body.text.trim() === '') return gather.result();
  const list = readInvoiceRows(body.text);
  if ('code' in list) return gather.refuseWhole(list.code, list.message, body.text);
  const sales = new InvoiceSales();
  const world: World = { context, clock: new Clock(context), gather, sales };
  takeInvoices(list.invoices, world);
  if (list.broken !== undefined) gather.parts.refuse({ ...list.broken, original: list.header });
  for (const { words, times } of world.clock.warnings()) gather.parts.warn(words, times);
  return gather.result();
};

interface World {
  readonly context: OrderContext;
  readonly clock: Clock;
  readonly gather: OrderGather;
  readonly sales: InvoiceSales;
}

interface Cancellation {
  readonly invoice: Invoice;
  readonly at: number;
}

/** Sales first: a cancellation may stand before its sale. */
function takeInvoices(invoices: readonly Invoice[], world: World): void {
  const cancellations: Cancellation[] = [];
  for (const invoice of invoices) {
    const made = tryRead(() => readInvoice(invoice, world, cancellations));
    if (
      !('code' in made) ||
      world.gather.parts.refuse({ ...made, place: placeOf(invoice), original: invoice.original() })
    )
      continue;
    return world.gather.parts.stop(placeOf(invoice), '');
  }
  const inOrder = cancellations.toSorted((a, b) => a.at - b.at || (a.invoice.id < b.invoice.id ? -1 : 1));
  for (const cancellation of inOrder) takeCancellation(cancellation, world);
}

const placeOf = ({ id, line }: Invoice): string => `invoice ${id}, line ${line}`;

function readInvoice(invoice: Invoice, world: World, cancellations: Cancellation[]): object | Refusal {
  if (invoice.fault !== undefined) return invoice.fault;
  const { gather, clock, context } = world;
  if (/^A\d+$/.test(invoice.id)) {
    gather.ignore('a booking about bad debt');
    return {};
  }
  const at = timeOf(clock.read(invoice.rows[0]?.date, context.warehouse));
  if (/^C\d+$/.test(invoice.id)) return (cancellations.push({ invoice, at }), {});
  if (!/^\d{1,20}$/.test(invoice.id))
    return fail('malformed-invoice', 'InvoiceNo must be digits, after C for a cancellation or A for a booking');
  takeOrder(invoice, at, world);
  return {};
}

function takeOrder(invoice: Invoice, at: number, { context, gather, sales }: World): void {
  const lines: ShopLine[] = [];
  const charges: ShopCharge[] = [];
  const moved: { readonly event: DeltaEvent; readonly row: InvoiceRow }[] = [];
  const seen = new Map<string, number>();
  for (const row of invoice.rows) {
    if (row.charge !== undefined)
      charges.push({ kind: row.charge, name: row.name ?? row.code, amountMinor: row.units * row.unitMinor });
    else if (row.units < 0 || (row.unitMinor === 0 && row.customer === undefined))
      moved.push({ event: movement(row, at, context), row });
    else lines.push(lineOf(row, seen));
  }
  if (lines.length > ORDER_LINES_MAX)
    fail('too-many-lines', `an order has at most ${ORDER_LINES_MAX} lines, this one has ${lines.length}`);
  for (const { event } of moved)
    gather.parts.events.push({ event, place: placeOf(invoice), original: invoice.original });
  if (lines.length === 0) {
    if (charges.length > 0) gather.ignore('an invoice without goods: nothing to fulfil');
    return;
  }
  const message = placed(invoice, { at, lines, charges }, context);
  gather.add({ message, place: placeOf(invoice), original: invoice.original });
  sales.add(invoice, at, lines);
}

function lineOf(row: InvoiceRow, seen: Map<string, number>): ShopLine {
  const times = (seen.get(row.code) ?? 0) + 1;
  seen.set(row.code, times);
  const line = times === 1 ? row.code : `${row.code}#${times}`;
  return present<ShopLine>({ line, sku: row.code as Sku, name: row.name, units: row.units, unitMinor: row.unitMinor });
}

function placed(
  { id, rows }: Invoice,
  {
    at,
    lines,
    charges,
  }: { readonly at: number; readonly lines: readonly ShopLine[]; readonly charges: readonly ShopCharge[] },
  { channel }: OrderContext,
): ShopMessage {
  const [first] = rows;
  const order = present<ShopOrder>({
    number: id,
    placedAt: at,
    currency: INVOICE_CURRENCY,
    customer: first?.customer === undefined ? undefined : { id: first.customer },
    shipTo: first?.country === undefined ? undefined : { lines: [], country: first.country },
    method: 'ship',
    lines,
    charges: charges.length === 0 ? undefined : charges,
    paid: 'paid',
  });
  return stateMessage('place', { channel, channelOrderId: id, at }, order);
}

function takeCancellation({ invoice, at }: Cancellation, { context, gather, sales }: World): void {
  const made = tryRead(() => sales.cancel(invoice, at, context));
  if ('code' in made) {
    gather.parts.refuse({ ...made, place: placeOf(invoice), original: invoice.original() });
    return;
  }
  for (const { message, original } of made.refunds) gather.add({ message, place: placeOf(invoice), original });
  for (const event of made.returned)
    gather.parts.events.push({ event, place: placeOf(invoice), original: invoice.original });
  if (made.returned.length > 0)
    gather.ignore('money of a cancellation whose sale is not among these invoices; its units are a return');
  if (made.moneyOnly) gather.ignore('a cancellation of charges whose order is not among these invoices');
}
