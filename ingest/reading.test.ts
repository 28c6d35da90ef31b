import { expect, test } from 'vitest';

import { LETTER_BYTES_MAX } from '../engine/contract/dead-letter.ts';
import type { StockEvent } from '../engine/contract/stock-event.ts';
import { readingOf } from './reading.ts';

test('originals with much envelope are cut to what a letter keeps, and other work runs between them', async () => {
  const event = {} as StockEvent;
  const events = Array.from({ length: 100 }, (_, index) => {
    return { event, place: `event[${index}]`, original: () => `${index} ${'x'.repeat(index === 7 ? 5 : 500_000)}` };
  });
  let turns = 0;
  let reads = true;
  const count = () => {
    turns += 1;
    if (reads) setImmediate(count);
  };
  setImmediate(count);
  const reading = readingOf({ events, refused: [], ignored: 0, warnings: [] });
  const texts = await reading.originals(events.map((_, index) => index));
  reads = false;
  expect(turns).toBeGreaterThan(10);
  expect(texts.map((text) => text.split(' ')[0])).toEqual(events.map((_, index) => String(index)));
  expect(texts[7]).toBe('7 xxxxx');
  expect(Math.max(...texts.map((text) => text.length))).toBe(LETTER_BYTES_MAX + 1);
});
