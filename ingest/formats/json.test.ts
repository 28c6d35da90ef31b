import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { FormatResult } from '../source.ts';
import { REFUSED_MAX } from './gather.ts';
import { readJson } from './json.ts';
import { bytesOf, testContext } from './test-context.ts';

const read = (text: string): FormatResult => readJson(bytesOf(text), testContext({ format: 'json' }));
const eventsOf = (text: string): unknown[] => read(text).events.map(({ event }) => event);
const codesOf = (text: string): string[] => read(text).refused.map(({ code, place }) => `${place}: ${code}`);

const AT = 1_795_486_000_000;
const DELTA = { kind: 'delta', id: 'e1', at: AT, sku: 'A', node: 'S-09', quantity: -1, reason: 'sale' };
const delta = (over: object = {}): string => JSON.stringify({ ...DELTA, ...over });

test('one object, a list, pretty print and NDJSON are the same rows', () => {
  const is = { ...DELTA, source: 'test-source' };
  for (const text of [
    delta(),
    `[${delta()}]`,
    JSON.stringify(DELTA, null, 2),
    JSON.stringify([DELTA], null, 2),
    `${delta()}\n`,
    `\ufeff${delta()}\r\n\r\n`,
  ]) {
    expect(eventsOf(text)).toEqual([is]);
  }
  expect(eventsOf(`${delta()}\n\n${delta({ id: 'e2' })}`)).toEqual([is, { ...is, id: 'e2' }]);
});

test('every kind, as its ledger row', () => {
  const head = { id: 'x', at: AT, sku: 'A', node: 'S-09' };
  for (const [row, event] of [
    [
      { kind: 'snapshot', ...head, quantity: 5 },
      { covers: 'book', carries: 'on-hand', quantity: 5 },
    ],
    [
      { kind: 'snapshot', ...head, quantity: -2, covers: 'count', carries: 'available', states: { damaged: 1 } },
      { covers: 'count', carries: 'available', states: { damaged: 1 }, quantity: -2 },
    ],
    [
      { kind: 'move', ...head, quantity: 1, from: 'sellable', to: 'quality-hold' },
      { from: 'sellable', to: 'quality-hold' },
    ],
    [
      { kind: 'inbound', ...head, quantity: 0, inboundRef: 'PO', dueAt: '2026-11-26T00:00:00' },
      { inboundRef: 'PO', dueAt: Date.UTC(2026, 10, 26, 5) },
    ],
    [{ kind: 'void', ...head, voids: 'e1' }, { voids: 'e1' }],
    [
      { kind: 'complete', ...head },
      { covers: 'book', node: 'S-09' },
    ],
    [
      {
        kind: 'delta',
        ...head,
        quantity: 1,
        reason: 'receipt',
        inboundRef: 'PO',
        postedAt: AT + 1,
        seq: 4,
        epoch: 1,
        stream: 't',
        channel: 'web',
        ref: 'r',
      },
      { inboundRef: 'PO', postedAt: AT + 1, seq: 4, epoch: 1, stream: 't', channel: 'web', ref: 'r' },
    ],
    [
      { kind: 'heartbeat', at: AT },
      { kind: 'heartbeat', id: `heartbeat-${AT}`, at: AT },
    ],
    [
      { kind: 'heartbeat', at: AT, id: 'h', node: '9' },
      { id: 'h', node: 'S-09' },
    ],
  ] as const) {
    expect(eventsOf(JSON.stringify(row))).toMatchObject([{ kind: row.kind, source: 'test-source', ...event }]);
  }
});

test('[FD9] a bad row is refused with its place and its own text, the others count', () => {
  const text = `${delta()}\nnot json\n${delta({ quantity: 'one' })}\n${delta({ id: 'e4' })}\n{"kind":"del`;
  const { events, refused } = read(text);
  expect(events.map(({ place }) => place)).toEqual(['line 1', 'line 4']);
  expect(refused.map(({ code, place, original }) => [place, code, original])).toEqual([
    ['line 2', 'broken-json', 'not json'],
    ['line 3', 'malformed-quantity', delta({ quantity: 'one' })],
    ['line 5', 'broken-json', '{"kind":"del'],
  ]);
});

