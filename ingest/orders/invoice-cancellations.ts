import type { ShopLine, ShopMessage } from '../../engine/contract/shop-order.ts';
import type { DeltaEvent } from '../../engine/contract/stock-event.ts';
import type { Invoice, InvoiceRow } from './invoice-rows.ts';
import { movement } from './invoice-stock.ts';
import { refundMessage } from './message-id.ts';
import type { OrderContext } from './source.ts';

// A cancellation names no invoice, only its customer and what came back. Its sale is searched: of the same customer and
// stock code, the newest one not after it, then the older ones, then those after it, oldest first (a cancellation may
// stand before its sale), each as far as it has units left. What is found nowhere is stock that came back, and no refund.

interface Sale {
  readonly invoice: Invoice;
  readonly at: number;
}

interface SoldLine {
  readonly sale: Sale;
  readonly line: string;
  left: number;
}

type Refund = Extract<ShopMessage, { kind: 'refund' }>;

interface Back {
  readonly sale: Sale;
  readonly lines: Map<string, number>;
  amountMinor: number;
}

export interface Cancelled {
  readonly refunds: readonly { readonly message: Refund; readonly original: () => string }[];
  readonly returned: readonly DeltaEvent[];
  /** Charges came back of which no order is known. */
  readonly moneyOnly: boolean;
}

const DAY_MS = 86_400_000;

export class InvoiceSales {
  private readonly lines = new Map<string, SoldLine[]>();
  private readonly sales = new Map<string, Sale[]>();

  add(invoice: Invoice, at: number, lines: readonly ShopLine[]): void {
    const customer = invoice.rows[0]?.customer;
    // Guests are not one customer.
    if (customer === undefined) return;
    const sale = { invoice, at };
    push(this.sales, customer, sale);
    for (const { line, sku, units } of lines) push(this.lines, `${customer} ${sku}`, { sale, line, left: units });
  }

  cancel(invoice: Invoice, at: number, context: OrderContext): Cancelled {
    const backs = new Map<Sale, Back>();
    const returned: DeltaEvent[] = [];
    for (const row of invoice.rows.filter(({ charge }) => charge === undefined)) {
      const rest = this.giveBack(row, at, backs);
      if (rest > 0) returned.push(movement(row, at, context, rest));
    }
    const moneyOnly = !this.giveMoney(invoice, at, backs);
    const refunds = [...backs.values()].map((back) => refundOf(back, invoice, at, context));
    return { refunds, returned, moneyOnly };
  }

  /** Units that no sale is found for. */
  private giveBack(row: InvoiceRow, at: number, backs: Map<Sale, Back>): number {
    let rest = Math.abs(row.units);
    for (const sold of byLikelihood(this.lines.get(`${row.customer} ${row.code}`) ?? [], at, ({ sale }) => sale)) {
      const units = Math.min(rest, sold.left);
      if (units === 0) continue;
      sold.left -= units;
      rest -= units;
      const back = backOf(sold.sale, backs);
      back.lines.set(sold.line, (back.lines.get(sold.line) ?? 0) + units);
      back.amountMinor += units * row.unitMinor;
    }
    return rest;
  }

  /** Charges go back with the goods, or on the likeliest order of the customer; false when there is none. */
  private giveMoney(invoice: Invoice, at: number, backs: Map<Sale, Back>): boolean {
    const charges = invoice.rows.filter(({ charge }) => charge !== undefined);
    const amountMinor = charges.reduce((sum, { units, unitMinor }) => sum - units * unitMinor, 0);
    if (charges.length === 0) return true;
    const [first] = backs.values();
    const [sale] = byLikelihood(this.sales.get(invoice.rows[0]?.customer ?? '') ?? [], at, (one) => one);
    const back = first ?? (sale === undefined ? undefined : backOf(sale, backs));
    if (back !== undefined) back.amountMinor += amountMinor;
    return back !== undefined;
  }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key) ?? [];
  list.push(value);
  lists.set(key, list);
}

function byLikelihood<T>(list: readonly T[], at: number, saleOf: (one: T) => Sale): readonly T[] {
  const before = list.filter((one) => saleOf(one).at <= at).toSorted((a, b) => saleOf(b).at - saleOf(a).at);
  const after = list.filter((one) => saleOf(one).at > at).toSorted((a, b) => saleOf(a).at - saleOf(b).at);
  return [...before, ...after];
}

function backOf(sale: Sale, backs: Map<Sale, Back>): Back {
  const back = backs.get(sale) ?? { sale, lines: new Map<string, number>(), amountMinor: 0 };
  backs.set(sale, back);
  return back;
}

function refundOf(
  { sale, lines, amountMinor }: Back,
  invoice: Invoice,
  at: number,
  { channel, warehouse }: OrderContext,
) {
  // What is cancelled within a day of its sale has not left; later it came back.
  const restock = at - sale.at < DAY_MS ? 'cancel' : 'return';
  const taken = [...lines].map(([line, units]) => ({
    line,
    units,
    restock: restock as 'cancel' | 'return',
    ...(restock === 'return' && warehouse !== undefined && { node: warehouse }),
  }));
  const about = { channel, channelOrderId: sale.invoice.id, at };
  // A cancellation that charges more than it gives back gives nothing back.
  const said = { lines: taken, amountMinor: Math.max(0, amountMinor), reason: undefined };
  const rows = (text: string): string => text.slice(text.indexOf('\n') + 1);
  return {
    message: refundMessage(about, invoice.id, said),
    original: () => sale.invoice.original() + rows(invoice.original()),
  };
}
