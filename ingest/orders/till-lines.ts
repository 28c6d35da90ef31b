import { readDecimal } from '../formats/decimal.ts';
import { flagged, isStock, linesOf, readItem } from '../formats/poslog-transaction.ts';
import { childOf, textOf } from '../formats/poslog-xml.ts';
import type { XmlElement } from '../formats/poslog-xml.ts';
import { shown } from '../formats/text.ts';
import type { Minor, ShopLine } from '../../engine/contract/shop-order.ts';
import { fail, must, present, UNITS_MAX } from './fields.ts';
import { lineValue, toMinor } from './money.ts';
import type { OrderContext } from './source.ts';

/** An item of a receipt that is goods: sold, or brought back. */
export interface Goods {
  readonly item: XmlElement;
  readonly line: string;
  readonly sold: boolean;
  /** Of its amount, >= 0; decimals for what is weighed. */
  readonly quantity: number;
}

export function goodsOf(retail: XmlElement): readonly Goods[] {
  return linesOf(retail).flatMap((line, index) => {
    const item = childOf(line, 'Sale') ?? childOf(line, 'Return');
    if (item === undefined || flagged(line, 'VoidFlag') || !isStock(item)) return [];
    const said = textOf(item, 'Quantity');
    const quantity = said === undefined ? 1 : readDecimal(said);
    if (quantity === undefined || Math.abs(quantity) > UNITS_MAX)
      return fail('malformed-quantity', `Quantity must be a decimal number, got ${shown(said)}`);
    if (quantity === 0) return [];
    const sold = (item.name === 'Sale') === quantity > 0;
    return [{ item, line: textOf(line, 'SequenceNumber') ?? String(index + 1), sold, quantity: Math.abs(quantity) }];
  });
}

export function lineOf(goods: Goods, currency: string, context: OrderContext): ShopLine {
  const { item, line, quantity } = goods;
  const sku = must(readItem(item, context));
  const weighed = !Number.isInteger(quantity);
  const units = weighed ? 1 : quantity;
  const after = extendedOf(goods, currency);
  const before = weighed ? after : Math.max(after, units * priceOf(item, currency));
  const unitMinor = Math.ceil(before / units);
  const discountMinor = lineValue(units, unitMinor) - after;
  const taxMinor = taxOf(item, currency);
  return present<ShopLine>({
    line,
    sku,
    name: textOf(item, 'Description'),
    units,
    unitMinor,
    discountMinor: discountMinor === 0 ? undefined : discountMinor,
    taxMinor: taxMinor === 0 ? undefined : taxMinor,
  });
}

/** What was paid for an item, its tax included. */
export function paidFor(goods: Goods, currency: string): Minor {
  return extendedOf(goods, currency) + taxOf(goods.item, currency);
}

/** The whole line after discounts; an old till that does not say it sold at its price. */
function extendedOf({ item, quantity }: Goods, currency: string): Minor {
  const said = textOf(item, 'ExtendedAmount');
  if (said !== undefined) return Math.abs(toMinor(said, currency, 'ExtendedAmount'));
  return Math.round(priceOf(item, currency) * quantity);
}

function priceOf(item: XmlElement, currency: string): Minor {
  const said = textOf(item, 'RegularSalesUnitPrice');
  return said === undefined ? 0 : Math.abs(toMinor(said, currency, 'RegularSalesUnitPrice'));
}

function taxOf(item: XmlElement, currency: string): Minor {
  const taxes = item.children.filter(({ name }) => name === 'Tax');
  return taxes.reduce((sum, tax) => sum + Math.abs(toMinor(textOf(tax, 'Amount') ?? '0', currency, 'Tax/Amount')), 0);
}
