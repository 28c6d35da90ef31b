import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';

import type { ReferenceBatch } from '../engine/contract/reference.ts';
import { applyReferenceFiles, type ReferenceBook } from './apply-reference-files.ts';
import { loadReferenceFiles } from './reference-files.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(files: Readonly<Record<string, unknown>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-reference-'));
  folders.push(dir);
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(dir, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return dir;
}

const NODE = {
  id: 'S-1',
  kind: 'store',
  name: 'Store 1',
  lat: 41.4,
  lon: -81.7,
  timeZone: 'America/New_York',
  postcode: '44139',
  capabilities: ['ship', 'pickup'],
  hours: [{ day: 1, open: 480, close: 1320 }],
  owner: 'erp',
  safety: 1,
  enabled: true,
};
const SOURCE = {
  id: 'erp',
  name: 'ERP',
  kind: 'erp',
  format: 'x12',
  grants: [{ nodes: 'all', kinds: ['snapshot', 'inbound'] }],
  unknownSku: 'create',
  lateMs: 172_800_000,
  freshMs: 60_000,
  nodeCodes: { '1': 'S-1' },
};
const GROUP = { id: 'web', nodes: ['S-1'] };
const CHANNEL = { id: 'shop', name: 'Web shop', group: 'web', unitsPublic: false, lowAt: 3, clearAt: 5 };
const ITEM = { sku: 'A', name: 'Apple', scale: 3, priceMinor: 299, currency: 'USD', enabled: true };
const POOL = { id: 'vip', channel: 'shop', sku: 'A', units: 30 };
const SAFETY = { id: 'summer', sku: 'A', nodeKind: 'store', units: 3, from: 1_780_272_000_000 };
const SWITCH = { sku: 'A', node: 'S-1', enabled: false };
const FILES = {
  'nodes.json': [NODE],
  'sources.json': [SOURCE],
  'groups.json': [GROUP],
  'channels.json': [CHANNEL],
  'items.json': [ITEM],
  'pools.json': [POOL],
  'safety.json': [SAFETY],
};

const load = (files: Readonly<Record<string, unknown>>): Promise<readonly ReferenceBatch[]> =>
  loadReferenceFiles(folder(files)).then((loaded) => loaded.map(({ batch }) => batch));

test('a folder becomes batches, a source before the nodes it owns', async () => {
  expect(await load(FILES)).toEqual([
    { of: 'sources', rows: [SOURCE] },
    { of: 'nodes', rows: [NODE] },
    { of: 'groups', rows: [GROUP] },
    { of: 'channels', rows: [CHANNEL] },
    { of: 'items', rows: [ITEM] },
    { of: 'pools', rows: [POOL] },
    { of: 'safety', rows: [SAFETY] },
  ]);
});

test('items come as a list or as lines, packed or not', async () => {
  const items = Array.from({ length: 4500 }, (_, index) => ({ ...ITEM, sku: `S${index}` }));
  const lines = `${items.map((item) => JSON.stringify(item)).join('\n')}\n\n`;
  for (const files of [
    { 'items.json': items },
    { 'items.json.gz': items },
    { 'items.ndjson': lines },
    { 'items.ndjson.gz': lines },
  ]) {
    const batches = await load(files);
    expect(batches.flatMap((batch) => batch.rows as readonly unknown[])).toEqual(items);
  }
});

