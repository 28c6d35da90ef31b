import { X12Parser } from 'node-x12';
import { expect, test } from 'vitest';

import type { NodeId } from '../../engine/contract/ids.ts';
import type { SourceRef } from '../../engine/contract/reference.ts';
import type { FormatResult } from '../source.ts';
import { readSamples } from './sample-table.ts';
import { bytesOf, testContext } from './test-context.ts';
import { readInterchange } from './x12-envelope.ts';
import { readX12 } from './x12.ts';

const read = (text: string, source: Partial<SourceRef> = {}): FormatResult =>
  readX12(
    bytesOf(text),
    testContext({ format: 'x12', nodeCodes: { 'WH-1': 'DC-BERLIN' as NodeId, '9': 'S-09' as NodeId }, ...source }),
  );

const interchange = (
  type: string,
  segments: readonly string[],
  { se = segments.length + 2, ge = 1, iea = 1, control = '000000007' } = {},
): string =>
  [
    'ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*1005*U*00401*000000007*0*P*>',
    'GS*XX*SENDER*ONHAND*20261124*1005*7*X*004010',
    `ST*${type}*0001`,
    ...segments,
    `SE*${se}*0001`,
    `GE*${ge}*7`,
    `IEA*${iea}*${control}`,
    '',
  ].join('~\n');

const ORDER = [
  'BEG*00*SA*PO-1**20261123',
  'DTM*002*20261201*1430',
  'N1*ST*Store nine*92*9',
  'PO1*1*12*EA***UP*012345678905*VN*V1',
  'PO1*2*3*CA***SK*S2',
  'PO4*24',
  'CTT*2',
];

test('an order is inbound supply, cases by their pack', () => {
  const { events, refused, warnings } = read(interchange('850', ORDER));
  expect({ refused, warnings }).toEqual({ refused: [], warnings: [] });
  const at = Date.UTC(2026, 10, 24, 15, 5);
  const head = {
    kind: 'inbound',
    source: 'test-source',
    id: 'x12-000000007-2611241005-0001#PO-1',
    at,
    node: 'S-09',
    inboundRef: 'PO-1',
    ref: 'PO-1',
    dueAt: Date.UTC(2026, 11, 1, 19, 30),
  };
  expect(events.map(({ event, place }) => [place, event])).toEqual([
    ['segment 7 (PO1)', { ...head, sku: '012345678905', quantity: 12 }],
    ['segment 8 (PO1)', { ...head, sku: 'S2', quantity: 72 }],
  ]);
});

test('a cancelled order cancels what it lists, lines of one item are summed', () => {
  const cancelled = ORDER.map((segment) => segment.replace('BEG*00', 'BEG*01'));
  expect(
    read(interchange('850', cancelled)).events.map(({ event }) => ('quantity' in event ? event.quantity : 0)),
  ).toEqual([0, 0]);
  const twice = [...ORDER.slice(0, 4), 'PO1*3*8*EA***UP*012345678905', 'DTM*002*20261128'];
  expect(read(interchange('850', twice)).events.map(({ event }) => event)).toMatchObject([
    { sku: '012345678905', quantity: 20, dueAt: Date.UTC(2026, 10, 28, 5) },
  ]);
});

const NOTICE = [
  'BSN*00*ASN-1*20261125*0800',
  'HL*1**S',
  'DTM*017*20261202',
  'N1*ST**92*WH-1',
  'HL*2*1*O',
  'PRF*PO-1',
  'HL*3*2*P',
  'HL*4*3*I',
  'LIN*1*UP*012345678905',
  'SN1*1*10*EA',
  'HL*5*2*I',
  'LIN*2*SK*S2',
  'SN1*2*6*EA',
  'CTT*5',
];

test('a ship notice is the newer word about the same supply', () => {
  const { events, refused, warnings } = read(interchange('856', NOTICE));
  expect({ refused, warnings }).toEqual({ refused: [], warnings: [] });
  expect(events.map(({ event }) => event)).toMatchObject([
    {
      sku: '012345678905',
      quantity: 10,
      inboundRef: 'PO-1',
      node: 'DC-BERLIN',
      dueAt: Date.UTC(2026, 11, 1, 23),
      at: Date.UTC(2026, 10, 25, 7),
    },
    { sku: 'S2', quantity: 6, inboundRef: 'PO-1' },
  ]);
});

test('a level that is its own ancestor ends nothing', () => {
  const circle = NOTICE.map((segment) => segment.replace('HL*2*1*O', 'HL*2*3*O'));
  expect(read(interchange('856', circle)).events).toHaveLength(2);
});

const ADVICE = [
  'BIA*00*SI*INV-1*20261124*0600',
  'N1*WH**92*WH-1',
  'LIN*1*SK*S1',
  'QTY*17*40*EA',
  'QTY*QH*2*EA',
  'QTY*33*31*EA',
  'LIN*2*SK*S2',
  'QTY*33*7*EA',
  'LIN*3*SK*S3',
  'QTY*63*500*EA',
  'LIN*4*SK*S4',
  'QTY*17*-3*EA',
  'CTT*4',
];

test('[FD14] an advice is a book snapshot; on hand is on-hand, available alone is netted, on order is neither', () => {
  const { events, ignored, refused } = read(interchange('846', ADVICE));
  expect(events.map(({ event }) => event)).toMatchObject([
    {
      kind: 'snapshot',
      sku: 'S1',
      quantity: 40,
      carries: 'on-hand',
      covers: 'book',
      states: { 'quality-hold': 2 },
      node: 'DC-BERLIN',
      at: Date.UTC(2026, 10, 24, 5),
    },
    { kind: 'snapshot', sku: 'S2', quantity: 7, carries: 'available' },
  ]);
  expect(ignored).toBe(1);
  expect(refused).toMatchObject([{ code: 'malformed-quantity', place: 'segment 14 (LIN)' }]);
});

