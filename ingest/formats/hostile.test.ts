import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { FeedFormat } from '../../engine/contract/reference.ts';
import type { FormatResult } from '../source.ts';
import { FORMATS } from './formats.ts';
import { REFUSED_MAX } from './gather.ts';
import { readSamples } from './sample-table.ts';
import { testContext } from './test-context.ts';
import { cutsOf, withTokens } from './test-tokens.ts';

// Reliability promise 13: hostile input changes nothing and costs little. Real samples, broken in every way.

const NAMES = Object.keys(FORMATS) as FeedFormat[];
const ROWS: Readonly<Record<'json' | 'csv', string>> = {
  json: '{"kind":"delta","id":"e1","at":"2026-11-24T10:05:00","sku":"A","node":"9","quantity":-1,"reason":"sale"}\n{"kind":"snapshot-set","id":"s","at":1795486000000,"node":"9","complete":true,"rows":[{"sku":"A","quantity":4,"states":{"damaged":1}}]}',
  csv: 'kind,id,at,sku,node,quantity,reason,damaged\ndelta,e1,2026-11-24T10:05:00,"A",9,-1,sale,\nsnapshot,c,1795486000000,B,9,4,,1\n',
};
const SAMPLES: readonly { readonly format: FeedFormat; readonly bytes: Uint8Array }[] = [
  // The large examples add time, not shapes.
  ...readSamples().filter(({ bytes }) => bytes.length < 12_000),
  ...(['json', 'csv'] as const).map((format) => ({ format, bytes: Buffer.from(ROWS[format]) })),
];
/** Of each attack; `npm run campaign` makes it larger. */
const RUNS = Math.max(1, Math.round(600 * Number(process.env['ONHAND_ATTACK_SCALE'] ?? 1)));
/** Pieces that mean something to a parser somewhere. */
const TOKENS = [
  '<',
  '>',
  '</',
  '<!DOCTYPE a>',
  '<![CDATA[',
  '&a;',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\u0000',
  '__proto__',
  ',',
  ':',
  '~',
  '*',
  '\n',
  '\r\n',
  '\ufeff',
  '\u0000',
  'ISA',
  'IEA*1*1~',
  'null',
  '1e999',
  '-1',
  '9'.repeat(400),
  'NaN',
  '🚀',
];

function read(format: FeedFormat, bytes: Uint8Array): FormatResult {
  return FORMATS[format](bytes, testContext({ format }));
}

/** What must hold for any input: it returns, it is bounded, what it made is well formed, and it is the same every time. */
function expectSound(format: FeedFormat, bytes: Uint8Array): void {
  const result = read(format, bytes);
  expect(result.refused.length).toBeLessThanOrEqual(REFUSED_MAX + 1);
  for (const { code, message, place } of result.refused) {
    expect(code).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(place).not.toBe('');
    expect(message.length).toBeLessThan(600);
  }
  for (const { event, original } of result.events) {
    expect(Number.isFinite(event.at)).toBe(true);
    expect(event.source).toBe('test-source');
    expect(Number.isFinite('quantity' in event ? event.quantity : 0)).toBe(true);
    expect(typeof original()).toBe('string');
  }
  const again = read(format, bytes);
  const plain = ({ events, refused, ignored, warnings }: FormatResult): unknown => ({
    events: events.map(({ event, place }) => ({ event, place })),
    refused,
    ignored,
    warnings,
  });
  expect(plain(again)).toEqual(plain(result));
}

const sample = fc.constantFrom(...SAMPLES);

test('samples with pieces replaced by tokens of any grammar', () => {
  fc.assert(
    fc.property(sample, cutsOf(TOKENS), ({ format, bytes }, cuts) => expectSound(format, withTokens(bytes, cuts))),
    { numRuns: RUNS },
  );
});

test('samples with bytes flipped, cut off and repeated', () => {
  const flips = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.nat(255) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      sample,
      flips,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      ({ format, bytes }, changes, end, twice) => {
        const broken = Uint8Array.from(bytes.subarray(0, Math.ceil(end * bytes.length)));
        for (const { at, to } of changes) if (broken.length > 0) broken[Math.floor(at * (broken.length - 1))] = to;
        expectSound(format, twice ? Buffer.concat([broken, broken]) : broken);
      },
    ),
    { numRuns: RUNS },
  );
});

test('any sample through any format', () => {
  for (const { bytes } of SAMPLES) for (const format of NAMES) expectSound(format, bytes);
});

