import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readOrigin } from './build/origin.ts';
import { KIT_ITEMS, KITS } from './build/kits.ts';
import { CHANNELS, groupsOf, nodesOf, sourcesOf } from './build/places.ts';
import { buildYear } from './build/year.ts';
import type { Year } from './build/year.ts';
import { COLUMNS, DATA_DIR, REFERENCE_DIR } from './rows.ts';
import type { TableName } from './rows.ts';

// Makes data/ and reference/ from the public files: `node ingest/samples/build.ts --from DIR`. Same input, same bytes.

const { values } = parseArgs({ options: { from: { type: 'string' } } });
if (values.from === undefined) {
  console.error('usage: node ingest/samples/build.ts --from DIR');
  console.error('DIR holds the folders completejourney, store-network and adventureworks-erp (see README.md)');
  process.exit(2);
}

const year = buildYear(readOrigin(values.from));
mkdirSync(DATA_DIR, { recursive: true });
mkdirSync(REFERENCE_DIR, { recursive: true });
for (const table of Object.keys(COLUMNS) as TableName[]) writeTable(year, table);
writeReference(year);
console.log(`warehouse positions below 0 at some moment: ${year.warehouseNegatives}`);

function writeTable(from: Year, table: TableName): void {
  const columns: readonly string[] = COLUMNS[table];
  const rows: readonly object[] = from.tables[table];
  const lines = rows.map((row) => columns.map((column) => String((row as Record<string, unknown>)[column])).join(','));
  const bytes = gzipSync(`${columns.join(',')}\n${lines.join('\n')}\n`, { level: 9 });
  writeFileSync(new URL(`${table}.csv.gz`, DATA_DIR), bytes);
  console.log(`${table}.csv.gz  ${rows.length} rows, ${bytes.length} bytes`);
}

function receiptsOf(from: Year): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of from.tables['till-lines']) {
    if (row.line === 1) counts.set(row.store, (counts.get(row.store) ?? 0) + 1);
  }
  return counts;
}

function writeReference(from: Year): void {
  const files = {
    nodes: nodesOf(from.stores),
    groups: groupsOf(from.stores),
    channels: CHANNELS,
    sources: sourcesOf(from.stores, receiptsOf(from)),
    items: [...from.items, ...KIT_ITEMS],
    kits: KITS,
  };
  for (const [name, rows] of Object.entries(files)) {
    // One row per line: a change of one node is a change of one line.
    const text = `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
    const packed = name === 'items';
    const bytes = packed ? gzipSync(text, { level: 9 }) : Buffer.from(text);
    const file = packed ? `${name}.json.gz` : `${name}.json`;
    writeFileSync(new URL(file, REFERENCE_DIR), bytes);
    console.log(`${file}  ${rows.length} rows, ${bytes.length} bytes`);
  }
}
