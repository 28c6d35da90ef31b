// A bench measures time and reads a file; it is no part of a pure decision.
/* oxlint-disable no-restricted-globals, no-restricted-imports */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { NodeRef } from '../../contract/reference.ts';
import { milpOptimum, openHighs } from './milp-optimum.ts';
import { source } from './source.ts';
import { chance, CHEAPEST, network, rules, someOrder, world, type Case, type Next } from './test-network.ts';

// How far plans are from the optimum of an integer programme, and what a decision takes. Half of the orders are for the demo's
// 123 nodes, half for made-up networks of 60.
// Run: node engine/fulfilment/sourcing/sourcing.bench.ts [orders] [decisions]

const ORDERS = Number(process.argv[2] ?? 2_000);
const DECISIONS = Number(process.argv[3] ?? 2_000);
const LINES_MAX = 8;
/** A minor unit for each of so many parts is rounded away at most. */
const ROUNDING_MINOR = 3;
const REFERENCE = new URL('../../../ingest/samples/reference/nodes.json', import.meta.url);

const demo = JSON.parse(readFileSync(REFERENCE, 'utf8')) as readonly NodeRef[];
const CONSTRAINTS = [{}, {}, { nodesMax: 2 }, { nodesMax: 3 }, { wholeLines: true }];

function someCase(nodes: readonly NodeRef[], lines: number, next: Next): Case {
  const constraints = CONSTRAINTS[next(CONSTRAINTS.length)]!;
  return { world: world(nodes, rules([{ ...CHEAPEST, constraints }])), ...someOrder(nodes, lines, next) };
}

const highs = await openHighs();
const next = chance(2_026);
const rows = new Map<number, { orders: number; optimal: number; excess: number; worst: number; none: number }>();
let digest = 0;
for (let at = 0; at < ORDERS; at++) {
  const lines = 1 + (at % LINES_MAX);
  const one = someCase(at % 2 === 0 ? demo : network(57, next), lines, next);
  const { plan } = source(one.world, one.order, one.skus, one.loads, one.atMs);
  const optimum = milpOptimum(highs, one);
  const row = rows.get(lines) ?? { orders: 0, optimal: 0, excess: 0, worst: 0, none: 0 };
  rows.set(lines, row);
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

const percent = (share: number): string => `${(100 * share).toFixed(3)} %`;
console.log(`${ORDERS} orders against HiGHS, ${cpus()[0]?.model ?? 'unknown cpu'}, costs together ${digest}`);
console.table(
  [...rows].map(([lines, { orders, optimal, excess, worst, none }]) => ({
    lines,
    orders,
    'no plan': none,
    optimal: percent(optimal / orders),
    'mean excess': percent(excess / orders),
    'worst excess': percent(worst),
  })),
);

/** The candidate at that place of a sorted list, as a share of its length. */
const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
const times = [10, 60, 500].flatMap((candidates) =>
  [1, 2, 5, 8].map((lines) => {
    const timed: number[] = [];
    let bounded = 0;
    const cases = Array.from({ length: 50 }, () => someCase(network(candidates - 3, next), lines, next));
    for (let round = 0; round < DECISIONS; round++) {
      const one = cases[round % cases.length]!;
      const began = performance.now();
      const decision = source(one.world, one.order, one.skus, one.loads, one.atMs + round);
      const ms = performance.now() - began;
      // The first half warms the compiler up.
      if (round * 2 < DECISIONS) continue;
      timed.push(ms);
      if (decision.bounded) bounded++;
    }
    const sorted = timed.toSorted((a, b) => a - b);
    const mean = timed.reduce((sum, ms) => sum + ms, 0) / timed.length;
    const shown = { 'ms mean': mean, 'ms p50': at(sorted, 0.5), 'ms p99': at(sorted, 0.99) };
    const figures = Object.entries(shown).map(([name, ms]) => [name, ms.toFixed(3)]);
    return { candidates, lines, ...Object.fromEntries(figures), bounded: percent(bounded / timed.length) };
  }),
);
console.table(times);
