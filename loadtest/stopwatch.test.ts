import { expect, test } from 'vitest';
import { Stopwatch } from './stopwatch.ts';

test('percentiles are those of the recorded latencies, to three digits', () => {
  const watch = new Stopwatch();
  for (let ms = 1; ms <= 1000; ms++) watch.record(ms);
  const { count, p50, p99, p999, max } = watch.percentiles();
  expect(count).toBe(1000);
  expect(p50).toBeCloseTo(500, -1);
  expect(p99).toBeCloseTo(990, -1);
  expect(p999).toBeCloseTo(999, -1);
  expect(max).toBeCloseTo(1000, -1);
});

test('what took longer than the clock can say is not dropped', () => {
  const watch = new Stopwatch();
  watch.record(600_000);
  expect(watch.percentiles()).toMatchObject({ count: 1 });
  expect(watch.percentiles().max).toBeGreaterThanOrEqual(59_900);
});
