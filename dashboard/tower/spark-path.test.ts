import { expect, test } from 'vitest';
import { sparkPaths } from './spark-path.ts';

test('a line from 0 to the greatest value, over all of the width', () => {
  expect(sparkPaths([0, 5, 10])).toEqual([
    { line: 'M0.0 23.0L50.0 12.5L100.0 2.0', under: 'M0.0 24L0.0 23.0L50.0 12.5L100.0 2.0L100.0 24Z' },
  ]);
});

test('what is not known is a gap, not a zero', () => {
  const lines = sparkPaths([null, 4, 4, null, null, 4, 4]).map(({ line }) => line);
  expect(lines).toEqual(['M16.7 2.0L33.3 2.0', 'M83.3 2.0L100.0 2.0']);
});

test('nothing, nothing known or one point alone is no line', () => {
  expect([sparkPaths([]), sparkPaths([null, null]), sparkPaths([3]), sparkPaths([3, null, 3])]).toEqual([
    [],
    [],
    [],
    [],
  ]);
});
