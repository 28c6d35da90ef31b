import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageInWords, nextTickMs } from './age.ts';

test.each([
  [-2_000, 'just now'],
  [999, 'just now'],
  [3_400, '3 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [47 * 3_600_000, '47 h ago'],
  [49 * 3_600_000, '2 days ago'],
])('%d ms', (ms, words) => {
  expect(ageInWords(ms)).toBe(words);
});

test('words change at most once a tick while seconds are shown', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 58_000 }), (ageMs) => {
      const later = Number.parseInt(ageInWords(ageMs + nextTickMs(ageMs)), 10);
      return later - Number.parseInt(ageInWords(ageMs), 10) === 1;
    }),
  );
});
