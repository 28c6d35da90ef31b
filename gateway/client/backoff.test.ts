import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconnectWaitMs } from './backoff.ts';

test('[WS12] 0.5 s + random × min(20 s, 0.5 s × 2^n)', () => {
  expect([0, 1, 2, 5, 6, 40].map((attempt) => reconnectWaitMs(attempt, 0.5))).toEqual([
    750, 1000, 1500, 8500, 10_500, 10_500,
  ]);
});

test('never under half a second, never over 20.5 s, for any attempt and luck', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, random) => {
      const waitMs = reconnectWaitMs(attempt, random);
      return waitMs >= 500 && waitMs <= 20_500;
    }),
  );
});
