import { expect, test } from 'vitest';
import { medians, type Row, table } from './row.ts';

function row(what: string, perSecond: number): Row {
  return { who: 'engine', what, perSecond, p50Ms: 1, p99Ms: 1_000 / perSecond, cpuMicros: 2, digest: 'abc' };
}

test('the median is a whole run of each row, whatever the order of the runs', () => {
  const runs = [
    [row('a', 300), row('b', 10)],
    [row('a', 100), row('b', 30)],
    [row('a', 200), row('b', 20)],
  ];
  expect(medians(runs).map(({ what, perSecond, p99Ms }) => [what, perSecond, p99Ms])).toEqual([
    ['a', 200, 5],
    ['b', 20, 50],
  ]);
});

test('numbers stand under each other', () => {
  const lines = table([row('a', 1_234_567), row('longer', 1)]).split('\n');
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(lines[1]).toContain('1,234,567');
});
