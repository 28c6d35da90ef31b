import type { Minor, ShopCharge, ShopLine } from '../../engine/contract/shop-order.ts';
import { idOf, listOf, mustId, present, skuOf, textOf, unitsOf } from './fields.ts';
import type { Json } from './fields.ts';
import { allocate, lineValue, minorOf, shareTax } from './money.ts';
import type { OrderGather } from './order-gather.ts';
import { isGoods } from './shopify-refund.ts';

interface Priced {
  readonly json: Json;
  readonly units: number;
  /** Before discounts, the whole line. */
  readonly valueMinor: Minor;
  discountMinor: Minor;
  taxMinor: Minor;
}

/**
 * Lines and charges of an order. Discounts of the whole order that its lines do not show are spread over them by value, and
 * so is tax, so that the sums are the shop's to the cent (rule CS5). Goods are lines; gift cards, services and what was
 * typed in by hand are charges, since no stock stands behind them.
 */
export function readShopifyLines(
  order: Json,
  currency: string,
  gather: OrderGather,
): { readonly lines: readonly ShopLine[]; readonly charges: readonly ShopCharge[] } {
  const priced = listOf(order, 'line_items').map((json) => readPriced(json, currency));
  const shipping = listOf(order, 'shipping_lines').map((json) => shippingCharge(json, currency));
  spreadDiscount(priced, order, currency, gather);
  spreadTax(priced, shipping, order, currency);
  const goods = priced.filter(({ json }) => isGoods(json));
  const others = priced.filter(({ json }) => !isGoods(json));
  return {
    lines: goods.map((line) => lineOf(line, order, currency)),
    charges: [...others.map(chargeOf), ...shipping, ...tipOf(order, currency)],
  };
}

function readPriced(json: Json, currency: string): Priced {
  const units = unitsOf(json, 'quantity');
  const allocated = sumOf(json, 'discount_allocations', 'amount', currency);
  return {
    json,
    units,
    valueMinor: lineValue(units, minorOf(json, 'price', currency)),
    // Older messages have the sum alone; newer ones have both, and there the sum leaves out what the order gave.
    discountMinor: json['discount_allocations'] === undefined ? minorOf(json, 'total_discount', currency) : allocated,
    taxMinor: sumOf(json, 'tax_lines', 'price', currency),
  };
}

function sumOf(json: Json, list: string, field: string, currency: string): Minor {
  return listOf(json, list).reduce((sum, row) => sum + minorOf(row, field, currency), 0);
}

function shippingCharge(json: Json, currency: string): ShopCharge {
  const taxMinor = sumOf(json, 'tax_lines', 'price', currency);
  return {
    kind: 'shipping',
    name: textOf(json, 'title') ?? textOf(json, 'code') ?? 'Shipping',
    amountMinor: minorOf(json, 'price', currency) - sumOf(json, 'discount_allocations', 'amount', currency),
    ...(taxMinor !== 0 && { taxMinor }),
  };
}

function spreadDiscount(lines: readonly Priced[], order: Json, currency: string, gather: OrderGather): void {
  const shown = lines.reduce((sum, { discountMinor }) => sum + discountMinor, 0);
  const ofShipping = listOf(order, 'shipping_lines').reduce(
    (sum, line) => sum + sumOf(line, 'discount_allocations', 'amount', currency),
    0,
  );
  const left = minorOf(order, 'total_discounts', currency) - shown - ofShipping;
  if (left <= 0) return;
  const values = lines.map(({ valueMinor, discountMinor }) => Math.max(0, valueMinor - discountMinor));
  const most = values.reduce((sum, value) => sum + value, 0);
  if (left > most) gather.parts.warn('a discount is larger than the order; it takes all of it');
  const shares = allocate(Math.min(left, most), values);
  for (const [index, line] of lines.entries()) line.discountMinor += shares[index] ?? 0;
}

function spreadTax(lines: readonly Priced[], shipping: readonly ShopCharge[], order: Json, currency: string): void {
  const ofShipping = shipping.reduce((sum, { taxMinor = 0 }) => sum + taxMinor, 0);
  if (order['total_tax'] === undefined || order['total_tax'] === null) return;
  const shares = shareTax(
    minorOf(order, 'total_tax', currency) - ofShipping,
    lines.map(({ taxMinor }) => taxMinor),
    lines.map(({ valueMinor, discountMinor }) => valueMinor - discountMinor),
  );
  for (const [index, line] of lines.entries()) line.taxMinor = shares[index] ?? 0;
}

function lineOf({ json, units, discountMinor, taxMinor }: Priced, order: Json, currency: string): ShopLine {
  return present<ShopLine>({
    line: mustId(json, 'id'),
    sku: skuOf(textOf(json, 'sku') ?? idOf(json, 'variant_id')),
    name: textOf(json, 'name') ?? textOf(json, 'title'),
    units: units - editedAway(json, units, order),
    unitMinor: minorOf(json, 'price', currency),
    discountMinor: discountMinor === 0 ? undefined : discountMinor,
    taxMinor: taxMinor === 0 ? undefined : taxMinor,
  });
}

/** Units an edit took from the line without a refund that says so: refunds tell about their own. */
function editedAway(json: Json, units: number, order: Json): number {
  if (json['current_quantity'] === undefined || json['current_quantity'] === null) return 0;
  const refunded = listOf(order, 'refunds')
    .flatMap((refund) => listOf(refund, 'refund_line_items'))
    .filter((line) => line['line_item_id'] === json['id'])
    .reduce((sum, line) => sum + unitsOf(line, 'quantity'), 0);
  return Math.min(units, Math.max(0, units - unitsOf(json, 'current_quantity') - refunded));
}

function chargeOf({ json, valueMinor, discountMinor, taxMinor }: Priced): ShopCharge {
  const name = textOf(json, 'name') ?? textOf(json, 'title') ?? 'Item without stock';
  return { kind: 'other', name, amountMinor: valueMinor - discountMinor, ...(taxMinor !== 0 && { taxMinor }) };
}

function tipOf(order: Json, currency: string): readonly ShopCharge[] {
  const amountMinor = minorOf(order, 'total_tip_received', currency);
  return amountMinor === 0 ? [] : [{ kind: 'other', name: 'Tip', amountMinor }];
}
