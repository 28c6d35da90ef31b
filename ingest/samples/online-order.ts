import { readFileSync } from 'node:fs';
import type { NodeRef } from '../../engine/contract/reference.ts';
import { chance, draw, pick } from './build/seeded.ts';
import { items, type OnlineBasket } from './messages.ts';
import { REFERENCE_DIR } from './rows.ts';
import { type ShopifyOrder, writeShopify } from './write-shopify.ts';

// A basket of the year as the order of a web shop. What was bought, when and at which price is the sample's; who bought it and
// where they live is made up here: no name, address or letter box of a person.

/** Whose orders they are; enough of them that some come back. */
const CUSTOMERS = 900;
const FIRST = [
  'Ada',
  'Ben',
  'Cleo',
  'Dan',
  'Eve',
  'Finn',
  'Gia',
  'Hal',
  'Ida',
  'Jon',
  'Kim',
  'Lea',
  'Max',
  'Nia',
  'Oda',
];
const LAST = [
  'Abel',
  'Birch',
  'Cole',
  'Drew',
  'Ellis',
  'Frost',
  'Gray',
  'Holt',
  'Irons',
  'Jett',
  'Knox',
  'Lane',
  'Moss',
];
const STREETS = ['Oak Street', 'Mill Road', 'Lake Avenue', 'Station Street', 'Garden Lane'];

/** Degrees around a store in which its customers live: some 10 km. */
const AROUND_DEGREES = 0.09;
const SHIPPING_MINOR = 495;

export interface OrderWriter {
  /** Every store and warehouse. */
  readonly nodes: readonly string[];
  /** Body of orders/create for a basket, the same each time it is asked for. `at`: the basket's moment as it is written. */
  write(basket: OnlineBasket, at: number): string;
}

export function createOrderWriter(): OrderWriter {
  const priced = new Map(items().map(({ sku, name, priceMinor = 0 }) => [sku as string, { name, priceMinor }]));
  const nodes = JSON.parse(readFileSync(new URL('nodes.json', REFERENCE_DIR), 'utf8')) as readonly NodeRef[];
  const stores = nodes.filter(({ kind }) => kind === 'store');
  return {
    nodes: nodes.map(({ id }) => id),
    write: (basket, at) => {
      const { key, lines, method } = basket;
      const customer = `C${draw(`customer of ${key}`, 1, CUSTOMERS)}`;
      const [first] = lines;
      const named = nodes.find(({ id }) => first !== undefined && 'node' in first && id === first.node);
      const store = named ?? pick(`home of ${customer}`, stores);
      return writeShopify({
        id: key,
        name: `#${key}`,
        placedAt: at,
        updatedAt: at,
        currency: 'USD',
        lines: lines.map(({ sku, units }, i) => ({
          id: `${key}-${i + 1}`,
          sku,
          units,
          ...known(priced.get(sku), sku),
        })),
        customer: personOf(customer),
        ...(method === 'pickup'
          ? { pickup: { code: store.id, title: `Pickup at ${store.name}` } }
          : { shipTo: homeOf(customer, store), shippingMinor: SHIPPING_MINOR }),
      });
    },
  };
}

const known = (item: { readonly name: string; readonly priceMinor: number } | undefined, sku: string) =>
  item ?? { name: sku, priceMinor: 0 };

function personOf(id: string): NonNullable<ShopifyOrder['customer']> {
  const [first, last] = [pick(`first name of ${id}`, FIRST), pick(`last name of ${id}`, LAST)];
  return { id, first, last, email: `${first}.${last}.${id}@example.com`.toLowerCase() };
}

function homeOf(id: string, { lat, lon, postcode }: NodeRef): NonNullable<ShopifyOrder['shipTo']> {
  const { first, last } = personOf(id);
  const off = (what: string): number => (chance(`${what} of ${id}`) - 0.5) * 2 * AROUND_DEGREES;
  return {
    name: `${first} ${last}`,
    address1: `${draw(`house of ${id}`, 1, 240)} ${pick(`street of ${id}`, STREETS)}`,
    zip: postcode,
    province: 'OH',
    country: 'US',
    lat: rounded(lat + off('latitude')),
    lon: rounded(lon + off('longitude')),
  };
}

/** Some ten metres. */
const rounded = (degrees: number): number => Math.round(degrees * 10_000) / 10_000;
