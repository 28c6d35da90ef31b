import type { Problem } from './problem.ts';

// How units of several options are best packed into parcels: a unit may be cheaper at a dearer node whose parcel still has room.
// Item by item every way to share its units out is added to every way before it. Ways that come to the same grams everywhere
// are one, the cheapest; one that cannot get below what it must be below is dropped. So what is left at the end is the best.

/** Ways looked at in one search, so that no decision holds up its shard. */
export const WAYS_MAX = 20_000;
/** And for one set of options. */
const WAYS_OF_SET_MAX = 8_000;

/** Items so far shared out in one way. */
interface Way {
  /** Grams of each option. */
  readonly grams: readonly number[];
  /** Bit per option: it gives something. */
  readonly used: number;
  /** Of the units. */
  readonly cost: number;
  /** Of the last item, per option. */
  readonly taken: readonly number[];
  readonly before?: Way;
}

export interface Filled {
  /** One row per option; absent: no way is below what it had to be below. */
  readonly units?: readonly Float64Array[];
  /** Not every way was looked at. */
  readonly isCut: boolean;
  /** Ways looked at. */
  readonly looks: number;
}

/** The best way for these options that costs less than `below`, of as many as may be looked at. Units that none of them has are nobody's. */
export function fillParcels(
  problem: Problem,
  options: readonly number[],
  { below, looksMax }: { readonly below: number; readonly looksMax: number },
): Filled {
  const weight = (item: number): number => suppliedOf(problem, options, item) * problem.grams[item]!;
  const order = problem.items.map((_, item) => item).toSorted((a, b) => weight(b) - weight(a));
  let ways: readonly Way[] = [{ grams: options.map(() => 0), used: 0, cost: 0, taken: [] }];
  let looks = 0;
  for (const [at, item] of order.entries()) {
    const ahead = ways.length * countShares(problem, options, item);
    if (looks + ahead > Math.min(looksMax, WAYS_OF_SET_MAX)) return { isCut: true, looks };
    looks += ahead;
    const shares = sharesOf(problem, options, item);
    const rest = restOf(problem, options, order.slice(at + 1));
    ways = joinAll(ways, shares, problem.grams[item]!, (way) => atLeast(problem, options, way, rest) < below);
  }
  let best: Way | undefined;
  let least = Infinity;
  for (const way of ways) {
    const score = paid(problem, options, way);
    if (score < least) [best, least] = [way, score];
  }
  return { isCut: false, looks, ...(best !== undefined && { units: unitsOf(best, order, options.length) }) };
}

function joinAll(
  ways: readonly Way[],
  shares: readonly Share[],
  grams: number,
  mayWin: (way: Way) => boolean,
): readonly Way[] {
  const next = new Map<string, Way>();
  for (const before of ways) {
    for (const { taken, cost } of shares) {
      const way: Way = {
        grams: before.grams.map((sum, at) => sum + taken[at]! * grams),
        used: taken.reduce((bits, some, at) => (some > 0 ? bits | (1 << at) : bits), before.used),
        cost: before.cost + cost,
        taken,
        before,
      };
      if (!mayWin(way)) continue;
      const key = `${way.used} ${way.grams.join(' ')}`;
      if ((next.get(key)?.cost ?? Infinity) > way.cost) next.set(key, way);
    }
  }
  return [...next.values()];
}

interface Share {
  readonly taken: readonly number[];
  readonly cost: number;
}

function suppliedOf({ items, need, cap }: Problem, options: readonly number[], item: number): number {
  return Math.min(
    need[item]!,
    options.reduce((sum, option) => sum + cap[option * items.length + item]!, 0),
  );
}

/** How many ways there are to share the item's units out: option by option, ways to give away so many units. */
function countShares(problem: Problem, options: readonly number[], item: number): number {
  const units = suppliedOf(problem, options, item);
  let counts = [1, ...Array.from({ length: units }, () => 0)];
  for (const option of options) {
    const has = problem.cap[option * problem.items.length + item]!;
    counts = counts.map((_, given) =>
      counts.slice(Math.max(0, given - has), given + 1).reduce((sum, some) => sum + some, 0),
    );
  }
  return counts.at(-1)!;
}

