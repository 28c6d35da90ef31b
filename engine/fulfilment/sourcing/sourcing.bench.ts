// A bench measures time; it is no part of a pure decision.
/* oxlint-disable no-restricted-globals, no-restricted-imports */
import { cpus } from 'node:os';
import { milpOptimum, openHighs } from './milp-optimum.ts';
import { realCases } from './real-orders.ts';
import { source } from './source.ts';
import { chance, CHEAPEST, network, rules, someOrder, world, type Case } from './test-network.ts';

// How far plans are from the optimum of an integer programme, and what a decision takes. Half of the orders compared are the demo
// retailer's own baskets, from its opening stock by its carriers; half are made up, heavy ones among them, for networks of 60.
// Run: node engine/fulfilment/sourcing/sourcing.bench.ts [orders] [carts timed per row]

const ORDERS = Number(process.argv[2] ?? 2_000);
const CARTS = Number(process.argv[3] ?? 200);
const LINES_MAX = 8;
/** Heavier ones need several parcels. */
const PARCEL_GRAMS = 30_000;
/** A minor unit for each of so many parts is rounded away at most. */
const ROUNDING_MINOR = 3;
/** A cart is decided so often, the fastest counts: what else runs on the machine is nobody's cost. */
const RUNS = 5;
/** Most shops bound or forbid splits in one way or another. */
const CONSTRAINTS = [{}, {}, { nodesMax: 2 }, { nodesMax: 3 }, { wholeLines: true }];

const next = chance(2_026);
const stepOf = (): Case['world']['rules']['steps'][number] => ({
  ...CHEAPEST,
  constraints: CONSTRAINTS[next(CONSTRAINTS.length)]!,
});

function madeUp(candidates: number, lines: number): Case {
  const nodes = network(candidates - 3, next);
  return { world: world(nodes, rules([stepOf()])), ...someOrder(nodes, lines, next) };
}

/** Of baskets that are shipped, every number of lines as often as there are such. */
const baskets = realCases(10_000).filter(({ order }) => order.method === 'ship' && order.needs.length <= LINES_MAX);
const ofManyLines = baskets.toSorted((a, b) => b.order.needs.length - a.order.needs.length);

function real(at: number): Case {
  const { world: of, order, ...rest } = ofManyLines[at % ofManyLines.length]!;
  const needs = order.needs.map((need) => ({ ...need, grams: 500 }));
  // The integer programme knows no groups.
  const nodes = new Map(of.group.map((id) => [id as string, of.nodes.get(id)!]));
  return { ...rest, world: { ...of, nodes, rules: { ...of.rules, steps: [stepOf()] } }, order: { ...order, needs } };
}

const gramsOf = ({ order }: Case): number => order.needs.reduce((sum, { units, grams }) => sum + units * grams!, 0);
const percent = (share: number): string => `${(100 * share).toFixed(3)} %`;

interface Compared {
  orders: number;
  optimal: number;
  excess: number;
  worst: number;
  none: number;
  cut: number;
}

const highs = await openHighs();
const rows = new Map<string, Compared>();
let digest = 0;
for (let at = 0; at < ORDERS; at++) {
  const one = at % 2 === 0 ? real(at / 2) : madeUp(60, 1 + (((at - 1) / 2) % LINES_MAX));
  const { plan, bounded } = source(one.world, one.order, one.skus, one.loads, one.atMs);
  const optimum = milpOptimum(highs, one);
  const kind = `${at % 2 === 0 ? 'baskets' : 'made up'}, ${one.order.needs.length <= 5 ? '1 to 5' : '6 to 8'} lines`;
  const row = rows.get(kind) ?? { orders: 0, optimal: 0, excess: 0, worst: 0, none: 0, cut: 0 };
  rows.set(kind, row);
  if (bounded) row.cut++;
  if (optimum === undefined && plan === undefined) {
    row.none++;
    continue;
  }
  const excess = optimum === undefined || plan === undefined ? Infinity : plan.costMinor / optimum - 1;
  row.orders++;
  digest += plan?.costMinor ?? 0;
  if (plan !== undefined && optimum !== undefined && plan.costMinor <= optimum + ROUNDING_MINOR) row.optimal++;
  else row.worst = Math.max(row.worst, excess);
  row.excess += Math.max(0, excess);
}

console.log(`${ORDERS} orders against HiGHS, ${cpus()[0]?.model ?? 'unknown cpu'}, costs together ${digest}`);
console.table(
  [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, { orders, optimal, excess, worst, none, cut }]) => ({
      orders: kind,
      'with a plan': orders,
      without: none,
      optimal: percent(optimal / orders),
      'mean excess': percent(excess / orders),
      'worst excess': percent(worst),
      'search cut': cut,
    })),
);

/** The value at that share of a sorted list. */
const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;

function fastest(one: Case): number {
  let least = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now();
    source(one.world, one.order, one.skus, one.loads, one.atMs + run);
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

const times = [10, 60, 500].flatMap((candidates) =>
  [1, 2, 5, 8].map((lines) => {
    const cases = Array.from({ length: CARTS }, () => madeUp(candidates, lines));
    const timed = cases.map((one) => ({ ms: fastest(one), isHeavy: gramsOf(one) > PARCEL_GRAMS }));
    const sorted = (of: typeof timed): readonly number[] => of.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const all = sorted(timed);
    const usual = sorted(timed.filter(({ isHeavy }) => !isHeavy));
    const mean = all.reduce((sum, ms) => sum + ms, 0) / all.length;
    return {
      candidates,
      lines,
      'decisions/s': Math.round(1_000 / mean),
      'ms p50': at(all, 0.5).toFixed(3),
      'ms p99 up to 30 kg': at(usual, 0.99).toFixed(3),
      'ms p99 of all': at(all, 0.99).toFixed(3),
      'over 30 kg': timed.length - usual.length,
    };
  }),
);
console.table(times);
