import { assign, type Assignment } from './assignment.ts';
import { WAYS_MAX } from './fill-parcels.ts';
import type { Problem } from './problem.ts';

/** The best of the plans that were looked at: they are told with the decision (rule OR6). */
export interface BestPlans {
  /** The best so far; Infinity before there is one. */
  readonly score: () => number;
  readonly consider: (chosen: readonly number[]) => Assignment;
  /** What plans cost at least whose parcels were not filled in every way: one of them may be better. Infinity: none. */
  readonly cutBelow: () => number;
  readonly all: () => readonly Assignment[];
}

/** Plans that are told with a decision. */
const PLANS_MAX = 5;

export function bestPlans(problem: Problem): BestPlans {
  const plans: Assignment[] = [];
  let cut = Infinity;
  let looksMax = WAYS_MAX;
  return {
    score: () => plans[0]?.score ?? Infinity,
    cutBelow: () => cut,
    all: () => plans,
    consider(chosen) {
      const plan = assign(problem, chosen, { below: plans[0]?.score ?? Infinity, looksMax });
      looksMax -= plan.looks;
      if (!plan.isBest) cut = Math.min(cut, plan.atLeast);
      const isWorse = plans.length === PLANS_MAX && plan.score >= plans.at(-1)!.score;
      if (
        plan.options.length === 0 ||
        plan.score === Infinity ||
        isWorse ||
        countOf(problem, plan) > problem.nodesMax
      ) {
        return plan;
      }
      if (plans.some(({ options }) => isSame(options, plan.options))) return plan;
      // Of two that are worth the same the one that was found first stays first: options come in the order of their ids.
      const before = plans.findIndex(({ score }) => plan.score < score);
      plans.splice(before < 0 ? plans.length : before, 0, plan);
      plans.length = Math.min(plans.length, PLANS_MAX);
      return plan;
    },
  };
}

function countOf({ counts }: Problem, { options }: Assignment): number {
  return options.reduce((sum, option) => sum + counts[option]!, 0);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((option, at) => option === b[at]);
}
