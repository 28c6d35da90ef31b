import { expect, test } from 'vitest';
import { runLogStream } from './run.ts';

/** Each server takes seconds to start again on a busy machine. */
const RUN_MS_MAX = 300_000;

test(
  '[LG2] a consumer killed and started again under load, the server killed too, sees every event in order',
  async () => {
    const result = await runLogStream({ consumerKills: 4, serverKills: 2, rate: 200, seed: 3, say: () => undefined });
    expect(result).toMatchObject({ missing: 0, strange: 0, outOfOrder: 0, unrecorded: 0, serverKills: 2 });
    expect(result.expected).toBeGreaterThan(20);
    expect(result.seen).toBe(result.expected);
  },
  RUN_MS_MAX,
);
