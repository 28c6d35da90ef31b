import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadReferenceFiles } from '../reference-files.ts';
import { COLUMNS, readRows, REFERENCE_DIR } from './rows.ts';
import type { TableName } from './rows.ts';

// The files as they are shipped hold what README.md says about them.

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const APART_MS = 15 * 60_000;

test('each file has as many rows as README.md says', () => {
  for (const table of Object.keys(COLUMNS) as TableName[]) {
    const said = new RegExp(`\`data/${table}\\.csv\\.gz\` *\\| *([0-9,]+) \\|`).exec(readme)?.[1];
    expect(`${table} ${readRows(table).length.toLocaleString('en-US')}`).toBe(`${table} ${said}`);
  }
});

test('the real lines and pieces README.md names are there, each once', () => {
  const rows = readRows('till-lines');
  const annulled = new Set(
    rows.filter((row) => row.kind === 'void').map((row) => `${row.store} ${row.till} ${row.voids}`),
  );
  const sold = rows.filter(
    (row) => row.kind === 'sale' && !annulled.has(`${row.store} ${row.till} ${row.transaction}`),
  );
  const shipped = readRows('baskets').filter((row) => row.method === 'ship-from-dc');
  const pieces = [...sold, ...shipped].reduce((total, row) => total + row.quantity, 0);
  const [, lines, units] = /That is ([0-9,]+) of 75,000 real lines,\s+([0-9,]+) pieces/.exec(readme) ?? [];
  expect((sold.length + shipped.length).toLocaleString('en-US')).toBe(lines);
  expect(pieces.toLocaleString('en-US')).toBe(units);
  const left = readRows('movements').filter((row) => row.id.startsWith('D-'));
  expect(left.reduce((total, row) => total + row.quantity, 0)).toBe(
    -shipped.reduce((total, row) => total + row.quantity, 0),
  );
});

test('[FD1] a line is named once by source, document and sku', () => {
  for (const table of ['movements', 'snapshots', 'opening'] as const) {
    const rows = readRows(table);
    expect(new Set(rows.map((row) => `${row.source} ${row.id} ${row.sku}`)).size).toBe(rows.length);
  }
});

test('[FD2] no absolute lies within a quarter of an hour of a movement of its position, and each agrees with its ledger', () => {
  const flows = new Map<string, { at: number; postedAt: number; units: number }[]>();
  const add = (place: string, flow: { at: number; postedAt: number; units: number }): void => {
    const known = flows.get(place);
    if (known === undefined) flows.set(place, [flow]);
    else known.push(flow);
  };
  for (const { store, sku, at, postedAt, kind, quantity } of readRows('till-lines')) {
    add(`S${store} ${sku}`, { at, postedAt, units: kind === 'sale' ? -quantity : quantity });
  }
  for (const { node, sku, at, kind, quantity } of readRows('movements')) {
    if (kind === 'delta') add(`${node} ${sku}`, { at, postedAt: at, units: quantity });
  }
  const base = new Map(
    readRows('opening').map((row) => [`${row.node} ${row.sku}`, { at: row.at, onHand: row.quantity }]),
  );
  let tooClose = 0;
  let wrong = 0;
  for (const row of readRows('snapshots')) {
    const place = `${row.node} ${row.sku}`;
    const known = base.get(place);
    const own = flows.get(place) ?? [];
    if (own.some((flow) => Math.abs(flow.at - row.at) <= APART_MS)) tooClose += 1;
    const since = own.filter((flow) => flow.at > (known?.at ?? 0) && flow.at <= row.at);
    const onHand = since.reduce((sum, flow) => sum + flow.units, known?.onHand ?? 0);
    const unposted = own.filter((flow) => flow.at <= row.at && flow.postedAt > row.at);
    const ledger = unposted.reduce((sum, flow) => sum - flow.units, onHand);
    if (row.covers === 'book' && row.quantity !== ledger) wrong += 1;
    base.set(place, { at: row.at, onHand: row.covers === 'book' ? onHand : row.quantity });
  }
  expect({ tooClose, wrong }).toEqual({ tooClose: 0, wrong: 0 });
});

test('the reference files are whole, and know every node, source and sku of the rows', async () => {
  const batches = (await loadReferenceFiles(fileURLToPath(REFERENCE_DIR))).map(({ batch }) => batch);
  const ids = (of: string): Set<string> =>
    new Set(
      batches.filter((one) => one.of === of).flatMap((one) => one.rows.map((row) => ('sku' in row ? row.sku : row.id))),
    );
  const [nodes, sources, items] = [ids('nodes'), ids('sources'), ids('items')];
  const places = [...readRows('opening'), ...readRows('movements'), ...readRows('snapshots')];
  const tills = readRows('till-lines').map(({ store, sku }) => ({ node: `S${store}`, source: `pos-${store}`, sku }));
  const isKnown = (row: { node: string; source: string; sku: string }): boolean =>
    nodes.has(row.node) && sources.has(row.source) && items.has(row.sku);
  expect([...places, ...tills].filter((row) => !isKnown(row))).toEqual([]);
  expect([nodes.size, items.size]).toEqual([123, 20_166]);
});