test('a fault names file, row, field, rule and value', async () => {
  for (const [files, says] of [
    [
      { ...FILES, 'nodes.json': [NODE, { ...NODE, id: 'S-2', lat: 412 }] },
      'nodes.json row 2 (S-2), field lat: must be <= 90, got 412',
    ],
    [
      { ...FILES, 'nodes.json': [{ ...NODE, kind: 'shop' }] },
      'nodes.json row 1 (S-1), field kind: must be one of dc, store, supplier, third-party, got "shop"',
    ],
    [{ ...FILES, 'nodes.json': [{ ...NODE, enabeld: true }] }, 'has fields nobody knows: enabeld'],
    [{ ...FILES, 'nodes.json': [{ ...NODE, name: undefined }] }, 'nodes.json row 1 (S-1): must have name'],
    [{ ...FILES, 'nodes.json': [{ ...NODE, timeZone: 'Ohio' }] }, 'field timeZone: "Ohio" is no IANA time zone'],
    [{ ...FILES, 'nodes.json': [{ ...NODE, owner: 'wms' }] }, 'field owner: names source "wms", which has no row'],
    [
      { ...FILES, 'nodes.json': [{ ...NODE, hours: [{ day: 1, open: 600, close: 600 }] }] },
      'field hours: day 1 closes at 600',
    ],
    [{ ...FILES, 'nodes.json': [NODE, NODE] }, 'nodes.json row 2 (S-1), field id: stands in the file twice'],
    [
      { ...FILES, 'groups.json': [{ id: 'web', nodes: ['S-9'] }] },
      'groups.json row 1 (web), field nodes: names node "S-9"',
    ],
    [{ ...FILES, 'channels.json': [{ ...CHANNEL, group: 'app' }] }, 'field group: names group "app"'],
    [{ ...FILES, 'pools.json': [{ ...POOL, sku: 'B' }] }, 'field sku: names sku "B"'],
    [{ ...FILES, 'pools.json': [{ ...POOL, channel: 'app' }] }, 'field channel: names channel "app"'],
    [{ ...FILES, 'safety.json': [{ ...SAFETY, to: 1_780_000_000_000 }] }, 'field to: must be > from 1780272000000'],
    [{ ...FILES, 'safety.json': [{ ...SAFETY, node: 'S-9' }] }, 'field node: names node "S-9"'],
    [{ ...FILES, 'safety.json': [{ ...SAFETY, kind: 'dc' }] }, 'has fields nobody knows: kind'],
    [{ ...FILES, 'switches.json': [{ sku: 'B', node: 'S-1', enabled: false }] }, 'row 1 (B), field sku: names sku "B"'],
    [{ ...FILES, 'switches.json': [{ sku: 'A', node: 'S-9', enabled: false }] }, 'field node: names node "S-9"'],
    [{ ...FILES, 'switches.json': [SWITCH, SWITCH] }, 'switches.json row 2 (A), field sku: stands in the file twice'],
    [
      { ...FILES, 'nodes.json': [{ ...NODE, whenSilent: { widen: { units: 1, everyMs: 1_000, maxUnits: 9 } } }] },
      'field whenSilent.widen.everyMs: must be >= 60000, got 1000',
    ],
    [{ ...FILES, 'sources.json': [{ ...SOURCE, whenSilent: { off: true } }] }, 'has fields nobody knows: off'],
    [{ ...FILES, 'pools.json': [POOL, POOL] }, 'field id: stands in the file twice'],
    [{ ...FILES, 'channels.json': [{ ...CHANNEL, threshold: -1 }] }, 'field threshold'],
    [{ ...FILES, 'channels.json': [{ ...CHANNEL, clearAt: 1 }] }, 'field clearAt: must be >= lowAt 3, got 1'],
    [{ ...FILES, 'sources.json': [{ ...SOURCE, nodeCodes: { '7': 'S-7' } }] }, 'field nodeCodes.7: names node "S-7"'],
    [
      { ...FILES, 'sources.json': [{ ...SOURCE, grants: [{ nodes: ['S-7'], kinds: ['delta'] }] }] },
      'field grants: names node "S-7"',
    ],
    [{ ...FILES, 'items.json': [{ ...ITEM, scale: 4 }] }, 'items.json row 1 (A), field scale: must be <= 3, got 4'],
    [{ ...FILES, 'items.json': [{ ...ITEM, sku: 'a b' }] }, 'items.json row 1 (a b), field sku'],
    [{ ...FILES, 'items.json': '{' }, 'items.json is not JSON'],
    [{ 'items.ndjson': `${JSON.stringify(ITEM)}\n{` }, 'items.ndjson line 2 is not JSON'],
    [{ ...FILES, 'items.json': {} }, 'items.json must be a list'],
    [{ 'readme.txt': '' }, 'has none of sources.json'],
  ] as const) {
    await expect(load(files)).rejects.toThrow(says);
  }
});

test('many faults are shown up to a bound', async () => {
  const items = Array.from({ length: 500 }, (_, index) => ({ ...ITEM, sku: `S${index}`, scale: 9 }));
  const says = await load({ 'items.json': items }).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(says.split('\n')).toHaveLength(12);
});

test('a broken archive says which', async () => {
  const dir = folder({ 'items.json': [ITEM] });
  writeFileSync(join(dir, 'nodes.json.gz'), 'no gzip');
  await expect(loadReferenceFiles(dir)).rejects.toThrow('nodes.json.gz cannot be read');
});

test('a file is taken whole or row by row, by its name, and is not looked at again while it stays as it is', async () => {
  const applied: string[] = [];
  const noted = new Map<string, string>();
  const said: string[] = [];
  let refuses: string | undefined = 'A';
  const book: ReferenceBook = {
    async apply({ of, rows }, { by, file, partial }) {
      applied.push(`${of} ${rows.length} ${by} ${file} ${partial}`);
      const isRefused = of === 'items' && refuses !== undefined;
      const refusedRows = isRefused ? [{ row: refuses!, code: 'names-unknown', field: 'x', value: 'y' } as const] : [];
      return { status: 'applied', version: applied.length, refusedRows };
    },
    fileDigest: async (file) => noted.get(file),
    noteFile: async (file, digest) => void noted.set(file, digest),
  };
  const dir = folder({ 'items.json': [ITEM], 'nodes.json': [NODE], 'groups.json': [] });
  await applyReferenceFiles(book, dir, (line) => said.push(line));
  expect(applied).toEqual(['nodes 1 file:nodes.json nodes.json true', 'items 1 file:items.json items.json true']);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('items.json row "A" is left out, field x, got "y": names-unknown');
  refuses = undefined;
  await applyReferenceFiles(book, dir, (line) => said.push(line));
  expect(applied.slice(2)).toEqual(['items 1 file:items.json items.json true']);
  writeFileSync(join(dir, 'nodes.json'), JSON.stringify([{ ...NODE, enabled: false }]));
  await applyReferenceFiles(book, dir, (line) => said.push(line));
  expect(applied.slice(3)).toEqual(['nodes 1 file:nodes.json nodes.json true']);
  expect(said).toHaveLength(1);
});
