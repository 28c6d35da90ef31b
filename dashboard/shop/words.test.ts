import { expect, test } from 'vitest';
import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import { calm, hoursToday, price, shortName } from './words.ts';

const STORE: NodeInfo = {
  id: 'S-1',
  kind: 'store',
  name: 'Marlow & Finch Columbus',
  lat: 40,
  lon: -83,
  timeZone: 'America/New_York',
  postcode: '43004',
  capabilities: ['pickup'],
  hours: [
    { day: 1, open: 420, close: 1320 },
    { day: 7, open: 570, close: 1440 },
  ],
  enabled: true,
};

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

test.each([
  // 03:00 UTC on Tuesday is still Monday evening in Ohio.
  ['2026-11-24T03:00:00Z', 'Open today 7 am–10 pm'],
  ['2026-11-24T15:00:00Z', 'Closed today'],
  ['2026-11-22T15:00:00Z', 'Open today 9:30 am–midnight'],
])('hours at %s in the store’s own time', (at, said) => {
  expect(hoursToday(STORE, new Date(at))).toBe(said);
});

test('a store without hours is always open', () => {
  expect(hoursToday({ ...STORE, hours: [] }, new Date(0))).toBe('Always open');
});

test('our own name is left out in our own shop', () => {
  expect([shortName('Marlow & Finch Columbus'), shortName('Depot')]).toEqual(['Columbus', 'Depot']);
});
