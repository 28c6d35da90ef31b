import { expect, test } from 'vitest';
import { MicrosBuckets } from './buckets.ts';

test('each time is counted in the first bucket whose bound is not below it', () => {
  for (const micros of [0, 0.4, 1, 127, 128, 128.5, 129, 256, 257, 1_000_000, 16_777_216, 16_777_217, 4e9]) {
    const buckets = new MicrosBuckets();
    buckets.count(micros);
    const { upTo, counts, sum } = buckets.read();
    const slow = upTo.findIndex((bound) => micros <= bound);
    expect([micros, counts.indexOf(1), counts.reduce((a, b) => a + b), sum]).toEqual([
      micros,
      slow === -1 ? upTo.length : slow,
      1,
      micros,
    ]);
  }
});

test('a time may count several times', () => {
  const buckets = new MicrosBuckets();
  buckets.count(300, 5);
  const { counts, sum } = buckets.read();
  expect([counts[2], sum]).toEqual([5, 1500]);
});

test('bounds double from 128 µs to 16.8 s', () => {
  const { upTo } = new MicrosBuckets().read();
  expect([upTo[0], upTo.at(-1), upTo.length]).toEqual([128, 16_777_216, 18]);
  expect(upTo.slice(1).every((bound, index) => bound === upTo[index]! * 2)).toBe(true);
});
