import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { OrderFormatName } from '../../engine/contract/reference.ts';
import { REFUSED_MAX } from '../formats/gather.ts';
import { cutsOf, withTokens } from '../formats/test-tokens.ts';
import { orderFormats } from './formats.ts';
import type { OrderReading } from './source.ts';
import { fixture, orderContext } from './test-context.ts';

// Reliability promise 13, for messages about orders: hostile input changes nothing and costs little.

const NAMES = Object.keys(orderFormats) as OrderFormatName[];
const INVOICES = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,Apple,5,2011-01-03 10:00:00,2.00,7.0,EIRE
1,POST,"Post, age",1,2011-01-03 10:00:00,18.0,7.0,EIRE
C2,A,Apple,-2,2011-01-20 10:00:00,2.00,7.0,EIRE
3,B,damages,-4,2011-01-20 10:00:00,0.0,,France
`;
const JSON_ROWS = JSON.stringify([
  {
    orderId: 'W-1',
    placedAt: 1,
    currency: 'USD',
    lines: [{ sku: 'A', units: 2, price: '19.99', tax: '1.00' }],
    charges: [{ kind: 'fee', name: 'f', amount: '-1' }],
  },
  {
    kind: 'refund',
    orderId: 'W-1',
    at: 1,
    currency: 'USD',
    amount: '1',
    lines: [{ line: '1', units: 1, restock: 'cancel' }],
  },
  { kind: 'cancel', orderId: 'W-1', at: 1 },
]);
const POSLOG = readFileSync(
  new URL('../formats/fixtures/poslog/kjbreil-poslog/SMALL.xml', import.meta.url),
  'utf8',
).replace('<TransactionCount>', '<Customer><CustomerID>c7</CustomerID></Customer><TransactionCount>');
const SAMPLES: readonly { readonly format: OrderFormatName; readonly bytes: Uint8Array }[] = [
  ...['order', 'refund', 'draft_order'].map((name) => ({
    format: 'shopify' as const,
    bytes: fixture(`shopify/${name}.json`),
  })),
  ...['orders.01', 'orders.03', 'order-refunds.03', 'webhooks.01'].map((name) => ({
    format: 'woocommerce' as const,
    bytes: fixture(`woocommerce/${name}.json`),
  })),
  { format: 'amazon', bytes: fixture('amazon/OrderChangeNotification.0.json') },
  { format: 'json', bytes: Buffer.from(JSON_ROWS) },
  { format: 'invoices', bytes: Buffer.from(INVOICES) },
  { format: 'poslog', bytes: Buffer.from(POSLOG) },
];
/** Of each attack; `npm run campaign` makes it larger. */
const RUNS = Math.max(1, Math.round(400 * Number(process.env['ONHAND_ATTACK_SCALE'] ?? 1)));
/** Pieces that mean something to a reader somewhere. */
const TOKENS = [
  '<',
  '</',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\u0000',
  '\\ud800',
  '__proto__',
  'constructor',
  ',',
  ':',
  '\n',
  '\u0000',
  'null',
  'true',
  '1e999',
  '-1',
  '0',
  '0.5',
  '9'.repeat(400),
  '1'.repeat(15),
  'NaN',
  '🚀',
];

/** What must hold for any input: it returns, it is bounded, what it made is well formed, and it is the same every time. */
function expectSound(format: OrderFormatName, bytes: Uint8Array): void {
  const reading = orderFormats[format](bytes, orderContext());
  expect(reading.refused.length).toBeLessThanOrEqual(REFUSED_MAX + 1);
  for (const { code, message, place } of reading.refused) {
    expect(code).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(place).not.toBe('');
    expect(message.length).toBeLessThan(600);
  }
  expectWellFormed(reading);
  const again = orderFormats[format](bytes, orderContext());
  expect(again.messages.map(({ message }) => message)).toEqual(reading.messages.map(({ message }) => message));
}

function expectWellFormed({ messages, events }: OrderReading): void {
  for (const { message } of messages) {
    expect(Number.isSafeInteger(message.at) && message.at >= 0).toBe(true);
    expect(message.channel).toBe('web');
    for (const id of [message.channelOrderId, message.message]) expect(id).toMatch(/^[!-~\u00a1-\uffff]{1,128}$/u);
    // Whole numbers, everywhere, that arithmetic keeps exact; and nothing that JSON could not carry.
    const copy: unknown = JSON.parse(JSON.stringify(message), (key, value: unknown) => {
      if (key.endsWith('Minor') || key === 'units') expect(Number.isSafeInteger(value)).toBe(true);
      return value;
    });
    expect(copy).toEqual(message);
  }
  for (const { event } of events) expect('quantity' in event && Number.isSafeInteger(event.quantity)).toBe(true);
}

const sample = fc.constantFrom(...SAMPLES);

test('samples with pieces replaced by tokens of any grammar', () => {
  fc.assert(
    fc.property(sample, cutsOf(TOKENS), ({ format, bytes }, cuts) => expectSound(format, withTokens(bytes, cuts))),
    { numRuns: RUNS },
  );
});

test('JSON samples with any value in the place of any other', () => {
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('', '0', '-5.005', 1e300, -1, 0.1, 2 ** 53, [], {}, [null], 'US', 'A'),
  );
  const json = SAMPLES.filter(({ format }) => format !== 'invoices' && format !== 'poslog');
  fc.assert(
    fc.property(fc.constantFrom(...json), fc.nat(), values, ({ format, bytes }, which, value) => {
      const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as object;
      expectSound(format, Buffer.from(JSON.stringify(replaced(document, which, value))));
    }),
    { numRuns: RUNS },
  );
});

/** The document with another value in the place of its nth one. */
function replaced(document: object, which: number, value: unknown): unknown {
  let count = 0;
  JSON.stringify(document, (_key, member: unknown) => ((count += 1), member));
  const at = which % count;
  let seen = -1;
  return JSON.parse(
    JSON.stringify(document, (_key, member: unknown) => ((seen += 1), seen === at ? value : member)) ?? 'null',
  );
}

test('any sample, any bytes and any text through any format', () => {
  for (const { bytes } of SAMPLES) for (const format of NAMES) expectSound(format, bytes);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
  );
  fc.assert(fc.property(fc.constantFrom(...NAMES), bytes, expectSound), { numRuns: RUNS });
});

test('[FD9] the original of every message of every sample reads as that message again', () => {
  for (const { format, bytes } of SAMPLES) {
    for (const { message, original } of orderFormats[format](bytes, orderContext()).messages) {
      const again = orderFormats[format](Buffer.from(original()), orderContext());
      expect(again.messages.map((one) => one.message)).toContainEqual(message);
    }
  }
});

test('[FD9] keys that reach into the language, and nesting without end, are refused whole', () => {
  for (const format of ['shopify', 'woocommerce', 'amazon', 'json'] as const) {
    const codeOf = (text: string): unknown => orderFormats[format](Buffer.from(text), orderContext()).refused[0]?.code;
    expect(codeOf('{"id":1,"line_items":[{"__proto__":{"sku":"A"}}]}')).toBe('forbidden-key');
    expect(codeOf('{"\\u005f_proto__":1}')).toBe('forbidden-key');
    expect(codeOf(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toBe('broken-json');
    expect(codeOf(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)).toBe('forbidden-key');
  }
  expect(({} as { sku?: string }).sku).toBeUndefined();
});

/** Many bad parts in one body: each is refused with its place, up to a bound. */
const MANY = 12_000;
const HEAVY: Readonly<Record<OrderFormatName, string>> = {
  shopify: JSON.stringify({ orders: Array(MANY).fill({}) }),
  woocommerce: JSON.stringify(Array(MANY).fill({})),
  amazon: JSON.stringify(Array(MANY).fill({})),
  json: JSON.stringify(Array(MANY).fill({})),
  invoices: `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${Array.from({ length: MANY }, (_, index) => `${index},A,,x,,,,`).join('\n')}`,
  poslog: `<POSLog>${'<Transaction><RetailTransaction><Customer><CustomerID>1</CustomerID></Customer></RetailTransaction></Transaction>'.repeat(MANY)}</POSLog>`,
};

test.each(NAMES)('%s: thousands of bad parts end within a bound, and it is said where', (format) => {
  const { messages, refused } = orderFormats[format](Buffer.from(HEAVY[format]), orderContext());
  expect(messages).toEqual([]);
  expect(refused.length).toBeLessThanOrEqual(REFUSED_MAX + 1);
  expect(refused.at(-1)?.code).toBe('too-many-refused');
});

test.each(NAMES)('five megabytes of garbage: %s returns a bounded result', (format) => {
  for (const pattern of ['A', '{"a":', '1,2\n', '<a>']) {
    expect(orderFormats[format](Buffer.alloc(5_000_000, pattern), orderContext()).messages).toEqual([]);
  }
});