test('[FD9] a first line that is broken does not take the others with it', () => {
  expect(codesOf(`{"kind":"del\n${delta()}\n${delta({ id: 'e2' })}`)).toEqual(['line 1: broken-json']);
  expect(eventsOf(`oops\n${delta()}`)).toHaveLength(1);
});

test('a list that stops half way is refused whole', () => {
  expect(codesOf(`[${delta()},`)).toEqual(['whole body: broken-json']);
});

test('each field says what is wrong with it', () => {
  for (const [over, code] of [
    [{ node: '' }, 'malformed-id'],
    [{ node: 7 }, 'malformed-id'],
    [{ id: 'a b' }, 'malformed-id'],
    [{ id: undefined }, 'malformed-id'],
    [{ at: 'now' }, 'malformed-time'],
    [{ at: null }, 'malformed-time'],
    [{ postedAt: '2026-99-01T00:00:00Z' }, 'malformed-time'],
    [{ sku: 'x'.repeat(129) }, 'malformed-id'],
    [{ quantity: null }, 'malformed-quantity'],
    [{ quantity: '1' }, 'malformed-quantity'],
    [{ reason: 'theft' }, 'malformed-field'],
    [{ seq: -1 }, 'malformed-field'],
    [{ epoch: 1.5 }, 'malformed-field'],
    [{ stream: '' }, 'malformed-field'],
    [{ ref: 'x'.repeat(200) }, 'malformed-field'],
    [{ channel: '' }, 'malformed-id'],
    [{ inboundRef: 5 }, 'malformed-field'],
    [{ kind: 'adjust' }, 'unknown-kind'],
    [{ kind: undefined }, 'unknown-kind'],
    [{ source: 'other' }, 'other-source'],
    [{ kind: 'move', quantity: 1, from: 'sellable', to: 'sellable' }, 'malformed-field'],
    [{ kind: 'move', quantity: 1, from: 'shelf', to: 'sellable' }, 'malformed-field'],
    [{ kind: 'move', from: 'sellable', to: 'damaged' }, 'malformed-quantity'],
    [{ kind: 'inbound', dueAt: AT, inboundRef: 'x' }, 'malformed-quantity'],
    [{ kind: 'snapshot', covers: 'all' }, 'malformed-field'],
    [{ kind: 'snapshot', carries: 'ats' }, 'malformed-field'],
    [{ kind: 'snapshot', states: [] }, 'malformed-field'],
    [{ kind: 'snapshot', states: { broken: 1 } }, 'malformed-field'],
    [{ kind: 'snapshot', states: { damaged: -1 } }, 'malformed-field'],
    [{ kind: 'void' }, 'malformed-id'],
    [{ kind: 'complete', covers: 1 }, 'malformed-field'],
    [{ kind: 'snapshot-set', rows: {} }, 'malformed-field'],
    [{ kind: 'snapshot-set', rows: [], complete: 'yes' }, 'malformed-field'],
    [{ kind: 'snapshot-set', rows: [], covers: 'x' }, 'malformed-field'],
  ] as const) {
    expect({ over, codes: codesOf(delta(over)) }).toEqual({ over, codes: [`line 1: ${code}`] });
  }
  for (const text of ['7', '"x"', 'null', '[[]]', '[null]']) {
    expect({ text, codes: read(text).refused.map(({ code }) => code) }).toEqual({ text, codes: ['malformed-row'] });
  }
});

test('absurd quantities are numbers, so the engine judges them; what JSON cannot hold is refused here', () => {
  expect(eventsOf(delta({ quantity: -1e15 }))).toMatchObject([{ quantity: -1e15 }]);
  expect(codesOf(delta().replace('-1,', '1e999,'))).toEqual(['line 1: malformed-quantity']);
});