/** Every way to share the item's units out. */
function sharesOf(problem: Problem, options: readonly number[], item: number): readonly Share[] {
  const { items, cap, unit } = problem;
  const width = items.length;
  const shares: Share[] = [];
  const share = (at: number, left: number, taken: readonly number[], cost: number): void => {
    if (at === options.length) return void (left === 0 && shares.push({ taken, cost }));
    const index = options[at]! * width + item;
    for (let some = Math.min(left, cap[index]!); some >= 0; some--)
      share(at + 1, left - some, [...taken, some], cost + some * unit[index]!);
  };
  share(0, suppliedOf(problem, options, item), [], 0);
  return shares;
}

/** What is not shared out yet, at least. */
interface Rest {
  readonly units: number;
  readonly unitsByTheGram: number;
  readonly grams: number;
  /** Of what goes into a further parcel. */
  readonly perGram: number;
}

function restOf(problem: Problem, options: readonly number[], items: readonly number[]): Rest {
  const [units = 0, unitsByTheGram = 0] = problem.relaxations.map(({ unit }) =>
    items.reduce((sum, item) => sum + cheapestOf(problem, unit, options, item).cost, 0),
  );
  const grams = items.reduce((sum, item) => sum + suppliedOf(problem, options, item) * problem.grams[item]!, 0);
  const perGram = Math.min(...options.map((option) => problem.parcel[option]! / problem.parcelGrams[option]!));
  return { units, unitsByTheGram, grams, perGram };
}

/** An item's units from the options that give it for least, without what the options cost. */
export function cheapestOf(
  { items, need, cap }: Problem,
  unit: Float64Array,
  options: readonly number[],
  item: number,
): { readonly cost: number; readonly missing: number; readonly dearest: number } {
  const price = (option: number): number => unit[option * items.length + item]!;
  let left = need[item]!;
  let cost = 0;
  let dearest = 0;
  for (const option of options.toSorted((a, b) => price(a) - price(b))) {
    const taken = Math.min(left, cap[option * items.length + item]!);
    if (taken === 0) continue;
    cost += taken * price(option);
    dearest = price(option);
    left -= taken;
  }
  return { cost, missing: left, dearest };
}

/** What a way costs when it is whole. */
function paid(problem: Problem, options: readonly number[], { cost, used, grams }: Way): number {
  const { fix, parcel, parcelGrams } = problem;
  return options.reduce((sum, option, at) => {
    if ((used & (1 << at)) === 0) return sum;
    const further = Math.max(0, Math.ceil(grams[at]! / parcelGrams[option]!) - 1);
    return sum + fix[option]! + further * parcel[option]!;
  }, cost);
}

/** With what is not shared out yet: parcels as they are begun now and more for what has no room in them, or paid by the gram. */
function atLeast(problem: Problem, options: readonly number[], way: Way, rest: Rest): number {
  const { relaxations, fix, parcel, parcelGrams } = problem;
  let room = 0;
  let begun = way.cost + rest.units;
  let byTheGram = way.cost + rest.unitsByTheGram;
  for (let at = 0; at < options.length; at++) {
    if ((way.used & (1 << at)) === 0) continue;
    const option = options[at]!;
    const grams = way.grams[at]!;
    const parcels = Math.max(1, Math.ceil(grams / parcelGrams[option]!));
    room += parcels * parcelGrams[option]! - grams;
    begun += fix[option]! + (parcels - 1) * parcel[option]!;
    const relaxed = relaxations[1]!.fix[option]!;
    byTheGram += relaxed + (relaxed < fix[option]! ? (parcel[option]! * grams) / parcelGrams[option]! : 0);
  }
  const more = rest.perGram * Math.max(0, rest.grams - room);
  return Math.max(begun + more, byTheGram);
}

function unitsOf(whole: Way, order: readonly number[], options: number): readonly Float64Array[] {
  const rows = Array.from({ length: options }, () => new Float64Array(order.length));
  let way = whole;
  for (const item of order.toReversed()) {
    way.taken.forEach((some, at) => (rows[at]![item] = some));
    way = way.before!;
  }
  return rows;
}
