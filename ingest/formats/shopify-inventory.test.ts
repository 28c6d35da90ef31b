import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { FormatResult } from '../source.ts';
import { readShopifyInventory } from './shopify-inventory.ts';
import { bytesOf, testContext } from './test-context.ts';

const context = testContext({ format: 'shopify-inventory' });
const read = (json: unknown): FormatResult => readShopifyInventory(bytesOf(JSON.stringify(json)), context);
const sample = (name: string): FormatResult =>
  readShopifyInventory(
    readFileSync(new URL(`./fixtures/shopify/shopify_python_api/${name}.json`, import.meta.url)),
    context,
  );

test('[FD14] the REST samples carry available numbers, marked as netted', () => {
  expect(sample('inventory_level').events.map(({ event }) => event)).toEqual([
    {
      kind: 'snapshot',
      source: 'test-source',
      id: `level-808950810-905684977-${Date.UTC(2018, 4, 7, 19, 51, 26)}`,
      at: Date.UTC(2018, 4, 7, 19, 51, 26),
      sku: '808950810',
      node: '905684977',
      quantity: 6,
      covers: 'book',
      carries: 'available',
    },
  ]);
  expect(sample('inventory_levels').events).toHaveLength(4);
  expect(sample('location_inventory_levels').events).toHaveLength(2);
});

test('other topics are refused whole', () => {
  for (const name of ['order', 'inventory_item', 'location']) {
    expect(sample(name)).toMatchObject({ events: [], refused: [{ code: 'not-inventory', place: 'whole body' }] });
  }
});

const quantities = [
  { name: 'on_hand', quantity: 20, updatedAt: '2026-11-24T10:00:00Z' },
  { name: 'available', quantity: 11 },
  { name: 'committed', quantity: 3 },
  { name: 'damaged', quantity: 2 },
  { name: 'quality_control', quantity: 1 },
  { name: 'reserved', quantity: 1 },
  { name: 'safety_stock', quantity: 2 },
];
const level = (over: object = {}): object => ({
  id: 'gid://shopify/InventoryLevel/1?inventory_item_id=43',
  updatedAt: '2026-11-24T09:00:00Z',
  item: { id: 'gid://shopify/InventoryItem/43', sku: 'SKU-43' },
  location: { id: 'gid://shopify/Location/9' },
  quantities,
  ...over,
});

test('GraphQL quantities become on-hand and its split; committed units belong to orders', () => {
  expect(read({ data: { inventoryLevel: level() } }).events[0]?.event).toMatchObject({
    sku: 'SKU-43',
    node: 'S-09',
    quantity: 20,
    carries: 'on-hand',
    states: { damaged: 2, 'quality-hold': 1, other: 3 },
    at: Date.UTC(2026, 10, 24, 10),
  });
});

test('a level finds its location or its item above it', () => {
  const { item, location, ...bare } = level() as { item: object; location: object };
  const atLocation = { data: { location: { ...location, inventoryLevels: { nodes: [{ ...bare, item }] } } } };
  const ofItem = {
    data: { inventoryItem: { ...item, inventoryLevels: { edges: [{ node: { ...bare, location } }] } } },
  };
  const expected = read({ data: { inventoryLevel: level() } }).events.map(({ event }) => event);
  expect(read(atLocation).events.map(({ event }) => event)).toEqual(expected);
  expect(read(ofItem).events.map(({ event }) => event)).toEqual(expected);
});

test('only available is netted also in GraphQL; no number at all is not tracked', () => {
  expect(read(level({ quantities: [{ name: 'available', quantity: 4 }] })).events[0]?.event).toMatchObject({
    carries: 'available',
    quantity: 4,
  });
  expect(read(level({ quantities: [] }))).toMatchObject({ events: [], ignored: 1 });
  expect(read({ inventory_levels: [] })).toEqual({ events: [], refused: [], ignored: 0, warnings: [] });
});

test('[FD9] a bad level is refused with its place, the others count', () => {
  const rest = { inventory_item_id: 1, location_id: 9, available: 5, updated_at: '2026-11-24T10:00:00Z' };
  const { events, refused, ignored } = read({
    inventory_levels: [
      rest,
      { ...rest, available: 'five' },
      { ...rest, updated_at: null },
      { ...rest, available: null },
    ],
  });
  expect(events).toHaveLength(1);
  expect(ignored).toBe(1);
  expect(refused.map(({ code, place }) => [place, code])).toEqual([
    ['level[1]', 'malformed-quantity'],
    ['level[2]', 'malformed-time'],
  ]);
});

test('broken and hostile documents are refused', () => {
  const codeOf = (text: string): unknown => readShopifyInventory(bytesOf(text), context).refused[0]?.code;
  expect(codeOf('{')).toBe('broken-json');
  expect(codeOf('{"inventory_levels":[{"__proto__":{}}]}')).toBe('forbidden-key');
  expect(codeOf(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toBe('broken-json');
  expect(codeOf(`${'['.repeat(100)}${']'.repeat(100)}`)).toBe('forbidden-key');
});
