import { expect, test } from 'vitest';
import { judgeActs, judgeSeen } from './judge.ts';

const WORKS = [
  { id: 'a', version: 2 },
  { id: 'b', version: 1 },
];
const right = { expected: 3, seen: 3, missing: 0, strange: 0, outOfOrder: 0, duplicates: 0 };

test.each([
  ['every change once', ['1 a@1 queued', '2 b@1 queued', '3 a@2 accept'], right],
  ['changes that come again after a kill', ['1 a@1', '2 b@1', '2 b@1', '3 a@2'], { ...right, duplicates: 1 }],
  ['one that never came', ['1 a@1', '3 a@2'], { ...right, seen: 2, missing: 1, outOfOrder: 1 }],
  ['two in the wrong order', ['1 a@2', '2 a@1', '3 b@1'], { ...right, outOfOrder: 2 }],
  ['one that did not happen', ['1 a@1', '2 b@1', '3 a@2', '4 a@3'], { ...right, seen: 4, strange: 1 }],
])('the judge of what was seen counts %s', (_, lines, counts) => {
  expect(judgeSeen(lines, WORKS)).toEqual(counts);
});

test('the judge of acts counts those that are lost, and those that were done twice', () => {
  const news = (id: string, op: 'accept' | 'pick') => ({ op, work: { id } as never });
  const done = [
    { node: 'n', work: 'a', op: 'accept' },
    { node: 'n', work: 'b', op: 'accept' },
  ];
  expect(judgeActs(done, [news('a', 'accept'), news('b', 'accept')])).toEqual({ lostActs: 0, doubledActs: 0 });
  expect(judgeActs(done, [news('a', 'accept'), news('a', 'accept')])).toEqual({ lostActs: 1, doubledActs: 1 });
});