test('only an advice that replaces is complete, and no line of it replayed alone is', () => {
  const replacing = ADVICE.slice(0, 6).map((segment) => segment.replace('BIA*00', 'BIA*05'));
  const { events } = read(interchange('846', replacing));
  expect(events.map(({ event }) => event.kind)).toEqual(['snapshot', 'complete']);
  const alone = events.map(({ original }) => read(original()).events.map(({ event }) => event));
  expect(alone).toEqual([[events[0]?.event], [events[1]?.event]]);
});

test('[FD9] a bad line is refused with an interchange of its own, its counts right', () => {
  const bad = ORDER.map((segment) => segment.replace('PO1*1*12*EA', 'PO1*1*-12*EA'));
  const { events, refused } = read(interchange('850', bad));
  expect(events).toHaveLength(1);
  expect(refused).toMatchObject([{ code: 'malformed-quantity', place: 'segment 7 (PO1)' }]);
  const corrected = refused[0]?.original.replace('*-12*', '*12*') ?? '';
  expect(read(corrected, { strict: true })).toMatchObject({
    events: [{ event: { sku: '012345678905', quantity: 12 } }],
    refused: [],
    warnings: [],
  });
});

test('lines lacking what they need say so', () => {
  for (const [from, to, code] of [
    ['*UP*012345678905*VN*V1', '', 'no-item-code'],
    ['*12*EA', '*12*LB', 'unknown-unit'],
    ['*12*EA', '*1e9*EA', 'malformed-quantity'],
    ['DTM*002*20261201*1430', 'DTM*050*20261201', 'no-due-date'],
    ['DTM*002*20261201*1430', 'DTM*002*20261301', 'malformed-time'],
    ['*PO-1*', '**', 'no-order-number'],
  ] as const) {
    const { refused } = read(
      interchange(
        '850',
        ORDER.map((segment) => segment.replace(from, to)),
      ),
    );
    expect({ to, code: refused[0]?.code }).toEqual({ to, code });
  }
  expect(read(interchange('850', ORDER.slice(1))).refused).toMatchObject([
    { code: 'malformed-set', place: 'segment 3 (ST)' },
  ]);
});

test('wrong counts are a warning, or a refusal where the source is strict', () => {
  for (const wrong of [{ se: 99 }, { ge: 2 }, { iea: 5 }, { control: '000000008' }]) {
    const lax = read(interchange('850', ORDER, wrong));
    const strict = read(interchange('850', ORDER, wrong), { strict: true });
    expect({ wrong, events: lax.events.length, warnings: lax.warnings.length }).toEqual({
      wrong,
      events: 2,
      warnings: 1,
    });
    expect({ wrong, events: strict.events, codes: strict.refused.map(({ code }) => code) }).toEqual({
      wrong,
      events: [],
      codes: ['wrong-count'],
    });
    // Replayed as it is, it is refused again: somebody has to look at it.
    expect(read(strict.refused[0]?.original ?? '', { strict: true }).refused).toMatchObject([{ code: 'wrong-count' }]);
  }
});

test('an interchange cut anywhere is refused, never half read', () => {
  const whole = interchange('850', ORDER);
  for (let length = 1; length < whole.lastIndexOf('IEA'); length += 7) {
    const { events, refused } = read(whole.slice(0, length));
    expect({ length, events, refused: refused.length }).toEqual({ length, events: [], refused: 1 });
  }
});

test('interchanges that follow each other are all read; what is none ends it', () => {
  const both = interchange('850', ORDER) + interchange('846', ADVICE.slice(0, 6));
  expect(read(both).events).toHaveLength(3);
  const { events, refused } = read(`${interchange('850', ORDER)}\nHELLO`);
  expect(events).toHaveLength(2);
  expect(refused).toMatchObject([{ code: 'no-isa', place: 'interchange 2', original: 'HELLO' }]);
});

test('other transaction sets are ignored with a warning', () => {
  expect(read(interchange('997', ['AK1*PO*7']))).toMatchObject({
    events: [],
    ignored: 1,
    refused: [],
    warnings: ['transaction set 997 is not read'],
  });
});

test('our tokeniser cuts well-formed samples as node-x12 does', () => {
  const samples = readSamples().filter(
    ({ path }) => path.startsWith('x12/node-x12/') && !path.includes('fat') && !path.includes('271'),
  );
  expect(samples).toHaveLength(5);
  for (const { path, bytes } of samples) {
    const text = Buffer.from(bytes).toString('utf8');
    const ours = readInterchange(text, 0);
    const theirs = new X12Parser(false).parse(text);
    if ('code' in ours || !('functionalGroups' in theirs)) throw new Error(`${path} is not one interchange`);
    const tags = ours.groups.flatMap((group) =>
      group.sets.flatMap((set) => set.body.map((one) => one.elements.map((element) => element.trim()))),
    );
    const judge = theirs.functionalGroups.flatMap((group) =>
      group.transactions.flatMap((set) =>
        set.segments.map((one) => [one.tag, ...one.elements.map((element) => element.value.trim())]),
      ),
    );
    expect({ path, tags }).toEqual({ path, tags: judge });
  }
});
