import { expect, test } from 'vitest';
import { isRight, runPlacing } from './run.ts';

/** A run takes seconds; on a busy machine many of them. */
const RUN_MS_MAX = 120_000;

test(
  'orders that come in one by one are each taken once, find nodes for all units, and a watcher sees it',
  async () => {
    const options = { rate: 40, seconds: 1, warmup: 5, lines: 2, watchOneOf: 4, skus: 100 };
    const result = await runPlacing(options);
    expect(result).toMatchObject({ orders: 40, refused: 0, unplaced: 0, placed: { count: 10 } });
    expect(isRight(result)).toBe(true);
    expect(isRight({ ...result, refused: 1 })).toBe(false);
    expect(isRight({ ...result, unplaced: 1 })).toBe(false);
    expect(isRight({ ...result, orders: 39 })).toBe(false);
  },
  RUN_MS_MAX,
);
