import { expect, test } from 'vitest';
import { testWork } from './test-work.ts';
import { acceptBefore, byUrgency, dueOf, methodWords, sizeOf, spanOf } from './work-words.ts';

const MINUTE = 60_000;

test.each([
  [0, '1 min'],
  [59 * MINUTE + 59_999, '59 min'],
  [60 * MINUTE, '1 h'],
  [133 * MINUTE, '2 h 13 min'],
  [24 * 60 * MINUTE, '1 d'],
  [55 * 60 * MINUTE, '2 d 7 h'],
])('%i ms is %s', (ms, words) => {
  expect(spanOf(ms)).toBe(words);
});

test('what is late says by how much, what is soon says so, and what is far has a date', () => {
  const at = Date.UTC(2026, 10, 24, 12);
  const due = (ms: number) => dueOf(testWork({ dueAt: at + ms }), at);
  expect(due(-5 * MINUTE)).toEqual({ words: '5 min late', tone: 'late' });
  expect(due(59 * MINUTE)).toEqual({ words: 'due in 59 min', tone: 'soon' });
  expect(due(90 * MINUTE)).toEqual({ words: 'due in 1 h 30 min', tone: 'calm' });
  expect(due(96 * 60 * MINUTE)).toEqual({ words: 'due Nov 28', tone: 'calm' });
  expect(dueOf(testWork(), at)).toBeUndefined();
  const ready = testWork({ state: 'ready-for-pickup', dueAt: at - MINUTE });
  expect(dueOf({ ...ready, collectBy: at + 96 * 60 * MINUTE }, at)?.words).toBe('kept until Nov 28');
  expect(dueOf(ready, at)).toBeUndefined();
});

test('new work says until when it must be accepted', () => {
  const accept = (leftMs: number) => acceptBefore(testWork({ acceptBy: leftMs }), 0);
  expect(accept(60 * MINUTE)).toEqual({ words: 'accept within 1 h', tone: 'calm' });
  expect(accept(5 * MINUTE)).toEqual({ words: 'accept within 5 min', tone: 'soon' });
  expect(accept(0)).toEqual({ words: 'time to accept is over', tone: 'late' });
  expect(acceptBefore(testWork({ acceptBy: 5 * MINUTE, state: 'accepted' }), 0)).toBeUndefined();
  expect(acceptBefore(testWork(), 0)).toBeUndefined();
});

test('the most urgent comes first: by priority, by when it is due, then by age', () => {
  const works = [
    testWork({ id: 'late', dueAt: 10 }),
    testWork({ id: 'old' }),
    testWork({ id: 'young', offeredAt: 5 }),
    testWork({ id: 'express', priority: 0 }),
  ];
  expect(
    works
      .toReversed()
      .sort(byUrgency)
      .map(({ id }) => id),
  ).toEqual(['express', 'late', 'old', 'young']);
});

test('a work order says how it leaves and how large it is', () => {
  const nameOf = (node: string) => `the store ${node}`;
  expect(methodWords(testWork({ method: 'ship-to-store', pickupNode: 'S-2' }), nameOf)).toBe(
    'Ship to the store S-2 for pickup',
  );
  expect(methodWords(testWork({ method: 'ship-to-store', pickupNode: 'S-1' }), nameOf)).toBe('Customer collects here');
  expect(sizeOf(testWork())).toBe('2 lines, 3 units');
  expect(sizeOf(testWork({ lines: testWork().lines.slice(1) }))).toBe('1 item');
});
