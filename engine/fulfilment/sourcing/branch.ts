import { cheapestOf } from './fill-parcels.ts';
import { createPricing, firstPrices, type Prices } from './prices.ts';
import type { Problem } from './problem.ts';

// Where the search stands: which options are in the plan, which may still come in, and what it costs at least from here on.

const FREE = 0;
const CHOSEN = 1;
const OUT = 2;

export interface Branch {
  readonly chosen: readonly number[];
  /** What every plan costs at least that has the chosen, and others only of those that may come in; no better than need be for `limit`. */
  readonly bound: (limit: number) => number;
  readonly choose: (option: number) => void;
  /** Takes the option chosen last back; it stays out until it is let in again. */
  readonly dismiss: () => void;
  readonly letIn: (ways: readonly Way[]) => void;
  /**
   * Of the items that are not served the one that the fewest options can give something of, and these options, the most
   * promising first. Undefined: everything is served that can be.
   */
  readonly suppliers: () => readonly Way[] | undefined;
  /** Options that may make it cheaper although everything is served, the most promising first. */
  readonly helpers: () => readonly Way[];
  /** Options that serve everything that can be served, the most promising of all. */
  readonly promising: () => readonly number[];
  /** Leaves out for good what is in no plan below the limit. */
  readonly narrow: (limit: number) => void;
  /** Options looked at so far: the measure of work. */
  readonly looks: () => number;
}

/** An option that may come next. */
export interface Way {
  readonly option: number;
  /** What a plan costs at least that has it. */
  readonly atLeast: number;
}

/** Steps towards good prices at the start, and from each standing to the next. */
const FIRST_STEPS = 40;
const STEPS = 8;

export function createBranch(problem: Problem, needless: Uint8Array): Branch {
  const { items, need, fix, unit, cap, counts, nodeOf, missing } = problem;
  const width = items.length;
  const state = Uint8Array.from(needless, (is) => (is === 1 ? OUT : FREE));
  const isStrict = missing[0] === Infinity;
  /** One node more must serve all that is left: only where every option counts as one, and all must be served. */
  const isLastWhole = isStrict && counts.every((count) => count === 1);
  const covered = new Float64Array(width);
  /** Options of the same node as a chosen one: it has one way at a time. */
  const siblings: number[][] = [];

  const servesAll = (option: number): boolean => {
    for (let item = 0; item < width; item++)
      if (covered[item]! + cap[option * width + item]! < need[item]!) return false;
    return true;
  };
  const chosen: number[] = [];
  const standing = {
    chosen,
    options: Array.from(fix, (_, option) => option).filter((option) => state[option] === FREE),
    nodesLeft: problem.nodesMax,
    mayCome: (option: number): boolean =>
      state[option] === FREE &&
      counts[option]! <= standing.nodesLeft &&
      (standing.nodesLeft > 1 || !isLastWhole || servesAll(option)),
    nodesMin: () => needed,
  };
  /** Nodes that any plan needs beside the chosen, as far as one item alone tells, and whether one can serve all that is open. */
  let needed = 0;
  const nodesMin = (): number => {
    if (!isStrict) return 0;
    const live = standing.options.filter(standing.mayCome);
    let least = 0;
    for (let item = 0; item < width; item++) {
      const open = need[item]! - covered[item]!;
      if (open <= 0) continue;
      const most = live.reduce((units, option) => Math.max(units, cap[option * width + item]!), 0);
      least = Math.max(least, Math.ceil(open / most));
    }
    return least === 1 && !live.some(servesAll) ? 2 : least;
  };
  const pricing = createPricing(problem, standing);
  /** By how many are chosen. */
  const found: Prices[] = [];

  const waysOf = (options: readonly number[]): readonly Way[] => {
    const { bound, net, spare } = found[chosen.length]!;
    const ways = options.map((option) => ({ option, atLeast: bound + Math.max(0, net[option]! - spare) }));
    return ways.toSorted((a, b) => net[a.option]! - net[b.option]! || a.option - b.option);
  };

  return {
    chosen,
    looks: pricing.looks,
    bound(limit) {
      needed = nodesMin();
      if (needed > standing.nodesLeft) return Infinity;
      const before = found[chosen.length - 1];
      const now =
        before === undefined
          ? pricing.improve(firstPrices(problem, needless), limit, FIRST_STEPS)
          : pricing.improve(before.prices, limit, STEPS);
      found[chosen.length] = now;
      return now.bound;
    },
    choose(option) {
      state[option] = CHOSEN;
      chosen.push(option);
      standing.nodesLeft -= counts[option]!;
      for (let item = 0; item < width; item++) covered[item]! += cap[option * width + item]!;
      const others: number[] = [];
      for (const other of [-1, 1].flatMap((step) => sameNode(nodeOf, option, step))) {
        if (state[other] !== FREE) continue;
        state[other] = OUT;
        others.push(other);
      }
      siblings.push(others);
    },
    dismiss() {
      const option = chosen.pop()!;
      state[option] = OUT;
      standing.nodesLeft += counts[option]!;
      for (let item = 0; item < width; item++) covered[item]! -= cap[option * width + item]!;
      for (const other of siblings.pop()!) state[other] = FREE;
    },
    letIn(ways) {
      for (const { option } of ways) state[option] = FREE;
    },
    promising() {
      const open = Float64Array.from(need);
      const nodes = new Set<number>();
      return waysOf(standing.options).flatMap(({ option }) => {
        if (nodes.has(nodeOf[option]!) || !open.some((units, item) => units > 0 && cap[option * width + item]! > 0))
          return [];
        for (let item = 0; item < width; item++) open[item]! -= cap[option * width + item]!;
        nodes.add(nodeOf[option]!);
        return [option];
      });
    },
    narrow(limit) {
      const { bound, net, spare } = found[0]!;
      standing.options = standing.options.filter((option) => bound + Math.max(0, net[option]! - spare) <= limit);
    },
    suppliers() {
      const live = standing.options.filter(standing.mayCome);
      let fewest: readonly number[] | undefined;
      for (let item = 0; item < width; item++) {
        if (covered[item]! >= need[item]!) continue;
        const some = live.filter((option) => cap[option * width + item]! > 0);
        if (some.length === 0 && isStrict) return [];
        if (some.length > 0 && some.length < (fewest?.length ?? Infinity)) fewest = some;
      }
      return fewest === undefined ? undefined : waysOf(fewest);
    },
    helpers() {
      const live = standing.options.filter(standing.mayCome);
      // How parcels are filled is not seen by the unit.
      if (problem.isHeavy) return waysOf(live);
      const dearest = items.map((_, item) => cheapestOf(problem, unit, chosen, item).dearest);
      const helping = live.filter((option) => {
        let saves = -fix[option]!;
        for (let item = 0; item < width; item++)
          saves += cap[option * width + item]! * Math.max(0, dearest[item]! - unit[option * width + item]!);
        return saves > 0;
      });
      return waysOf(helping);
    },
  };
}

/** Options of one node stand together. */
function sameNode(nodeOf: Int32Array, option: number, step: number): readonly number[] {
  const found: number[] = [];
  for (let at = option + step; nodeOf[at] === nodeOf[option]; at += step) found.push(at);
  return found;
}
