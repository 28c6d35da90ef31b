import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sku } from '../engine/contract/ids.ts';
import type { ItemRef } from '../engine/contract/reference.ts';
import { findItems } from './items.ts';

function master(...rows: readonly (readonly [sku: string, name: string])[]): Map<Sku, ItemRef> {
  return new Map(rows.map(([id, name]) => [id as Sku, { sku: id as Sku, name, scale: 0, enabled: true }]));
}

const ITEMS = master(
  ['1001', 'Oat Drink'],
  ['200', 'Milk Chocolate 100 g'],
  ['100', 'Whole Milk 1 l'],
  ['300', 'Rye Bread'],
  ['401', 'Honey Ham'],
  ['400', 'Shampoo'],
  ['402', 'Ham'],
);
const found = async (text: string, limit = 20) => (await findItems(ITEMS, text, limit)).map(({ sku }) => sku);

test.each([
  ['100', ['100', '1001', '200']],
  ['1001', ['1001']],
  ['milk', ['200', '100']],
  ['  CHOCOLATE   milk ', ['200']],
  ['milk bread', []],
  ['ham', ['402', '401', '400']],
  ['', ['402', '401', '200', '1001', '300', '400', '100']],
])('%j finds %j, best fit first, then by name', async (text, skus) => {
  expect(await found(text)).toEqual(skus);
});

test('never more than asked for, and those are the best', async () => {
  expect(await found('milk', 1)).toEqual(['200']);
  expect(await found('ham', 2)).toEqual(['402', '401']);
});

test('the order of the master does not show, and a limit cuts the same list short', async () => {
  const rows = fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[1-3]{1,4}$/), fc.stringMatching(/^(ham|milk|oat)( (ham|milk|oat)){0,2}$/)),
    { selector: ([id]) => id, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('', '1', 'ham', 'oat milk'), fc.nat(5), async (all, text, limit) => {
      const skus = async (some: typeof all, most: number) =>
        (await findItems(master(...some), text, most)).map(({ sku }) => sku);
      const whole = await skus(all, 100);
      expect(await skus(all.toReversed(), 100)).toEqual(whole);
      expect(await skus(all, limit + 1)).toEqual(whole.slice(0, limit + 1));
    }),
  );
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
