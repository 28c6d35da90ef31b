import type { Minor, ShopCharge, ShopLine } from '../../engine/contract/shop-order.ts';
import { idOf, listOf, mustId, present, skuOf, textOf, unitsOf } from './fields.ts';
import type { Json } from './fields.ts';
import { lineValue, minorOf, shareTax } from './money.ts';

/**
 * Lines of an order. The shop gives the value of a whole line before (`subtotal`) and after discounts (`total`), always
 * without tax, and no exact price of one unit: ours is the value divided by the units, rounded up, and what that is too
 * much is part of the discount. So three for 10.00 are 3 × 3.34 less 0.02, and the sum is the shop's to the cent (CS5).
 */
export function readWooLines(order: Json, currency: string): readonly ShopLine[] {
  const rows = listOf(order, 'line_items');
  const taxes = taxesOf(order, rows, currency);
  return rows.map((row, index) => {
    const units = unitsOf(row, 'quantity');
    const { unitMinor, discountMinor } = priceOf(row, units, currency);
    return present<ShopLine>({
      line: mustId(row, 'id'),
      sku: skuOf(textOf(row, 'sku') ?? productOf(row)),
      name: textOf(row, 'name'),
      units,
      unitMinor,
      discountMinor: discountMinor === 0 ? undefined : discountMinor,
      taxMinor: taxes[index] === 0 ? undefined : taxes[index],
    });
  });
}

function priceOf(
  row: Json,
  units: number,
  currency: string,
): { readonly unitMinor: Minor; readonly discountMinor: Minor } {
  if (units === 0) return { unitMinor: 0, discountMinor: 0 };
  const after = minorOf(row, 'total', currency);
  // A line that became dearer by hand has no discount: its price is what is paid.
  const before = Math.max(after, minorOf(row, 'subtotal', currency), 0);
  const unitMinor = Math.ceil(before / units);
  return { unitMinor, discountMinor: lineValue(units, unitMinor) - after };
}

/** The shop adds taxes up before it rounds; each line shows its own rounded. */
function taxesOf(order: Json, rows: readonly Json[], currency: string): readonly Minor[] {
  const taxes = rows.map((row) => minorOf(row, 'total_tax', currency));
  if (order['total_tax'] === undefined || order['total_tax'] === null) return taxes;
  const ofFees = listOf(order, 'fee_lines').reduce((sum, fee) => sum + minorOf(fee, 'total_tax', currency), 0);
  const ofShipping = listOf(order, 'shipping_lines').reduce(
    (sum, line) => sum + minorOf(line, 'total_tax', currency),
    0,
  );
  const sum = minorOf(order, 'total_tax', currency) - ofFees - ofShipping;
  return shareTax(
    sum,
    taxes,
    rows.map((row) => minorOf(row, 'total', currency)),
  );
}

/** Products without a sku are called by their number: the variation's, if it is one. */
function productOf(line: Json): string | undefined {
  const variation = idOf(line, 'variation_id');
  return variation === undefined || variation === '0' ? idOf(line, 'product_id') : variation;
}

export function readWooCharges(order: Json, currency: string): readonly ShopCharge[] {
  const charge =
    (kind: ShopCharge['kind'], name: string) =>
    (line: Json): ShopCharge => {
      const taxMinor = minorOf(line, 'total_tax', currency);
      const amountMinor = minorOf(line, 'total', currency);
      const title = textOf(line, 'method_title') ?? textOf(line, 'name') ?? name;
      // A negative fee is how shops write a discount by hand.
      return {
        kind: kind === 'fee' && amountMinor < 0 ? 'discount' : kind,
        name: title,
        amountMinor,
        ...(taxMinor !== 0 && { taxMinor }),
      };
    };
  return [
    ...listOf(order, 'shipping_lines').map(charge('shipping', 'Shipping')),
    ...listOf(order, 'fee_lines').map(charge('fee', 'Fee')),
  ];
}
