import { expect, test } from 'vitest';
import { calm, price, shortName } from './words.ts';

test('item masters shout, the page does not; names with a case of their own stay', () => {
  expect([calm('DRUG GM'), calm('Rye bread'), calm('')]).toEqual(['Drug gm', 'Rye bread', '']);
});

test('prices in the item’s currency, none when there is none', () => {
  const item = { sku: 'A', name: 'A', scale: 0 };
  expect([
    price({ ...item, priceMinor: 329 }),
    price({ ...item, priceMinor: 329, currency: 'EUR' }),
    price(item),
  ]).toEqual(['$3.29', '€3.29', undefined]);
});

test('our own name is left out in our own shop', () => {
  expect([shortName('Marlow & Finch Columbus'), shortName('Depot')]).toEqual(['Columbus', 'Depot']);
});
