import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// A small retailer, enough for both pages: two stores, one distribution centre, two sources, three items.

export const MILK = {
  sku: '8412345',
  name: 'WHOLE MILK 64 OZ',
  scale: 0,
  department: 'DAIRY',
  priceMinor: 329,
  currency: 'USD',
  enabled: true,
};
export const HAM = {
  sku: '8412346',
  name: 'HONEY HAM BY THE POUND',
  scale: 3,
  department: 'DELI',
  priceMinor: 899,
  currency: 'USD',
  enabled: true,
};
export const BREAD = {
  sku: '8412347',
  name: 'RYE BREAD',
  scale: 0,
  department: 'PASTRY',
  priceMinor: 449,
  currency: 'USD',
  enabled: true,
};

/** One item in each of many departments: a row of buttons wider than a phone. */
const OTHERS = ['PRODUCE', 'FROZEN GROCERY', 'NUTRITION', 'FLORAL', 'MEAT', 'DRUG GM'].map((department, index) => ({
  ...BREAD,
  sku: `850000${index}`,
  name: `THING NO. ${index}`,
  department,
}));

const place = { timeZone: 'America/New_York', hours: [{ day: 1, open: 420, close: 1320 }], safety: 0, enabled: true };

const NODES = [
  {
    ...place,
    id: 'S-1',
    kind: 'store',
    name: 'Marlow & Finch Columbus',
    lat: 39.96,
    lon: -83,
    postcode: '43004',
    capabilities: ['pickup', 'ship'],
    owner: 'tills',
  },
  {
    ...place,
    id: 'S-2',
    kind: 'store',
    name: 'Marlow & Finch Dayton',
    lat: 39.76,
    lon: -84.19,
    postcode: '45402',
    capabilities: ['pickup'],
    owner: 'tills',
  },
  {
    ...place,
    id: 'DC-1',
    kind: 'dc',
    name: 'Akron distribution center',
    lat: 41.08,
    lon: -81.52,
    postcode: '44301',
    capabilities: ['ship'],
    owner: 'wms',
  },
];

const DAY_MS = 86_400_000;
const grants = [{ nodes: 'all', kinds: ['snapshot', 'delta', 'void'] }];

const SOURCES = [
  {
    id: 'tills',
    name: 'Store tills',
    kind: 'pos',
    format: 'json',
    grants,
    unknownSku: 'refuse',
    lateMs: 7 * DAY_MS,
    freshMs: 600_000,
    brakes: { moveUnitsMax: 50_000 },
  },
  {
    id: 'wms',
    name: 'Akron warehouse',
    kind: 'wms',
    format: 'json',
    grants,
    unknownSku: 'refuse',
    lateMs: 2 * DAY_MS,
    freshMs: 3_600_000,
  },
];

/** Tills that have not begun yet: more rows than any panel shows at once. */
const WAITING = Array.from({ length: 40 }, (_, index) => ({
  ...SOURCES[0],
  id: `tills-${index}`,
  name: `Tills no. ${index}`,
}));

/** Writes the folder the server reads at start. */
export function writeReference(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const files = {
    nodes: NODES,
    groups: [{ id: 'web-nodes', nodes: NODES.map((node) => node.id) }],
    channels: [{ id: 'web', name: 'Web shop', group: 'web-nodes', unitsPublic: true, lowAt: 5, clearAt: 8 }],
    sources: [...WAITING, ...SOURCES],
    items: [MILK, HAM, BREAD, ...OTHERS],
  };
  for (const [name, rows] of Object.entries(files)) writeFileSync(join(dir, `${name}.json`), JSON.stringify(rows));
}
