import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadReferenceFiles } from '../../reference-files.ts';
import { readRows, REFERENCE_DIR } from '../rows.ts';
import { KIT_ITEMS, KITS } from './kits.ts';

test('[AV9] the kits that are shipped are these, made of items that lie in a store and in a warehouse', async () => {
  const batches = (await loadReferenceFiles(fileURLToPath(REFERENCE_DIR))).map(({ batch }) => batch);
  const rows = (of: string): readonly unknown[] => batches.find((batch) => batch.of === of)?.rows ?? [];
  expect(rows('kits')).toEqual(KITS);
  expect(rows('items').slice(-KIT_ITEMS.length)).toEqual(KIT_ITEMS);
  const opening = readRows('opening').filter((row) => row.quantity > 0);
  const places = Map.groupBy(opening, ({ sku }) => sku);
  for (const { sku } of KITS.flatMap(({ components }) => components)) {
    const nodes = places.get(sku)?.map(({ node }) => node) ?? [];
    expect([nodes.some((node) => node.startsWith('S')), nodes.some((node) => node.startsWith('DC'))]).toEqual([
      true,
      true,
    ]);
  }
  const made = new Set<string>(KITS.map(({ sku }) => sku));
  expect(opening.filter(({ sku }) => made.has(sku))).toEqual([]);
});
