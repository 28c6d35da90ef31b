import type { Assignment } from './assignment.ts';
import { bestPlans, type BestPlans } from './best-plans.ts';
import { createBranch } from './branch.ts';
import { needless } from './dominance.ts';
import { coverGreedily, improve } from './greedy.ts';
import type { Problem } from './problem.ts';

// Branch and bound over sets of options: for a given set the best assignment is known at once (assignment.ts), so only the sets
// are searched. What some item still needs must come from one of its suppliers; each is tried, and left out of the tries
// after it, so no set comes twice. A branch is dropped when its bound is no better than the best plan.

export interface Found {
  /** The best first, 5 at most. */
  readonly plans: readonly Assignment[];
  /** False when the search was ended by its bound, or a plan may be better by how it fills its parcels. */
  readonly isExact: boolean;
}

/** Options looked at in one search, so that no decision holds up its shard; carts that fit into one parcel stay far below. */
const LOOKS_MAX = 300_000;
/** Scores are whole numbers, bounds are not quite: a branch is dropped when no whole number lies between. */
const HALF = 0.5;

export function search(problem: Problem): Found {
  const best = bestPlans(problem);
  for (let option = 0; option < problem.options.length; option++) best.consider([option]);
  const out = needless(problem);
  best.consider(coverGreedily(problem, out));
  const isWhole = searchBranches(problem, out, best);
  if (!isWhole) improve(problem, out, best);
  return { plans: best.all(), isExact: isWhole && best.unsureScore() >= best.score() };
}

function searchBranches(problem: Problem, out: Uint8Array, best: BestPlans): boolean {
  const branch = createBranch(problem, out);
  const isDone = (): boolean => branch.looks() > LOOKS_MAX;

  const descend = (): void => {
    if (isDone()) return;
    const { score, item } = branch.bound();
    if (score > best.score() - HALF || score === Infinity) return;
    if (item >= 0) branchOver(branch.suppliers(item), true);
    else addMore();
  };

  /** Everything is served, or nobody can serve the rest: a plan. More nodes may still be cheaper than those it has. */
  const addMore = (): void => {
    const plan = best.consider(branch.chosen);
    const savings = branch.savings();
    const saved = savings.reduce((sum, { saves }) => sum + saves, 0);
    if (saved === 0 || plan.score - plan.parcels - saved > best.score() - HALF) return;
    const options = savings.map(({ option }) => option);
    branchOver(options, false);
  };

  const branchOver = (options: readonly number[], isNeeded: boolean): void => {
    for (const option of isNeeded ? cheapestFirst(problem, options) : options) {
      branch.choose(option);
      descend();
      branch.dismiss();
    }
    // Without all of them: only where the item may be missing.
    if (isNeeded && problem.missing[0] !== Infinity) descend();
    branch.letIn(options);
  };

  descend();
  return !isDone();
}

/** By what it costs per share of the order that it could give. */
function cheapestFirst({ items, need, cap, unit, fix }: Problem, options: readonly number[]): readonly number[] {
  const width = items.length;
  const priced = options.map((option) => {
    let shares = 0;
    let cost = fix[option]!;
    for (let item = 0; item < width; item++) {
      shares += cap[option * width + item]! / need[item]!;
      cost += cap[option * width + item]! * unit[option * width + item]!;
    }
    return { option, price: cost / shares };
  });
  return priced.toSorted((a, b) => a.price - b.price || a.option - b.option).map(({ option }) => option);
}
