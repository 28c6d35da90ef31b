import { expect, test } from 'vitest';
import { costBetween, memoryOf, type Usage, usageOf } from './usage.ts';

test('cost is the share of a core between two readings, main thread first', () => {
  const before: Usage = { atMs: 0, threads: new Map([[7, { ranMs: 100, waitedMs: 0 }]]) };
  const after: Usage = {
    atMs: 1000,
    threads: new Map([
      [8, { ranMs: 500, waitedMs: 50 }],
      [7, { ranMs: 200, waitedMs: 20 }],
      [9, { ranMs: 1, waitedMs: 0 }],
    ]),
  };
  expect(costBetween(7, before, after)).toEqual({ ms: 1000, ranMs: 601, cpu: 60, threads: [10, 50], waited: 7 });
});

test('our own process has threads and memory', () => {
  expect(usageOf(process.pid).threads.get(process.pid)?.ranMs).toBeGreaterThan(0);
  expect(memoryOf(process.pid).peakMib).toBeGreaterThan(10);
});
