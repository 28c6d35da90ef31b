import { assign, type Assignment } from './assignment.ts';
import type { Problem } from './problem.ts';

/** The best of the plans that were looked at: they are told with the decision (rule OR6). */
export interface BestPlans {
  /** The best so far; Infinity before there is one. */
  readonly score: () => number;
  readonly consider: (chosen: readonly number[]) => Assignment;
  /** Of plans that are no better only because of further parcels: what they would cost at least. */
  readonly unsureScore: () => number;
  readonly all: () => readonly Assignment[];
}

/** Plans that are told with a decision. */
const PLANS_MAX = 5;

export function bestPlans(problem: Problem): BestPlans {
  const plans: Assignment[] = [];
  let unsure = Infinity;
  return {
    score: () => plans[0]?.score ?? Infinity,
    unsureScore: () => unsure,
    all: () => plans,
    consider(chosen) {
      const plan = assign(problem, chosen, plans[0]?.score ?? Infinity);
      if (plan.parcels > 0) unsure = Math.min(unsure, plan.score - plan.parcels);
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
