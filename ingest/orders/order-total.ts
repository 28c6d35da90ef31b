import type { Minor, ShopOrder } from '../../engine/contract/shop-order.ts';

/** What an order costs: lines less their discounts, charges, and taxes unless the prices hold them already. Rule CS5. */
export function orderTotal({
  lines,
  charges = [],
  taxesIncluded,
}: Pick<ShopOrder, 'lines' | 'charges' | 'taxesIncluded'>): Minor {
  const taxes = taxesIncluded === true ? 0 : 1;
  const ofLines = lines.reduce(
    (sum, line) => sum + line.units * line.unitMinor - (line.discountMinor ?? 0) + taxes * (line.taxMinor ?? 0),
    0,
  );
  return charges.reduce((sum, charge) => sum + charge.amountMinor + taxes * (charge.taxMinor ?? 0), ofLines);
}
