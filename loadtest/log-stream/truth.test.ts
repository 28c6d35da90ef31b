import { expect, test } from 'vitest';
import { judge } from './truth.ts';

const EIDS = ['a', 'b', 'c'];
const right = { expected: 3, seen: 3, missing: 0, strange: 0, outOfOrder: 0, duplicates: 0 };

test.each([
  ['every event once', ['1 a', '2 b', '3 c'], right],
  ['events that come again after a kill', ['1 a', '2 b', '1 a', '2 b', '3 c'], { ...right, duplicates: 2 }],
  ['one that never came', ['1 a', '3 c'], { ...right, seen: 2, missing: 1, outOfOrder: 1 }],
  ['two in the wrong order', ['1 a', '3 c', '2 b'], { ...right, outOfOrder: 2 }],
  ['one that nobody made', ['1 a', '2 b', '3 c', '4 x'], { ...right, seen: 4, strange: 1 }],
])('the judge counts %s', (_, lines, counts) => {
  expect(judge(lines, EIDS)).toEqual(counts);
});
