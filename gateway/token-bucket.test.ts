import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('a burst passes, then one every 1/perSec', () => {
  const bucket = new TokenBucket(10, 3, 0);
  expect([0, 0, 0, 0].map((at) => bucket.take(at))).toEqual([0, 0, 0, 100]);
  expect([50, 100, 150, 200].map((at) => bucket.take(at))).toEqual([50, 0, 50, 0]);
});

test('in any history no more than burst + rate × time pass, and waiting the given time always helps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.nat({ max: 500 })),
      (perSec, burst, waits) => {
        const bucket = new TokenBucket(perSec, burst, 0);
        let [at, passed] = [0, 0];
        for (const wait of waits) {
          at += wait;
          const waitMs = bucket.take(at);
          at += waitMs;
          const helped = waitMs === 0 || bucket.take(at) === 0;
          expect(helped).toBe(true);
          passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(burst + (at * perSec) / 1000 + 1e-6);
      },
    ),
  );
});
