import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { StockEvent } from '../../engine/contract/stock-event.ts';
import { schemaFault } from '../formats/epcis-schema.ts';
import { FORMATS } from '../formats/formats.ts';
import { loadReferenceFiles } from '../reference-files.ts';
import type { FormatContext } from '../source.ts';
import { instantOf } from './local-time.ts';
import { onlineBaskets, sampleMessages } from './messages.ts';
import type { SampleMessage, SampleOptions } from './messages.ts';
import { readRows, REFERENCE_DIR } from './rows.ts';

// What the writers write, our own readers read: each row once, and nothing else. Months are looked at by some days
// of theirs: opening, a month-end of the ledger, the days when clocks change, the year's last.

let contexts: Map<string, FormatContext>;
beforeAll(async () => {
  const batches = (await loadReferenceFiles(fileURLToPath(REFERENCE_DIR))).map(({ batch }) => batch);
  const nodes = new Map(
    batches.flatMap((one) => (one.of === 'nodes' ? one.rows.map((row) => [row.id as string, row] as const) : [])),
  );
  const items = new Set(batches.flatMap((one) => (one.of === 'items' ? one.rows.map((row) => row.sku as string) : [])));
  const sources = batches.flatMap((one) => (one.of === 'sources' ? one.rows : []));
  contexts = new Map(sources.map((source) => [source.id, { source, nodes, hasItem: (sku: string) => items.has(sku) }]));
});

const DAYS = ['2017-01-01', '2017-02-01', '2017-03-12', '2017-11-05', '2017-12-30'];
const ranges = DAYS.map((day) => {
  const from = instantOf(`${day}T00:00:00`);
  return { from, to: from + 40 * 3_600_000 };
});
const within = (at: number): boolean => ranges.some(({ from, to }) => at >= from && at < to);
const written = (options: SampleOptions = {}): SampleMessage[] =>
  ranges.flatMap((range) => [...sampleMessages({ ...range, ...options })]);

function read(message: SampleMessage): StockEvent[] {
  const context = contexts.get(message.source);
  if (context === undefined) throw new Error(`no source ${message.source}`);
  const result = FORMATS[context.source.format](new TextEncoder().encode(message.body), context);
  // The ERP is strict: a wrong count in its X12 would be refused.
  expect(result.refused).toEqual([]);
  expect(result.warnings).toEqual([]);
  expect(result.events.length).toBe(message.rows);
  return result.events.map((one) => one.event);
}

function rowsAsText(): string[] {
  const snapshots = [...readRows('opening'), ...readRows('snapshots')].map(
    (row) => [row.at, `${row.source} ${row.at} ${row.node} ${row.sku} = ${row.quantity} ${row.covers}`] as const,
  );
  const movements = readRows('movements').map((row) => {
    const said = row.kind === 'move' ? `${row.from} > ${row.to} ${row.quantity}` : `${row.quantity} ${row.inboundRef}`;
    return [row.at, `${row.source} ${row.at} ${row.node} ${row.sku} ${said}`] as const;
  });
  const tills = readRows('till-lines').map((row) => {
    const units = row.kind === 'void' ? 'void' : row.kind === 'sale' ? -row.quantity : row.quantity;
    return [
      row.postedAt,
      `pos-${row.store} ${row.at} S${row.store} ${row.sku} ${units} posted ${row.postedAt}`,
    ] as const;
  });
  const purchases = readRows('purchases').map(
    (row) => [row.at, `erp ${row.at} ${row.node} ${row.sku} ${row.po} ${row.quantity} by ${row.dueAt}`] as const,
  );
  const all = [...snapshots, ...movements, ...tills, ...purchases];
  return all.filter(([sent]) => within(sent)).map(([, text]) => text);
}

