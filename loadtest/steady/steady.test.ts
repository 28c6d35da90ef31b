import { expect, test } from 'vitest';
import { isRight, summary, table } from './report.ts';
import { runSteady } from './run.ts';

const small = { rate: 500, clients: 20, seconds: 2, skus: 200, seed: 5 } as const;

test.each([
  { skew: 'uniform', conflateMs: 0 },
  { skew: 'zipf', conflateMs: undefined },
] as const)('a small load ($skew, conflation $conflateMs) arrives without gaps', async ({ skew, conflateMs }) => {
  const result = await runSteady({ ...small, skew, conflateMs });
  expect(result.sender).toMatchObject({ accepted: 1000, refused: 0 });
  expect(result).toMatchObject({ gaps: 0, offered: 500 });
  // Every watched event's effect was seen: with conflation in fewer frames than events.
  expect(result.fleet.latency.count).toBeGreaterThan(100);
  expect(result.fleet.deliveries).toBeGreaterThan(50);
  expect(result.fleet.deliveries).toBeLessThanOrEqual(result.fleet.latency.count);
  expect(isRight([result])).toBe(true);
  expect(table([result])).toContain('event → socket p99');
  expect(summary([result])).toMatchObject({ scenario: 'steady', gaps: 0, refused: 0 });
});

test('a run that lost a version, or had an event refused, is not right', async () => {
  const result = await runSteady({ ...small, seconds: 1, skew: 'uniform', conflateMs: 0 });
  expect(isRight([{ ...result, gaps: 1 }])).toBe(false);
  expect(isRight([{ ...result, sender: { ...result.sender, refused: 1 } }])).toBe(false);
});
