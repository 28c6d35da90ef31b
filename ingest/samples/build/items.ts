import type { ItemRef } from '../../../engine/contract/reference.ts';
import type { Sku } from '../../../engine/contract/ids.ts';
import type { OriginLine, OriginProduct } from './origin.ts';

// Which real products become items, and how they are called.

/** Not stock: fuel is litres or money, the others are coupons and corrections. */
const NOT_STOCKED = new Set(['', 'NA', 'FUEL', 'MISCELLANEOUS', 'COUPON', 'CNTRL/STORE SUP']);

/** More than this in one line is fuel or money, not pieces. */
const QUANTITY_MAX = 100;

export function isStocked(product: OriginProduct | undefined, line: OriginLine): boolean {
  const quantity = Number(line.quantity);
  return (
    product !== undefined &&
    !NOT_STOCKED.has(product.department) &&
    Number.isInteger(quantity) &&
    quantity >= 1 &&
    quantity <= QUANTITY_MAX
  );
}

/**
 * GTIN-14 of a number the retailer gives out itself: UPC number system 4 ("in-store use"), then the product id.
 * Product 1082185 becomes 00400010821853.
 */
export function skuOf(productId: string): Sku {
  const digits = `004${productId.padStart(10, '0')}`;
  let sum = 0;
  for (let i = 0; i < 13; i++) sum += Number(digits[i]) * (i % 2 === 0 ? 3 : 1);
  return `${digits}${(10 - (sum % 10)) % 10}` as Sku;
}

/** Shelf price of one unit in cents: what was paid, and the discounts taken off it. 3.86 paid, 0.43 off, 1 piece -> 429. */
export function shelfPriceMinor(line: OriginLine): number {
  const value = Number(line.sales_value) + Number(line.retail_disc) + Number(line.coupon_match_disc);
  return Math.round((value / Number(line.quantity)) * 100);
}

export function itemOf(product: OriginProduct, pricesMinor: readonly number[]): ItemRef {
  const sorted = pricesMinor.filter((price) => price > 0).toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return {
    sku: skuOf(product.product_id),
    name: nameOf(product),
    // The sample weighs nothing: loose bananas are quantity 1 at any price. So every item counts pieces.
    scale: 0,
    department: titleCase(product.department).replace('Gm', 'GM'),
    ...(median === undefined ? {} : { priceMinor: median, currency: 'USD' }),
    enabled: true,
  };
}

function nameOf(product: OriginProduct): string {
  const type = titleCase(
    product.product_type === '' || product.product_type === 'NA' ? product.department : product.product_type,
  );
  // Some sizes carry a code of one or two lone letters in front: `A D   1 DZ`.
  const size = product.package_size
    .replace(/^NA$/, '')
    .replace(/^([A-Z] +)+(?=\S)/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
  return `${product.brand === 'Private' ? 'M&F ' : ''}${type}${size === '' ? '' : `, ${size}`}`;
}

export function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(^|[\s/(.&-])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
