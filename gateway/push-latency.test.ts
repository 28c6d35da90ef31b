import { expect, test } from 'vitest';
import { PushLatency } from './push-latency.ts';

test('percentiles are those of the last ten seconds', () => {
  const latency = new PushLatency();
  expect(latency.window()).toBeNull();
  for (let i = 1; i <= 100; i++) latency.record(1_000, 1_000 + i);
  expect(latency.window()?.p50).toBeCloseTo(50, -1);
  expect(latency.window()?.p99).toBeCloseTo(99, -1);
  for (let second = 0; second < 9; second++) latency.turn();
  expect(latency.window()).not.toBeNull();
  latency.turn();
  expect(latency.window()).toBeNull();
  expect(latency.written).toBe(100);
});

test('a push without an event counts, but has no latency; a stall of minutes is capped', () => {
  const latency = new PushLatency();
  latency.record(0, 5_000);
  expect([latency.written, latency.window()]).toEqual([1, null]);
  latency.record(1, 600_001);
  expect(latency.window()?.p99).toBeGreaterThan(50_000);
});
