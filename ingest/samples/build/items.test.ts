import { expect, test } from 'vitest';
import { isStocked, itemOf, shelfPriceMinor, skuOf } from './items.ts';
import type { OriginLine, OriginProduct } from './origin.ts';

const line: OriginLine = {
  store_id: '309',
  basket_id: '31625220889',
  product_id: '940996',
  quantity: '1',
  sales_value: '3.86',
  retail_disc: '0.43',
  coupon_match_disc: '0',
  transaction_timestamp: '2017-01-28 14:06:53',
};
const product: OriginProduct = {
  product_id: '940996',
  manufacturer_id: '69',
  department: 'DRUG GM',
  brand: 'Private',
  product_type: 'EGGS - X-LARGE',
  package_size: 'A D   1 DZ',
};

test('the shelf price is what was paid and the discounts taken off it, per piece', () => {
  expect(shelfPriceMinor(line)).toBe(429);
  expect(shelfPriceMinor({ ...line, quantity: '3', sales_value: '5', retail_disc: '0', coupon_match_disc: '1' })).toBe(
    200,
  );
});

test('a sku is a GTIN-14 whose check digit holds', () => {
  expect(skuOf('1082185')).toBe('00400010821853');
  for (const id of ['28897', '17328261', '940996']) {
    const digits = Array.from(skuOf(id), Number);
    expect(digits).toHaveLength(14);
    expect(digits.reduce((sum, digit, i) => sum + digit * (i % 2 === 0 ? 3 : 1), 0) % 10).toBe(0);
  }
});

test('fuel, coupons, products without department, and quantities that are no pieces are not stock', () => {
  expect(isStocked(product, line)).toBe(true);
  expect(isStocked(undefined, line)).toBe(false);
  for (const department of ['FUEL', 'MISCELLANEOUS', 'COUPON', '', 'NA']) {
    expect(isStocked({ ...product, department }, line)).toBe(false);
  }
  for (const quantity of ['0', '101', '12504', '1.5']) expect(isStocked(product, { ...line, quantity })).toBe(false);
  expect(isStocked(product, { ...line, quantity: '100' })).toBe(true);
});

test('an item is called what a shelf label says', () => {
  const item = itemOf(product, [199, 0, 250, 229]);
  expect(item).toEqual({
    sku: skuOf('940996'),
    name: 'M&F Eggs - X-Large, 1 dz',
    scale: 0,
    department: 'Drug GM',
    priceMinor: 229,
    currency: 'USD',
    enabled: true,
  });
  expect(itemOf(product, [0])).not.toHaveProperty('priceMinor');
});
