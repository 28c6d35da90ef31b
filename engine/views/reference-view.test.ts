import { expect, test } from 'vitest';
import type { NodeRef, ReferenceBatch } from '../contract/reference.ts';
import { LiveReference } from './reference-view.ts';

const node = (id: string, name: string): NodeRef => ({ id, name }) as never;

test('rows replace rows of the same id, others stay', () => {
  const view = new LiveReference();
  view.apply({ of: 'nodes', rows: [node('A', 'old'), node('B', 'stays')] });
  view.apply({ of: 'nodes', rows: [node('A', 'new'), node('C', 'comes')] });
  expect([...view.nodes.values()].map(({ id, name }) => `${id} ${name}`)).toEqual(['A new', 'B stays', 'C comes']);
});

test('every kind of row has its map', () => {
  const view = new LiveReference();
  const batches = (['groups', 'channels', 'sources', 'safety'] as const).map(
    (of) => ({ of, rows: [{ id: of }] }) as unknown as ReferenceBatch,
  );
  const items = { of: 'items', rows: [{ sku: 's' }] } as unknown as ReferenceBatch;
  const pools = { of: 'pools', rows: ['s', 't'].map((sku) => ({ id: 'p', sku })) } as unknown as ReferenceBatch;
  for (const batch of [...batches, items, pools]) view.apply(batch);
  const maps = [view.groups, view.channels, view.sources, view.items, view.pools, view.safety, view.nodes];
  expect(maps.map(({ size }) => size)).toEqual([1, 1, 1, 1, 2, 1, 0]);
});
