import type { BestPlans } from './best-plans.ts';
import type { Problem } from './problem.ts';

// A good plan without a search: the first to beat, and what is left when the search was ended by its bound.

/** Option after option, each time the one that serves what is open for least per item. */
export function coverGreedily(problem: Problem, out: Uint8Array): readonly number[] {
  const { items, need, cap, counts, nodeOf, nodesMax } = problem;
  const open = Float64Array.from(need);
  const chosen: number[] = [];
  const nodes = new Set<number>();
  let nodesLeft = nodesMax;
  for (;;) {
    let best = -1;
    let least = Infinity;
    for (let option = 0; option < out.length; option++) {
      if (out[option] === 1 || counts[option]! > nodesLeft || nodes.has(nodeOf[option]!)) continue;
      const price = priceOf(problem, option, open);
      if (price < least) [best, least] = [option, price];
    }
    if (best < 0) return chosen;
    chosen.push(best);
    nodes.add(nodeOf[best]!);
    nodesLeft -= counts[best]!;
    for (let item = 0; item < items.length; item++) {
      open[item] = Math.max(0, open[item]! - cap[best * items.length + item]!);
    }
  }
}

/** Per share of the order that is still open; Infinity when it gives nothing of it. */
function priceOf({ items, need, cap, unit, fix }: Problem, option: number, open: Float64Array): number {
  let shares = 0;
  let cost = fix[option]!;
  for (let item = 0; item < items.length; item++) {
    const taken = Math.min(open[item]!, cap[option * items.length + item]!);
    shares += taken / need[item]!;
    cost += taken * unit[option * items.length + item]!;
  }
  return shares > 0 ? cost / shares : Infinity;
}

/** Rounds of exchanges; each makes the plan better, most plans take one or two. */
const ROUNDS_MAX = 3;

/** Exchanges one node of the best plan for another, or leaves one out, as long as that makes it better. */
export function improve(problem: Problem, out: Uint8Array, best: BestPlans): void {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const plan = best.all()[0];
    if (plan === undefined) return;
    for (const left of plan.options) {
      const rest = plan.options.filter((option) => option !== left);
      const nodes = new Set(rest.map((option) => problem.nodeOf[option]!));
      best.consider(rest);
      for (let option = 0; option < out.length; option++) {
        if (out[option] === 1 || nodes.has(problem.nodeOf[option]!)) continue;
        best.consider([...rest, option]);
      }
    }
    if (best.all()[0] === plan) return;
  }
}

/** What people ask who see a plan: and without this node? Told beside it, where few plans were compared. */
export function considerWithout(problem: Problem, best: BestPlans): void {
  const [plan] = best.all();
  for (const left of plan?.options ?? []) {
    const out = Uint8Array.from(problem.nodeOf, (node) => (node === problem.nodeOf[left]! ? 1 : 0));
    best.consider(coverGreedily(problem, out));
  }
}
