import type { NodeRef } from '../../contract/reference.ts';
import type { RankBy, SourcingStep } from '../../contract/sourcing.ts';
import { unreachable } from '../../contract/assert.ts';
import type { Carriage } from './carriage.ts';
import type { Candidate } from './candidates.ts';
import type { View } from './view.ts';

// What plans are compared by. Each criterion is a whole number: so much for a node that is in the plan and so much for each
// unit taken there, less is better. Of a plan they are added up, so one search finds the best by any of them.

export interface Criterion {
  readonly isCost?: boolean;
  readonly fixed: (option: Option) => number;
  readonly perUnit: (option: Option, sku: number) => number;
}

/** A candidate with one way from it. */
export interface Option {
  readonly candidate: Candidate;
  readonly carriage: Carriage;
}

/** Thousandths of a minor unit: grams × price per kg are whole ones. */
export const MILLI = 1_000;
/** Of nodes that `priorities` does not name: behind the last that can be named. */
const PRIORITY_UNNAMED = 1_001;
const SHARE = 1_000_000;

/** In the order of the step's rank, the cost last where it is not named. */
export function criteriaOf(view: View, step: SourcingStep): readonly Criterion[] {
  const ranks: readonly RankBy[] = step.rank.includes('cost') ? step.rank : [...step.rank, 'cost'];
  return [...new Set(ranks)].map((rank) => criterion(rank, view, step));
}

const nothing = (): number => 0;

function criterion(rank: RankBy, view: View, { priorities = {} }: SourcingStep): Criterion {
  switch (rank) {
    case 'cost':
      return {
        isCost: true,
        fixed: (option) => fixedMilli(option, view),
        perUnit: (option, sku) => unitMilli(option, view, sku),
      };
    case 'distance':
      return { fixed: ({ candidate }) => Math.round(candidate.km ?? 0), perUnit: nothing };
    case 'priority':
      return { fixed: ({ candidate }) => priorities[candidate.node.id] ?? PRIORITY_UNNAMED, perUnit: nothing };
    case 'open-work':
      return { fixed: ({ candidate }) => view.loads.get(candidate.node.id)?.open ?? 0, perUnit: nothing };
    case 'balance':
      // The share of its stock that a node gives away with each unit.
      return {
        fixed: nothing,
        perUnit: ({ candidate }, sku) => Math.round(SHARE / Math.max(1, candidate.available[sku]!)),
      };
    default:
      return unreachable(rank);
  }
}

/** A shipment, one more node and the pressure on it; a node that serves the order already costs none of them. */
function fixedMilli({ candidate, carriage }: Option, view: View): number {
  if (view.servedBy.has(candidate.node.id)) return 0;
  const { splitMinor } = view.world.rules.costs;
  return MILLI * (parcelMinor({ candidate, carriage }, view) + splitMinor) + pressureMilli(candidate.node, view);
}

/** The first parcel of a node that serves the order already goes with what goes anyway. */
export function parcelMinor({ candidate, carriage }: Option, { servedBy }: View): number {
  return servedBy.has(candidate.node.id) ? 0 : carriage.baseMinor;
}

/** In proportion to the share of its day's capacity that is used, squared: 80 of 100 orders at 500 a full day -> 320. */
export function pressureMilli(node: NodeRef, view: View): number {
  const load = view.loads.get(node.id);
  if (load?.perDay === undefined || load.perDay === 0 || view.servedBy.has(node.id)) return 0;
  const share = Math.min(1, load.today / load.perDay);
  return Math.round(share * share * view.world.rules.costs.pressureMinor * MILLI);
}

function unitMilli({ candidate, carriage }: Option, { skus, world }: View, sku: number): number {
  const { grams, wholes } = skus[sku]!;
  return grams * carriage.perKgMinor + MILLI * wholes * world.rules.costs.handlingMinor[candidate.node.kind];
}