test('any bytes and any text through any format', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NAMES),
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 400 }).map((text) => Buffer.from(text)),
      ),
      expectSound,
    ),
    { numRuns: RUNS },
  );
});

test('our own rows with values of any shape', () => {
  const fields = [
    'kind',
    'id',
    'at',
    'sku',
    'node',
    'quantity',
    'reason',
    'covers',
    'carries',
    'states',
    'from',
    'to',
    'inboundRef',
    'dueAt',
    'voids',
    'rows',
    'complete',
    'seq',
    'stream',
  ];
  const kinds = fc.constantFrom(
    'delta',
    'snapshot',
    'move',
    'inbound',
    'void',
    'complete',
    'heartbeat',
    'snapshot-set',
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('A', '9', 1_795_486_000_000, -1, 'sale', 'book', 'damaged'),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), value), kinds, (row, kind) => {
      expectSound('json', Buffer.from(JSON.stringify({ ...row, kind })));
    }),
    { numRuns: RUNS },
  );
});

const GARBAGE = [
  'A',
  '\n',
  '{',
  '[',
  '<a>',
  '"',
  'ISA*',
  '{"kind":"delta"}\n',
  'a,b\n',
  '<POSLog>',
  '\u0000',
  '{"a":',
  'x~\n',
];
/** What makes each reader believe in the rest. */
const OPENINGS: Readonly<Record<FeedFormat, string>> = {
  poslog: '<POSLog>',
  epcis: '{"epcisBody":{"eventList":[',
  x12: 'ISA*00* *00* *ZZ*A *ZZ*B *261124*1005*U*00401*000000007*0*P*>~\nGS~',
  json: '{"kind":"snapshot-set","rows":[',
  csv: 'kind,id,at\n',
  'shopify-inventory': '{"inventory_levels":[',
};

test.each(NAMES)('garbage behind a good beginning: %s returns a bounded result', (format) => {
  for (const pattern of GARBAGE) {
    const body = Buffer.concat([Buffer.from(OPENINGS[format]), Buffer.alloc(500_000, pattern)]);
    expect(read(format, body).refused.length).toBeLessThanOrEqual(REFUSED_MAX + 1);
  }
});

test.each(NAMES)('ten megabytes of garbage: %s returns a bounded result', (format) => {
  for (const pattern of ['A', '<a>', '{"kind":"delta"}\n']) {
    const { events, refused } = read(format, Buffer.alloc(10_000_000, pattern));
    expect(events).toEqual([]);
    expect(refused.length).toBeLessThanOrEqual(REFUSED_MAX + 1);
  }
});

/** Much envelope around many bad parts: each part's original repeats the envelope it needs to be read alone. */
const BAD = 6_000;
const JUNK = 'x'.repeat(300_000);
const HEAVY: Readonly<Record<FeedFormat, string>> = {
  json: JSON.stringify({ kind: 'snapshot-set', id: 's', at: 1, node: '9', note: JUNK, rows: Array(BAD).fill(1) }),
  csv: `kind,id,at,${'x'.repeat(60_000)}\n${'delta,,1\n'.repeat(BAD)}`,
  poslog: `<POSLog note="${JUNK}">${'<Transaction><RetailTransaction/></Transaction>'.repeat(BAD)}</POSLog>`,
  epcis: JSON.stringify({
    '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    type: 'EPCISDocument',
    'example:note': JUNK,
    epcisBody: { eventList: Array(BAD).fill({ type: 'ObjectEvent' }) },
  }),
  x12: `ISA*00**00**ZZ*A*ZZ*B*261124*0300*U*00401*1*0*P*:~GS*IB*9*B*20261124*0300*1*X*004010~ST*846*1~BIA*00*DD*1*20261124~N1*ZZ*${JUNK}~${'LIN**ZZ*A~'.repeat(BAD)}SE*1*1~GE*1*1~IEA*1*1~`,
  'shopify-inventory': JSON.stringify({
    note: JUNK,
    inventory_levels: Array(BAD).fill({ inventory_item_id: 1, location_id: 2, available: 'x' }),
  }),
};

test.each(NAMES)('%s: half a megabyte of envelope around thousands of bad parts stays within a bound', (format) => {
  const { refused } = read(format, Buffer.from(HEAVY[format]));
  expect(refused.length).toBeGreaterThan(100);
  expect(refused.reduce((sum, part) => sum + part.original.length, 0)).toBeLessThan(34 * 1024 * 1024);
  const all = refused.length >= BAD;
  expect(refused.at(-1)?.code === 'too-many-refused').toBe(!all);
});
