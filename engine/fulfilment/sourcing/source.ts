import type { OutBecause, Source, SourcingDecision, SourcingPlan, SourcingStep } from '../../contract/sourcing.ts';
import { judgeNodes, recordsOf, type Judged } from './candidates.ts';
import { mismatch } from './match-step.ts';
import { planOf } from './plan.ts';
import { poseProblem, type Problem } from './problem.ts';
import { search, type Found } from './search.ts';
import { lookUp, type View } from './view.ts';

/** Step by step down the waterfall until one has a plan, or says what is done without one (rules OR5, OR6). */
export const source: Source = (world, order, skus, loads, atMs) => {
  const view = lookUp(world, order, skus, loads, atMs);
  const tried: { step: string; why: string }[] = [];
  const told = { rules: world.rules.id, tried };
  let last: Judged = { candidates: [], out: [] };
  let isExact = true;
  for (const step of world.rules.steps) {
    const other = mismatch(step, order, view.departments);
    if (other !== undefined) {
      tried.push({ step: step.name, why: other });
      continue;
    }
    const { judged, problem, found } = trySoonest(view, step);
    last = judged;
    isExact &&= found.isExact;
    const why = whyNot(step, judged, found, view);
    if (why === undefined) {
      const compared = found.plans.map((plan) => planOf(problem, plan, view));
      const explains = explained(judged, view, compared);
      return { ...told, step: step.name, plan: compared[0]!, ...explains, compared, bounded: !isExact };
    }
    tried.push({ step: step.name, why });
    const otherwise = step.otherwise ?? 'next';
    if (otherwise !== 'next')
      return { ...told, otherwise, ...explained(judged, view, []), compared: [], bounded: !isExact };
  }
  return { ...told, otherwise: 'queue', ...explained(last, view, []), compared: [], bounded: !isExact };
};

function explained(
  judged: Judged,
  view: View,
  compared: readonly SourcingPlan[],
): Pick<SourcingDecision, 'candidates' | 'candidatesInAll'> {
  const named = new Set(compared.flatMap(({ parts }) => parts.map(({ node }) => node)));
  return { candidates: recordsOf(judged, view, named), candidatesInAll: judged.candidates.length + judged.out.length };
}

function whyNot({ name }: SourcingStep, judged: Judged, found: Found, { order }: View): string | undefined {
  if (order.failedSteps?.includes(name) === true) return 'its plans were refused too often';
  return found.plans.length === 0 ? whyNone(judged, found) : undefined;
}

interface Tried {
  readonly judged: Judged;
  readonly problem: Problem;
  readonly found: Found;
}

/** A plan that keeps the promise comes before a cheaper one that does not, also where it may be late. */
function trySoonest(view: View, step: SourcingStep): Tried {
  const inTime = tryStep(view, step, false);
  const mayBeLate = step.constraints?.mayBeLate === true && view.order.promisedAt !== undefined;
  if (!mayBeLate || inTime.found.plans.length > 0) return inTime;
  return tryStep(view, step, true);
}

function tryStep(view: View, step: SourcingStep, mayBeLate: boolean): Tried {
  const judged = judgeNodes(view, step, mayBeLate);
  const problem = poseProblem(view, step, judged.candidates);
  return { judged, problem, found: search(problem) };
}

/** e.g. `no node may serve: 12 no-units, 3 too-far`. */
function whyNone({ candidates, out }: Judged, { isExact }: Found): string {
  if (candidates.length > 0) {
    return `no plan over its ${candidates.length} candidates ${isExact ? 'keeps its constraints' : 'was found in time'}`;
  }
  const counts = new Map<OutBecause, number>();
  for (const { because } of out) counts.set(because, (counts.get(because) ?? 0) + 1);
  const reasons = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return `no node may serve: ${reasons.map(([because, count]) => `${count} ${because}`).join(', ')}`;
}
