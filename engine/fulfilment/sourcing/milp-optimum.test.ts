import { expect, test } from 'vitest';
import { milpOptimum, openHighs } from './milp-optimum.ts';
import { source } from './source.ts';
import { chance, CHEAPEST, network, rules, someOrder, world, type Case } from './test-network.ts';

const highs = await openHighs();
const CONSTRAINTS = [{}, { nodesMax: 1 }, { nodesMax: 2 }, { nodesMax: 3 }, { wholeLines: true }];

/** How a decision stands to the optimum; each part of a plan is rounded to a whole minor unit. */
function compare(one: Case): string {
  const optimum = milpOptimum(highs, one);
  const { plan, bounded } = source(one.world, one.order, one.skus, one.loads, one.atMs);
  if (plan === undefined || optimum === undefined) return plan === optimum ? 'both none' : 'one none';
  const tolerance = 0.5 * plan.parts.length + 0.5;
  if (plan.costMinor < optimum - tolerance) return 'cheaper than the optimum';
  if (plan.costMinor <= optimum + tolerance) return 'optimal';
  return bounded ? 'dearer and says so' : 'dearer';
}

test('[OR5] 150 carts of 1 to 5 lines: the plan is the optimum of an integer programme, or there is none', () => {
  const next = chance(5);
  const counts: Record<string, number> = {};
  for (let round = 0; round < 150; round++) {
    const nodes = network(20 + next(40), next);
    const step = { ...CHEAPEST, constraints: CONSTRAINTS[next(CONSTRAINTS.length)]! };
    const one = { world: world(nodes, rules([step])), ...someOrder(nodes, 1 + (round % 5), next) };
    const stands = compare(one);
    counts[stands] = (counts[stands] ?? 0) + 1;
  }
  const { optimal = 0, 'both none': none = 0, 'dearer and says so': said = 0, ...wrong } = counts;
  expect(wrong).toEqual({});
  expect(optimal + none + said).toBe(150);
  expect(said).toBeLessThanOrEqual(1);
  expect(optimal).toBeGreaterThan(100);
});
