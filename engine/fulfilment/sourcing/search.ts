import type { Assignment } from './assignment.ts';
import { bestPlans, type BestPlans } from './best-plans.ts';
import { createBranch, type Way } from './branch.ts';
import { needless } from './dominance.ts';
import { considerWithout, coverGreedily, improve } from './greedy.ts';
import type { Problem } from './problem.ts';

// Branch and bound over sets of options: for a given set the best assignment is known (assignment.ts), so only the sets are
// searched. What some item still needs must come from one of its suppliers; each is tried, and left out of the tries after it,
// so no set comes twice. A branch is dropped when its bound (prices.ts) is no better than the best plan.

export interface Found {
  /** The best first, 5 at most. */
  readonly plans: readonly Assignment[];
  /** False when the search was ended by a bound: there may be a better plan. */
  readonly isExact: boolean;
}

/** Options looked at in one search, so that no decision holds up its shard; carts that fit into one parcel stay far below. */
const LOOKS_MAX = 60_000;
/** Scores are whole numbers, bounds are not quite: a branch is dropped when no whole number lies between. */
const HALF = 0.5;
/** Bounds are sums of numbers as large as scores, and as uncertain as their last digits. */
const UNCERTAIN = 1e-13;

export function search(problem: Problem): Found {
  const best = bestPlans(problem);
  for (let option = 0; option < problem.options.length; option++) best.consider([option]);
  const out = needless(problem);
  best.consider(coverGreedily(problem, out));
  const isWhole = searchBranches(problem, out, best);
  if (!isWhole) improve(problem, out, best);
  else considerWithout(problem, best);
  const isFilled = best.cutBelow() === Infinity || best.cutBelow() > best.score() - HALF;
  return { plans: best.all(), isExact: isWhole && isFilled };
}

function searchBranches(problem: Problem, out: Uint8Array, best: BestPlans): boolean {
  const limit = (): number => best.score() - HALF + best.score() * UNCERTAIN;
  const branch = createBranch(problem, out);
  const isDone = (): boolean => branch.looks() > LOOKS_MAX;

  const descend = (): void => {
    if (isDone()) return;
    const bound = branch.bound(limit());
    if (bound > limit() || bound === Infinity) return;
    if (branch.chosen.length === 0) begin();
    const suppliers = branch.suppliers();
    if (suppliers !== undefined) return branchOver(suppliers, true);
    // Everything is served, or nobody can serve the rest: a plan. More nodes may still be cheaper than those it has.
    best.consider(branch.chosen);
    branchOver(branch.helpers(), false);
  };

  /** The prices of the start tell a good plan, and with it what cannot be in a better one. */
  const begin = (): void => {
    best.consider(branch.promising());
    branch.narrow(limit());
  };

  const branchOver = (ways: readonly Way[], isNeeded: boolean): void => {
    for (const { option, atLeast } of ways) {
      branch.choose(option);
      if (atLeast <= limit()) descend();
      branch.dismiss();
    }
    // Without all of them: only where the item may be missing.
    if (isNeeded && problem.missing[0] !== Infinity) descend();
    branch.letIn(ways);
  };

  descend();
  return !isDone();
}
