import { expect, test } from 'vitest';
import { runWorkStream } from './run.ts';

/** Each server takes seconds to start again on a busy machine. */
const RUN_MS_MAX = 300_000;

test(
  '[OR8] [LG15] a node’s screen killed under orders, the server too, misses nothing, and no act is lost or done twice',
  async () => {
    const result = await runWorkStream({ consumerKills: 2, serverKills: 1, rate: 10, seed: 5, say: () => undefined });
    expect(result).toMatchObject({
      missing: 0,
      strange: 0,
      outOfOrder: 0,
      lostActs: 0,
      doubledActs: 0,
      refusedActs: 0,
      lostOrders: 0,
      unfinished: 0,
      serverKills: 1,
    });
    expect(result.acts).toBeGreaterThan(20);
    expect(result.seen).toBe(result.expected);
  },
  RUN_MS_MAX,
);
