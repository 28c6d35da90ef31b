import type { Problem } from './problem.ts';

// Where the search stands: which options are in the plan, which may still come in, and what it costs at least from here on.

const FREE = 0;
const CHOSEN = 1;
const OUT = 2;

export interface Branch {
  readonly chosen: readonly number[];
  /** At least; Infinity when something that must be served cannot be. */
  readonly bound: () => Bound;
  readonly choose: (option: number) => void;
  /** Takes the option chosen last back; it stays out until it is let in again. */
  readonly dismiss: () => void;
  readonly letIn: (options: readonly number[]) => void;
  /** Options that may come in and give something of the item. */
  readonly suppliers: (item: number) => number[];
  /** Options that may come in and what they save at most, where everything is served already. */
  readonly savings: () => readonly { readonly option: number; readonly saves: number }[];
  /** Options looked at so far: the measure of work. */
  readonly looks: () => number;
}

interface Bound {
  readonly score: number;
  /** The item that the fewest options can still give, of those not served; -1: none. */
  readonly item: number;
}

export function createBranch(problem: Problem, needless: Uint8Array): Branch {
  const { items, need, fix, unit, cap, counts, nodeOf, missing } = problem;
  const width = items.length;
  const state = Uint8Array.from(needless, (is) => (is === 1 ? OUT : FREE));
  const byUnit = items.map((_, item) => suppliersByUnit(problem, needless, item));
  const covered = new Float64Array(width);
  const serves = new Float64Array(fix.length);
  const chosen: number[] = [];
  /** Options of the same node as a chosen one: it has one way at a time. */
  const siblings: number[][] = [];
  let fixSum = 0;
  let nodesLeft = problem.nodesMax;
  let looks = 0;

  const mayCome = (option: number): boolean => state[option] === FREE && counts[option]! <= nodesLeft;

  /** The cheapest `units` of the item, wherever they may come from and without what a node costs. */
  const cheapest = (item: number, units: number): number => {
    let left = units;
    let sum = 0;
    for (const option of byUnit[item]!) {
      if (left <= 0) break;
      looks++;
      if (state[option] !== CHOSEN && !mayCome(option)) continue;
      const taken = Math.min(left, cap[option * width + item]!);
      sum += taken * unit[option * width + item]!;
      left -= taken;
    }
    return sum;
  };

  /** Counts for each option how many items it would help with: what it costs is shared among them. */
  const shareOut = (): void => {
    serves.fill(0);
    for (let item = 0; item < width; item++) {
      if (covered[item]! >= need[item]!) continue;
      for (const option of byUnit[item]!) if (mayCome(option)) serves[option]!++;
      looks += byUnit[item]!.length;
    }
  };

  /** What the units of an item that is not served cost at least, with its share of the nodes they need. */
  const atLeast = (item: number): { score: number; suppliers: number } => {
    const open = need[item]! - covered[item]!;
    let suppliers = 0;
    let supply = 0;
    let least = Infinity;
    for (const option of byUnit[item]!) {
      if (!mayCome(option)) continue;
      const taken = Math.min(open, cap[option * width + item]!);
      suppliers++;
      supply += taken;
      least = Math.min(least, unit[option * width + item]! + fix[option]! / (serves[option]! * taken));
    }
    looks += byUnit[item]!.length;
    const served = Math.min(open, supply);
    const score = (served > 0 ? served * least : 0) + (served < open ? (open - served) * missing[item]! : 0);
    return { score: score + cheapest(item, covered[item]!), suppliers };
  };

  return {
    chosen,
    looks: () => looks,
    bound() {
      shareOut();
      let score = fixSum;
      let hardest = -1;
      let fewest = Infinity;
      for (let item = 0; item < width; item++) {
        if (covered[item]! >= need[item]!) {
          score += cheapest(item, need[item]!);
          continue;
        }
        const open = atLeast(item);
        score += open.score;
        if (open.suppliers > 0 && open.suppliers < fewest) {
          fewest = open.suppliers;
          hardest = item;
        }
        if (score === Infinity) break;
      }
      return { score, item: hardest };
    },
    choose(option) {
      state[option] = CHOSEN;
      chosen.push(option);
      fixSum += fix[option]!;
      nodesLeft -= counts[option]!;
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
      fixSum -= fix[option]!;
      nodesLeft += counts[option]!;
      for (let item = 0; item < width; item++) covered[item]! -= cap[option * width + item]!;
      for (const other of siblings.pop()!) state[other] = FREE;
    },
    letIn(options) {
      for (const option of options) state[option] = FREE;
    },
    suppliers: (item) => byUnit[item]!.filter(mayCome),
    savings() {
      const dearest = items.map((_, item) => dearestUnit(problem, chosen, item));
      const found: { option: number; saves: number }[] = [];
      for (let option = 0; option < fix.length; option++) {
        if (!mayCome(option)) continue;
        let saves = -fix[option]!;
        for (let item = 0; item < width; item++) {
          saves += cap[option * width + item]! * Math.max(0, dearest[item]! - unit[option * width + item]!);
        }
        if (saves > 0) found.push({ option, saves });
      }
      looks += fix.length;
      return found.toSorted((a, b) => b.saves - a.saves || a.option - b.option);
    },
  };
}

function suppliersByUnit(
  { items, options, cap, unit }: Problem,
  needless: Uint8Array,
  item: number,
): readonly number[] {
  const width = items.length;
  return Array.from(options, (_, option) => option)
    .filter((option) => needless[option] === 0 && cap[option * width + item]! > 0)
    .toSorted((a, b) => unit[a * width + item]! - unit[b * width + item]! || a - b);
}

function dearestUnit({ items, cap, unit }: Problem, chosen: readonly number[], item: number): number {
  const width = items.length;
  return chosen.reduce(
    (most, option) => (cap[option * width + item]! > 0 ? Math.max(most, unit[option * width + item]!) : most),
    0,
  );
}

/** Options of one node stand together. */
function sameNode(nodeOf: Int32Array, option: number, step: number): readonly number[] {
  const found: number[] = [];
  for (let at = option + step; nodeOf[at] === nodeOf[option]; at += step) found.push(at);
  return found;
}
