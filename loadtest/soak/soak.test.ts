import { expect, test } from 'vitest';
import { isRight, runSoak, slope } from './run.ts';

/** A run takes seconds; on a busy machine many of them. */
const RUN_MS_MAX = 120_000;

test(
  'nothing is lost while sockets come and go',
  async () => {
    const result = await runSoak({ seconds: 3, rate: 500, sockets: 10, churnSeconds: 1 });
    expect(result).toMatchObject({ gaps: 0, lostSockets: 0 });
    expect(result.events).toBeGreaterThan(100);
    expect(result.deliveries).toBeGreaterThan(10);
    expect(result.churns).toBeGreaterThanOrEqual(1);
    expect(isRight(result)).toBe(true);
    expect(isRight({ ...result, gaps: 1 })).toBe(false);
  },
  RUN_MS_MAX,
);

test('the slope of memory is that of a line through the samples', () => {
  expect(slope([])).toBe(0);
  expect(slope([{ atMs: 5, mib: 7 }])).toBe(0);
  expect(slope([0, 1, 2, 3].map((at) => ({ atMs: at * 1_000, mib: 100 + at * 2 })))).toBeCloseTo(0.002, 9);
});
