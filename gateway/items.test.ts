import { expect, test } from 'vitest';
import type { Sku } from '../engine/contract/ids.ts';
import type { ItemRef } from '../engine/contract/reference.ts';
import { findItems } from './items.ts';

function master(...rows: readonly (readonly [sku: string, name: string])[]): Map<Sku, ItemRef> {
  return new Map(rows.map(([id, name]) => [id as Sku, { sku: id as Sku, name, scale: 0, enabled: true }]));
}

const ITEMS = master(
  ['100', 'Whole Milk 1 l'],
  ['1001', 'Oat Drink'],
  ['200', 'Milk Chocolate 100 g'],
  ['300', 'Rye Bread'],
);
const found = async (text: string, limit = 20) => (await findItems(ITEMS, text, limit)).map(({ sku }) => sku);

test.each([
  ['100', ['100', '1001', '200']],
  ['1001', ['1001']],
  ['milk', ['100', '200']],
  ['  CHOCOLATE   milk ', ['200']],
  ['milk bread', []],
  ['', ['100', '1001', '200', '300']],
])('%j finds %j', async (text, skus) => {
  expect(await found(text)).toEqual(skus);
});

test('never more than asked for', async () => {
  expect(await found('milk', 1)).toEqual(['100']);
  expect(await found('', 2)).toEqual(['100', '1001']);
});

test('a search through a large master lets other work run in between', async () => {
  const large = master(...Array.from({ length: 50_000 }, (_, index) => [`S${index}`, `Thing ${index}`] as const));
  let turns = 0;
  let searching = true;
  const count = () => {
    turns += 1;
    if (searching) setImmediate(count);
  };
  setImmediate(count);
  expect(await findItems(large, 'nothing like it', 20)).toEqual([]);
  searching = false;
  expect(turns).toBeGreaterThanOrEqual(10);
});
