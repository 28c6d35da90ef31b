import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventReader } from './event-stream.ts';
import type { StreamEvent } from './event-stream.ts';

function read(...texts: readonly string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const take = eventReader((event) => events.push(event));
  for (const text of texts) take(text);
  return events;
}

test.each([
  ['one line', 'data: a\n\n', [{ data: 'a', id: '' }]],
  ['several lines', 'data: a\ndata: b\n\n', [{ data: 'a\nb', id: '' }]],
  [
    'an id, kept for those after it',
    'id: 7\ndata: a\n\ndata: b\n\n',
    [
      { data: 'a', id: '7' },
      { data: 'b', id: '7' },
    ],
  ],
  ['a colon in the value, no space', 'data:{"a":1}\n\n', [{ data: '{"a":1}', id: '' }]],
  ['one space only is taken off', 'data:  a\n\n', [{ data: ' a', id: '' }]],
  ['a comment, an unknown field, an event without data', ': hb\n\nfoo: x\nevent: y\n\n', []],
  ['an event that the stream ended in', 'data: a\n', []],
] as const)('%s', (_name, text, events) => {
  expect(read(text)).toEqual(events);
});

test('line ends of every kind, and text cut anywhere, give the same events', () => {
  const line = fc.constantFrom('data: a', 'data: b:c', 'id: 3', ': hb', '');
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(200)), (lines, end, cuts) => {
      const text = lines.map((one) => one + end).join('');
      const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
      const parts = [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
      // A stream ends with an event, so that a CR at the very end is not waited for.
      const expected = read(...lines.map((one) => `${one}\n`), 'data: end\n\n');
      expect(read(...parts, `data: end\n\n`)).toEqual(expected);
    }),
  );
});

test('an event without end is not kept for ever', () => {
  const take = eventReader(() => {});
  expect(() => {
    for (let part = 0; part < 20; part++) take('data: ' + 'x'.repeat(100_000) + '\n');
  }).toThrow('too long');
});