test('keys that reach into the language are refused, however they are written', () => {
  for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__', 'const\\u0072uctor']) {
    expect(codesOf(delta().replace('"kind"', `"${key}":{"admin":true},"kind"`))).toEqual(['line 1: forbidden-key']);
    expect(codesOf(delta({ states: 1 }).replace('"states":1', `"states":{"${key}":1}`))).toEqual([
      'line 1: forbidden-key',
    ]);
  }
  expect(Object.prototype).not.toHaveProperty('admin');
  expect(eventsOf(delta({ ref: 'constructor' }))).toHaveLength(1);
});

test('nesting without end is refused, not walked', () => {
  const deep = `{"kind":"delta","constructor2":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(codesOf(deep)).toEqual(['line 1: broken-json']);
  expect(codesOf(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`)).toEqual(['whole body: broken-json']);
  expect(codesOf('['.repeat(100_000))).toEqual(['whole body: broken-json']);
  const short = `{"kind":"delta","constructor2":${'['.repeat(1000)}${']'.repeat(1000)}}`;
  expect(codesOf(short)).toEqual(['line 1: forbidden-key']);
  // Brackets inside text nest nothing.
  expect(eventsOf(delta({ note: `${'[{'.repeat(3000)}\\"[` }))).toHaveLength(1);
});

test('a set gives each position a snapshot, and the completion last', () => {
  const set = { kind: 'snapshot-set', id: 'B1', at: AT, node: '9', covers: 'count', complete: true };
  const rows = [{ sku: 'A', quantity: 4, states: { display: 1 } }, { sku: 'B' }, 'C', { sku: 'D', quantity: 0 }];
  const { events, refused } = read(JSON.stringify({ ...set, rows }));
  expect(events.map(({ event, place }) => [event.kind, 'sku' in event ? event.sku : '', place])).toEqual([
    ['snapshot', 'A', 'line 1, rows[0]'],
    ['snapshot', 'D', 'line 1, rows[3]'],
    ['complete', '', 'line 1, complete'],
  ]);
  expect(events[0]?.event).toMatchObject({ id: 'B1', node: 'S-09', covers: 'count', states: { display: 1 } });
  expect(refused.map(({ code, place }) => [code, place])).toEqual([
    ['malformed-quantity', 'line 1, rows[1]'],
    ['malformed-row', 'line 1, rows[2]'],
  ]);
  // One row replayed alone must not claim that the node holds nothing else.
  expect(eventsOf(events[0]?.original() ?? '')).toEqual([events[0]?.event]);
  expect(eventsOf(events[2]?.original() ?? '')).toEqual([events[2]?.event]);
});

test('a refused quantity says in plain words what it must be', () => {
  expect(read(delta({ quantity: 'many' })).refused[0]?.message).toBe('quantity must be a finite number, got "many"');
});

test('a body of garbage ends after a bounded number of refusals', () => {
  const { refused } = read('{x}\n'.repeat(REFUSED_MAX + 500));
  expect(refused).toHaveLength(REFUSED_MAX + 1);
  expect(refused.at(-1)).toMatchObject({ code: 'too-many-refused', place: `line ${REFUSED_MAX + 1}` });
});

test('bytes that are no UTF-8 are refused and kept', () => {
  const utf16 = Buffer.from(`\ufeff${delta()}`, 'utf16le');
  const { refused } = readJson(utf16, testContext({ format: 'json' }));
  expect(refused).toMatchObject([{ code: 'wrong-encoding', original: `base64:${utf16.toString('base64')}` }]);
  expect(refused[0]?.message).toContain('UTF-16');
});

test('the rows that README shows are read as they stand', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = /```json\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const { events, refused, warnings } = read(rows);
  expect(events.map(({ event }) => event.kind)).toEqual([
    'delta',
    'snapshot',
    'move',
    'inbound',
    'void',
    'heartbeat',
    'snapshot',
    'complete',
  ]);
  expect({ refused, warnings }).toEqual({ refused: [], warnings: [] });
});