function eventAsText(event: StockEvent): string {
  if (event.kind === 'heartbeat' || event.kind === 'complete') throw new Error(`nothing writes a ${event.kind}`);
  const head = `${event.source} ${event.at} ${event.node} ${event.sku}`;
  const pos = event.source.startsWith('pos-');
  switch (event.kind) {
    case 'snapshot':
      return `${head} = ${event.quantity} ${event.covers}`;
    case 'delta':
      return `${head} ${event.quantity} ${pos ? `posted ${event.postedAt}` : (event.inboundRef ?? '')}`;
    case 'void':
      return `${head} void posted ${event.postedAt}`;
    case 'move':
      return `${head} ${event.from} > ${event.to} ${event.quantity}`;
    case 'inbound':
      return `${head} ${event.inboundRef} ${event.quantity} by ${event.dueAt}`;
  }
}

test('our readers find in the messages exactly the rows they were written from', () => {
  const events = written().flatMap(read);
  expect(events.map(eventAsText).toSorted()).toEqual(rowsAsText().toSorted());
  // Opening stock and a day of everything.
  expect(events.length).toBeGreaterThan(74_640);
});

test('[FD1] ids are unique, and a void names the line it annuls', () => {
  const events = [
    ...sampleMessages({ from: instantOf('2017-01-02T00:00:00'), to: instantOf('2017-01-12T00:00:00') }),
  ].flatMap(read);
  const names = events.map((event) => `${event.source} ${event.id} ${'sku' in event ? event.sku : ''}`);
  expect(new Set(names).size).toBe(names.length);
  const known = new Set(names);
  const voids = events.filter((event) => event.kind === 'void');
  expect(voids.length).toBeGreaterThan(0);
  for (const event of voids) expect(known.has(`${event.source} ${event.voids} ${event.sku}`)).toBe(true);
});

test('EPCIS documents satisfy the schema of GS1', () => {
  const documents = written().filter((message) => message.contentType === 'application/ld+json');
  expect(documents.length).toBeGreaterThan(100);
  for (const { body } of documents) expect(schemaFault(JSON.parse(body))).toBeUndefined();
});

test('messages come in time order, none before what it tells', () => {
  let before = -Infinity;
  for (const message of sampleMessages({ from: ranges[1]?.from ?? 0, to: ranges[1]?.to ?? 0 })) {
    expect(message.at).toBeGreaterThanOrEqual(before);
    before = message.at;
    for (const event of read(message)) expect(event.at).toBeLessThanOrEqual(message.at);
  }
});

test('written for another time they say the same, at that time', () => {
  const range = { from: instantOf('2017-01-10T00:00:00'), to: instantOf('2017-01-12T00:00:00') };
  const wall = Date.UTC(2026, 10, 24, 7);
  const mapTime = (at: number): number => Math.floor(wall + (at - range.from) / 6_000);
  const plain = [...sampleMessages(range)].flatMap(read);
  const mapped = [...sampleMessages({ ...range, mapTime })].flatMap(read);
  const withoutTime = (event: StockEvent): string =>
    eventAsText({ ...event, at: 0, postedAt: 0 } as StockEvent).replace(/ by \d+$/, '');
  expect(mapped.map(withoutTime)).toEqual(plain.map(withoutTime));
  for (const [i, event] of mapped.entries()) {
    // X12 writes hundredths of a second, the others thousandths.
    expect(mapTime(plain[i]?.at ?? 0) - event.at).toBeGreaterThanOrEqual(0);
    expect(mapTime(plain[i]?.at ?? 0) - event.at).toBeLessThan(10);
  }
});

test('an online basket is one whole order, held until its goods are told gone', () => {
  const baskets = [...onlineBaskets()];
  expect(new Set(baskets.map((basket) => basket.key)).size).toBe(baskets.length);
  expect(baskets.flatMap((basket) => basket.lines).length).toBe(readRows('baskets').length);
  for (const basket of baskets) expect(basket.releaseAt).toBeGreaterThan(basket.at);
});

test('[FD1] a year in parts is the same year: no id depends on where a part begins', () => {
  const cuts = ['2017-01-20T00:00:00', '2017-02-03T06:00:00', '2017-02-10T12:34:56'].map(instantOf) as [
    number,
    number,
    number,
  ];
  const whole = [...sampleMessages({ from: cuts[0], to: cuts[2] })];
  const parts = [...sampleMessages({ from: cuts[0], to: cuts[1] }), ...sampleMessages({ from: cuts[1], to: cuts[2] })];
  expect(parts).toEqual(whole);
});
