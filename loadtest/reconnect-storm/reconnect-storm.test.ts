import { expect, test } from 'vitest';
import { isRight, runStorm } from './run.ts';

/** A run takes seconds; on a busy machine many of them. */
const RUN_MS_MAX = 120_000;

test(
  'all come back after a cut, and only keys that moved are sent whole',
  async () => {
    const result = await runStorm({ sockets: 40, keys: 3, skus: 40, perSec: 1_000, movedPercent: 25 });
    // Ten of forty skus moved; 120 watched keys are three times each sku.
    expect(result).toMatchObject({ sockets: 40, resumed: 40, snapshots: 30, snapshotsNeeded: 30, othersFailed: 0 });
    expect(isRight(result)).toBe(true);
    expect(isRight({ ...result, snapshots: 31 })).toBe(false);
    expect(isRight({ ...result, resumed: 39 })).toBe(false);
  },
  RUN_MS_MAX,
);
