import { expect, test } from 'vitest';
import { type Planted, plantedTree } from '../planted-tree.ts';
import { isRight, summary, table } from './report.ts';
import { runSteady } from './run.ts';

const small = { rate: 500, clients: 20, seconds: 1, warmupSeconds: 1, skus: 200, seed: 5 } as const;

/** A run takes seconds; on a busy machine many of them. */
const RUN_MS_MAX = 120_000;

test.each([
  { skew: 'uniform', conflateMs: 0 },
  { skew: 'zipf', conflateMs: undefined },
] as const)(
  'a small load ($skew, conflation $conflateMs) arrives without gaps',
  async ({ skew, conflateMs }) => {
    const result = await runSteady({ ...small, skew, conflateMs });
    expect(result.sender).toMatchObject({ accepted: 1000, refused: 0 });
    expect(result).toMatchObject({ gaps: 0, offered: 500 });
    // Every watched event's effect was seen: with conflation in fewer frames than events.
    const { latency, warmup, deliveries } = result.fleet;
    expect(latency.count).toBeGreaterThan(50);
    expect(warmup.count).toBeGreaterThan(50);
    expect(deliveries).toBeGreaterThan(50);
    expect(deliveries).toBeLessThanOrEqual(latency.count + warmup.count);
    expect(isRight([result])).toBe(true);
    expect(table([result])).toContain('event → socket p99');
    expect(summary([result])).toMatchObject({ scenario: 'steady', gaps: 0, refused: 0 });
  },
  RUN_MS_MAX,
);

/** The gateway forgets to push one version in five. */
const FORGETFUL: Planted = {
  name: 'versions not pushed',
  file: 'gateway/conflation.ts',
  right: `  #put(lane: Lane, topic: Topic): void {`,
  wrong: `  #put(lane: Lane, topic: Topic): void {\n    if (topic.r % 5 === 0) return;`,
};

test(
  'versions that are never pushed are gaps, and a run with gaps is not right',
  async () => {
    const tree = plantedTree(FORGETFUL);
    try {
      const result = await runSteady({ ...small, skew: 'uniform', conflateMs: 0, root: tree.root });
      expect(result.sender).toMatchObject({ accepted: 1000, refused: 0 });
      expect(result.gaps).toBeGreaterThan(20);
      expect(isRight([result])).toBe(false);
      expect(isRight([{ ...result, gaps: 0, sender: { ...result.sender, refused: 1 } }])).toBe(false);
    } finally {
      tree.remove();
    }
  },
  RUN_MS_MAX,
);
