import { expect, test } from 'vitest';
import { draw } from './seeded.ts';
import { buildYear } from './year.ts';
import type { Origin, OriginLine, OriginProduct } from './origin.ts';

/** Three stores, 40 products, 600 lines spread over the year. */
function excerpt(): Origin {
  const products = new Map<string, OriginProduct>();
  for (let i = 0; i < 40; i++) {
    const product_id = String(1000 + i);
    const department = i === 0 ? 'FUEL' : 'GROCERY';
    products.set(product_id, {
      product_id,
      manufacturer_id: String(i % 5),
      department,
      brand: 'National',
      product_type: `T ${i}`,
      package_size: '',
    });
  }
  const lines: OriginLine[] = [];
  for (let i = 0; i < 600; i++) {
    const basket = String(900_000 + Math.floor(i / 2));
    const day = draw(`day ${basket}`, 1, 28);
    const month = draw(`month ${basket}`, 1, 12);
    const two = (n: number): string => String(n).padStart(2, '0');
    lines.push({
      store_id: String(300 + draw(`store ${basket}`, 0, 2)),
      basket_id: basket,
      product_id: String(1000 + ((draw(`product ${basket}`, 0, 19) * 2 + (i % 2)) % 40)),
      quantity: String(draw(`quantity ${i}`, 1, 3)),
      sales_value: '2.50',
      retail_disc: '0',
      coupon_match_disc: '0',
      transaction_timestamp: `2017-${two(month)}-${two(day)} ${two(draw(`hour ${basket}`, 8, 21))}:15:${two(draw(`s ${basket}`, 0, 59))}`,
    });
  }
  const addresses = [1, 2, 3].map((n) => ({
    storenum: String(n),
    STREETADDR: `${n}00 MAIN ST`,
    STRCITY: n === 3 ? 'Lima' : 'Xenia',
    STRSTATE: 'OH',
    ZIPCODE: '45385',
    LAT: '39.7',
    LON: String(-83 - n),
  }));
  return {
    lines,
    products,
    addresses,
    deliveries: [
      { received: 1, rejected: 0 },
      { received: 0.75, rejected: 0.1 },
    ],
    leadDays: [15, 17, 19],
  };
}

const sum = <Row extends { readonly quantity: number }>(rows: readonly Row[]): number =>
  rows.reduce((total, row) => total + row.quantity, 0);

test('the same input makes the same year, in whatever order its lines stand', () => {
  const origin = excerpt();
  const year = JSON.stringify(buildYear(origin));
  expect(JSON.stringify(buildYear(origin))).toBe(year);
  expect(buildYear({ ...origin, lines: origin.lines.toReversed() }).tables).toEqual(buildYear(origin).tables);
});

test('every real piece is sold once: at a till, or by the warehouse that shipped it', () => {
  const origin = excerpt();
  const { tables } = buildYear(origin);
  const annulled = new Set(
    tables['till-lines'].filter((row) => row.kind === 'void').map((row) => `${row.store} ${row.till} ${row.voids}`),
  );
  const sold = tables['till-lines'].filter(
    (row) => row.kind === 'sale' && !annulled.has(`${row.store} ${row.till} ${row.transaction}`),
  );
  const shipped = tables.baskets.filter((row) => row.method === 'ship-from-dc');
  const real = origin.lines.filter((line) => line.product_id !== '1000');
  expect(sum(sold) + sum(shipped)).toBe(real.reduce((total, line) => total + Number(line.quantity), 0));
  const orders = tables.movements.filter((row) => row.reason === 'shipment' && row.id.startsWith('D-'));
  expect(sum(orders)).toBe(-sum(shipped));
});

test('what leaves a warehouse on a truck arrives, and what is set aside was there', () => {
  const { tables } = buildYear(excerpt());
  const of = (reason: string): number => sum(tables.movements.filter((row) => row.reason === reason));
  expect(of('transfer-in')).toBeGreaterThan(0);
  expect(of('transfer-in') + of('transfer-out')).toBe(0);
  const received = new Map(
    tables.movements
      .filter((row) => row.reason === 'receipt')
      .map((row) => [`${row.inboundRef} ${row.sku}`, row.quantity]),
  );
  const announced = tables.purchases.filter(
    (row) => row.stage === 'ship-notice' && received.has(`${row.po} ${row.sku}`),
  );
  expect(announced.map((row) => received.get(`${row.po} ${row.sku}`))).toEqual(announced.map((row) => row.quantity));
  expect(announced.length).toBe(received.size);
  expect(received.size).toBeGreaterThan(0);
});

test('towns with two stores tell them apart by street', () => {
  expect(buildYear(excerpt()).nodes.map((node) => node.name)).toEqual([
    'Marlow & Finch Xenia',
    'Marlow & Finch Xenia, Main St',
    'Marlow & Finch Lima',
  ]);
});
