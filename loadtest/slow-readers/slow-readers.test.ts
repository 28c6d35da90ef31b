import { expect, test } from 'vitest';
import { GROWN_MIB_MAX, isRight, runSlowReaders } from './run.ts';

/** A run takes seconds; on a busy machine many of them. */
const RUN_MS_MAX = 120_000;

test(
  'readers that stop reading take nothing from the others',
  async () => {
    const result = await runSlowReaders({ stalled: 5, bytesPerSec: 200_000, others: 10, seconds: 1 });
    expect(result.stalled).toMatchObject({ stalled: 5, othersClosed: 0, othersMissed: 0 });
    expect(result.reading).toMatchObject({ stalled: 0, othersClosed: 0, othersMissed: 0 });
    expect(result.stalled.age.count).toBeGreaterThan(100);
    const calm = { ...result.reading, grownMib: 1 };
    const grown = { ...result.stalled, grownMib: 1 + GROWN_MIB_MAX };
    expect(isRight({ stalled: { ...grown, grownMib: GROWN_MIB_MAX }, reading: calm })).toBe(true);
    expect(isRight({ stalled: grown, reading: calm })).toBe(false);
    expect(isRight({ stalled: { ...calm, othersMissed: 1 }, reading: calm })).toBe(false);
  },
  RUN_MS_MAX,
);
