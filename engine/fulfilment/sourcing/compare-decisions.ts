import type { NodeRef } from '../../contract/reference.ts';
import type { SkuAtNodes, SourcingDecision, SourcingPlan, SourcingRef } from '../../contract/sourcing.ts';
import type {
  SourcingComparison,
  SourcingDifference,
  SourcingTally,
  TriedPlan,
} from '../../contract/sourcing-trial.ts';

// Two sets of rules side by side, order by order (rule OR6).

/** Differences told one by one. */
const DIFFERENCES_MAX = 100;
const DAY_MS = 86_400_000;

export interface DecidedTwice extends Pick<SourcingDifference, 'order' | 'number' | 'placedAt'> {
  readonly live: SourcingDecision;
  readonly tried: SourcingDecision;
  /** For what is weighed; absent skus are counted in whole units. */
  readonly skus: readonly Pick<SkuAtNodes, 'sku' | 'scale'>[];
}

export interface ComparedBy {
  readonly live: SourcingRef;
  readonly tried: SourcingRef;
  readonly nodes: ReadonlyMap<string, NodeRef>;
}

const NOTHING: SourcingTally = { unfillable: 0, missingUnits: 0, splits: 0, shipments: 0, km: 0, costMinor: 0 };
export const NO_COMPARISON: SourcingComparison = {
  orders: 0,
  passedOver: 0,
  live: NOTHING,
  tried: NOTHING,
  differ: 0,
  later: 0,
  sooner: 0,
  differences: [],
};

export function compareDecisions(pairs: readonly DecidedTwice[], by: ComparedBy): SourcingComparison {
  return pairs.reduce((sum, pair) => joinComparisons(sum, compareOne(pair, by)), NO_COMPARISON);
}

export function joinComparisons(a: SourcingComparison, b: SourcingComparison): SourcingComparison {
  return {
    orders: a.orders + b.orders,
    passedOver: a.passedOver + b.passedOver,
    live: joinTallies(a.live, b.live),
    tried: joinTallies(a.tried, b.tried),
    differ: a.differ + b.differ,
    later: a.later + b.later,
    sooner: a.sooner + b.sooner,
    differences: [...a.differences, ...b.differences].slice(0, DIFFERENCES_MAX),
  };
}

function joinTallies(a: SourcingTally, b: SourcingTally): SourcingTally {
  return {
    unfillable: a.unfillable + b.unfillable,
    missingUnits: a.missingUnits + b.missingUnits,
    splits: a.splits + b.splits,
    shipments: a.shipments + b.shipments,
    km: a.km + b.km,
    costMinor: a.costMinor + b.costMinor,
  };
}

function compareOne({ order, number, placedAt, ...pair }: DecidedTwice, by: ComparedBy): SourcingComparison {
  const live = planOf(pair.live, by.live, pair, by);
  const tried = planOf(pair.tried, by.tried, pair, by);
  const isSame = placesOf(pair.live) === placesOf(pair.tried);
  const laterMs = isSame ? 0 : (tried.arrivesAt ?? 0) - (live.arrivesAt ?? 0);
  const bothArrive = live.arrivesAt !== undefined && tried.arrivesAt !== undefined;
  return {
    orders: 1,
    passedOver: 0,
    live: tallyOf(live),
    tried: tallyOf(tried),
    differ: isSame ? 0 : 1,
    later: bothArrive && laterMs >= DAY_MS ? 1 : 0,
    sooner: bothArrive && laterMs <= -DAY_MS ? 1 : 0,
    differences: isSame ? [] : [{ order, number, placedAt, live, tried }],
  };
}

function tallyOf({ step, nodes, missingUnits, km, costMinor }: TriedPlan): SourcingTally {
  return {
    unfillable: step === undefined ? 1 : 0,
    missingUnits,
    splits: nodes.length > 1 ? 1 : 0,
    shipments: nodes.length,
    km,
    costMinor,
  };
}

/** Where which units come from, and by whom. */
function placesOf({ plan }: SourcingDecision): string {
  const parts = (plan?.parts ?? []).map(({ node, carrier = '', lines }) => {
    const units = lines.map(({ line, units: some }) => `${line}\n${some}`).toSorted();
    return [node, carrier, ...units].join('\n');
  });
  return parts.toSorted().join('\n\n');
}

function planOf(
  { step, plan, candidates }: SourcingDecision,
  rules: SourcingRef,
  { live, skus }: Pick<DecidedTwice, 'live' | 'skus'>,
  by: ComparedBy,
): TriedPlan {
  if (plan === undefined) {
    // What the other set serves is what it misses; without either the units are of nobody.
    const wanted = live.plan?.parts.flatMap(({ lines }) => lines).reduce((sum, { units }) => sum + units, 0) ?? 0;
    return { nodes: [], missingUnits: wanted, km: 0, costMinor: 0 };
  }
  const nodes = plan.parts.map(({ node }) => node);
  const kms = nodes.map((node) => candidates.find((record) => record.node === node)?.km ?? 0);
  const arrives = plan.parts.flatMap(({ arrivesAt }) => arrivesAt ?? []);
  return {
    ...(step !== undefined && { step }),
    nodes,
    missingUnits: plan.missing.reduce((sum, { units }) => sum + units, 0),
    km: Math.round(kms.reduce((sum, km) => sum + km, 0)),
    costMinor: costBy(plan, rules.costs, { skus, ...by }),
    ...(arrives.length > 0 && { arrivesAt: Math.max(...arrives) }),
  };
}

/** A plan's cost by the live rules: carriers ask the same of both, handling, splits and pressure are each set's own. */
function costBy(
  { parts, splitMinor, pressureMinor, costMinor }: SourcingPlan,
  own: SourcingRef['costs'],
  { live, nodes, skus }: ComparedBy & Pick<DecidedTwice, 'skus'>,
): number {
  if (own === live.costs) return costMinor;
  const scales = new Map(skus.map(({ sku, scale = 0 }) => [sku, scale]));
  const handling = parts.reduce((sum, { node, lines }) => {
    const kind = nodes.get(node)?.kind ?? 'dc';
    const wholes = lines.reduce((all, { sku, units }) => all + units * 10 ** -(scales.get(sku) ?? 0), 0);
    return sum + wholes * (live.costs.handlingMinor[kind] - own.handlingMinor[kind]);
  }, 0);
  const splits = own.splitMinor === 0 ? Math.max(0, parts.length - 1) : splitMinor / own.splitMinor;
  const split = splits * live.costs.splitMinor - splitMinor;
  const pressure = own.pressureMinor === 0 ? 0 : pressureMinor * (live.costs.pressureMinor / own.pressureMinor - 1);
  return Math.round(costMinor + handling + split + pressure);
}
