import { expect, test } from 'vitest';

import type { FormatResult } from '../source.ts';
import { readCsv } from './csv.ts';
import { bytesOf, testContext } from './test-context.ts';

const read = (text: string): FormatResult => readCsv(bytesOf(text), testContext({ format: 'csv' }));
const HEADER = 'kind,id,at,sku,node,quantity,reason,covers,damaged,quality-hold';

test('a column per field, an empty cell is an absent field, states are columns', () => {
  const { events, refused } = read(
    `${HEADER}\ndelta,e1,2026-11-24T10:05:00,A,9,-1,sale,,,\nsnapshot,c1,1795486000000,B,S-09,12.5,,count,1,\n`,
  );
  expect(refused).toEqual([]);
  expect(events.map(({ event, place }) => [place, event])).toEqual([
    [
      'line 2',
      {
        kind: 'delta',
        source: 'test-source',
        id: 'e1',
        at: Date.UTC(2026, 10, 24, 15, 5),
        sku: 'A',
        node: 'S-09',
        quantity: -1,
        reason: 'sale',
      },
    ],
    [
      'line 3',
      {
        kind: 'snapshot',
        source: 'test-source',
        id: 'c1',
        at: 1_795_486_000_000,
        sku: 'B',
        node: 'S-09',
        quantity: 12.5,
        covers: 'count',
        carries: 'on-hand',
        states: { damaged: 1 },
      },
    ],
  ]);
});

test('semicolons, tabs, quotes, a byte order mark and CRLF are read as they come', () => {
  for (const [mark, end] of [
    [';', '\r\n'],
    ['\t', '\n'],
    [',', '\n'],
  ] as const) {
    const rows = [HEADER.split(','), ['delta', '"e1"', '1795486000000', '"A"', '9', '-1', 'sale', '', '', '']];
    const text = `\ufeff${rows.map((row) => row.join(mark)).join(end)}${end}`;
    expect(read(text).events.map(({ event }) => event.id)).toEqual(['e1']);
  }
});

test('[FD9] a bad row is refused with header and row, the others count', () => {
  const { events, refused } = read(
    `${HEADER}\ndelta,e1,x,A,9,-1,sale,,,\ndelta,e2,1795486000000,A,9,many,sale,,,\ndelta,e3,1795486000000,A,9,-1,sale,,,\n1,2,3,4,5,6,7,8,9,10,11\n`,
  );
  expect(events.map(({ place }) => place)).toEqual(['line 4']);
  expect(refused.map(({ place, code }) => [place, code])).toEqual([
    ['line 2', 'malformed-time'],
    ['line 3', 'malformed-quantity'],
    ['line 5', 'malformed-row'],
  ]);
  expect(refused[1]?.original).toBe(`${HEADER}\ndelta,e2,1795486000000,A,9,many,sale,,,\n`);
});

test('the original of a row reads as that row', () => {
  const { events } = read(`${HEADER}\n\ndelta,e1,1795486000000,"A",9,-1,sale,,,\n`);
  expect(read(events[0]?.original() ?? '').events.map(({ event }) => event)).toEqual([events[0]?.event]);
});

test('numbers are decimal or nothing', () => {
  for (const wrong of ['1e3', '0x10', '1,5', '--1', 'NaN', '1.2.3']) {
    const cell = wrong.includes(',') ? `"${wrong}"` : wrong;
    const { refused } = read(`${HEADER}\ndelta,e1,1795486000000,A,9,${cell},sale,,,\n`);
    expect({ wrong, codes: refused.map(({ code }) => code) }).toEqual({ wrong, codes: ['malformed-quantity'] });
  }
});

test('unknown columns are named in a warning and ignored', () => {
  const { events, warnings } = read(
    'kind,id,at,sku,node,quantity,reason,Comment\ndelta,e1,1795486000000,A,9,-1,sale,hi\n',
  );
  expect(events).toHaveLength(1);
  expect(warnings).toEqual(['column "Comment" is not read']);
});

test('a header that lacks or repeats a column refuses the file', () => {
  expect(read('sku,node\nA,9\n').refused).toMatchObject([{ code: 'missing-columns', place: 'whole body' }]);
  expect(read('kind,id,at,id\nx,1,2,3\n').refused).toMatchObject([{ code: 'repeated-column' }]);
});

test('a quote that never closes refuses the rest, the rows before it count', () => {
  const text = `${HEADER}\ndelta,e1,1795486000000,A,9,-1,sale,,,\ndelta,"e2,1795486000000,A,9,-1,sale,,,\ndelta,e3,1,A\n`;
  const { events, refused } = read(text);
  expect(events.map(({ event }) => event.id)).toEqual(['e1']);
  expect(refused).toMatchObject([{ code: 'broken-csv', place: 'line 3' }]);
  expect(refused[0]?.original).toBe(`${HEADER}\ndelta,"e2,1795486000000,A,9,-1,sale,,,\ndelta,e3,1,A\n`);
});
