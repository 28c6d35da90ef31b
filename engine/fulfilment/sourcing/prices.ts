import type { Problem } from './problem.ts';

// What every plan costs at least, by prices. Somebody buys all units for us, at a price for each item: Σ need × price. Each node
// sells what it has to him, and comes in only where that pays for it; what it makes beyond what it costs is taken off.
//
//   bound = Σ need × price + Σ over nodes of min(0, what the node costs − what it makes)
//
// That holds for any prices (a Lagrangian relaxation). Good ones are found by raising those of what is sold too little of and
// lowering those of what is sold too much of.

/** Where a search stands: which options are in the plan, and which may still come in. */
export interface Standing {
  readonly chosen: readonly number[];
  /** Options that are looked at. */
  readonly options: readonly number[];
  readonly mayCome: (option: number) => boolean;
  readonly nodesLeft: number;
  /** Nodes that any plan needs beside the chosen. */
  readonly nodesMin: () => number;
}

export interface Prices {
  /** Per item. */
  readonly prices: Float64Array;
  /** What a plan costs at least that has the chosen, and others only of those that may come in. */
  readonly bound: number;
  /** Per option: what it costs less what it makes at these prices, at least. */
  readonly net: Float64Array;
  /** A plan with the option costs at least `bound + max(0, net − spare)`: of the nodes that pay nothing but are needed the dearest. */
  readonly spare: number;
}

export interface Pricing {
  /** Better prices than those given, in so many steps, or until the bound is above `limit`. */
  readonly improve: (prices: Float64Array, limit: number, steps: number) => Prices;
  /** Options looked at so far: the measure of work. */
  readonly looks: () => number;
}

/** Steps without a better bound after which they become half as long. */
const PATIENCE = 3;

export function createPricing(problem: Problem, standing: Standing): Pricing {
  const { items, missing, fix } = problem;
  const market = createMarket(problem, standing);
  const lacks = new Float64Array(items.length);

  const improve = (first: Float64Array, limit: number, steps: number): Prices => {
    const prices = Float64Array.from(first);
    const best = { prices: first, bound: -Infinity, net: new Float64Array(fix.length), spare: 0 };
    let length = 1;
    let patience = PATIENCE;
    for (let step = 0; step < steps; step++) {
      const bound = market.judge(prices, lacks);
      if (bound > best.bound) {
        best.bound = bound;
        best.prices = Float64Array.from(prices);
        best.net.set(market.net);
        best.spare = market.spare();
        if (bound > limit) break;
        patience = PATIENCE;
      } else if (--patience === 0) {
        patience = PATIENCE;
        length /= 2;
      }
      let square = 0;
      for (const some of lacks) square += some * some;
      if (square === 0) break;
      const goal = limit === Infinity ? 1.1 * bound : limit;
      for (let item = 0; item < items.length; item++) {
        const price = prices[item]! + (length * (goal - bound) * lacks[item]!) / square;
        prices[item] = Math.min(missing[item]!, Math.max(0, price));
      }
    }
    return best;
  };

  return { improve, looks: market.looks };
}

/** Prices such that no option makes more than it costs: its fixed costs are shared among the items it has. */
export function firstPrices({ items, need, cap, unit, fix, missing }: Problem, out: Uint8Array): Float64Array {
  const width = items.length;
  const prices = Float64Array.from(missing);
  for (let option = 0; option < out.length; option++) {
    if (out[option] === 1) continue;
    let has = 0;
    for (let item = 0; item < width; item++) if (cap[option * width + item]! > 0) has++;
    for (let item = 0; item < width; item++) {
      const units = cap[option * width + item]!;
      if (units > 0)
        prices[item] = Math.min(prices[item]!, unit[option * width + item]! + fix[option]! / (has * units));
    }
  }
  // What nobody has and must be there: no plan will be found, whatever it costs.
  return prices.map((price, item) => (price === Infinity ? need[item]! : price));
}

interface Market {
  /** The bound at these prices; `lacks` becomes what of each item is needed and not bought, below 0 what is bought too much. */
  readonly judge: (prices: Float64Array, lacks: Float64Array) => number;
  readonly net: Float64Array;
  readonly spare: () => number;
  readonly looks: () => number;
}

function createMarket(problem: Problem, standing: Standing): Market {
  const { items, need, counts, nodeOf, fix } = problem;
  const width = items.length;
  const net = new Float64Array(fix.length);
  const seller = createSeller(problem);
  let spare = 0;
  let looks = 0;

  const buy = (option: number, lacks: Float64Array): number => {
    for (let item = 0; item < width; item++) lacks[item]! -= seller.sold[option * width + item]!;
    return net[option]!;
  };

  /** The best way from each node, from as many nodes as pay and there is room for, and from as many as are needed. */
  const buyFrom = (options: readonly number[], lacks: Float64Array): number => {
    const nodes: number[] = [];
    const needed = standing.nodesMin();
    let left = standing.nodesLeft;
    let sum = 0;
    spare = 0;
    for (const option of options) {
      if (net[option]! >= 0 && nodes.length >= needed) break;
      if (counts[option]! > left || nodes.includes(nodeOf[option]!)) continue;
      sum += buy(option, lacks);
      nodes.push(nodeOf[option]!);
      left -= counts[option]!;
      spare = Math.max(0, net[option]!);
    }
    return sum;
  };

  return {
    net,
    spare: () => spare,
    looks: () => looks,
    judge(prices, lacks) {
      const { chosen, options, mayCome } = standing;
      looks += options.length;
      let bound = 0;
      for (let item = 0; item < width; item++) {
        lacks[item] = need[item]!;
        bound += need[item]! * prices[item]!;
      }
      for (const option of chosen) {
        net[option] = seller.sell(option, prices);
        bound += buy(option, lacks);
      }
      const live = options.filter(mayCome);
      for (const option of live) net[option] = seller.sell(option, prices);
      live.sort((a, b) => net[a]! - net[b]!);
      return bound + buyFrom(live, lacks);
    },
  };
}

interface Seller {
  /** What the option costs less what it makes, when it sells what is best: parcels are begun whole, units sold in parts. */
  readonly sell: (option: number, prices: Float64Array) => number;
  /** What it sold last, at option × items + item. */
  readonly sold: Float64Array;
}

function createSeller(problem: Problem): Seller {
  const { items, cap, unit, fix, grams, parcel, parcelGrams } = problem;
  const width = items.length;
  const sold = new Float64Array(fix.length * width);
  const makes = new Float64Array(width);
  const left = new Float64Array(width);
  const order = new Int32Array(width);

  /** Of what is left as much as goes into one parcel, what makes most per gram first; what it makes. */
  const fillOne = (option: number, from: number, isBought: boolean): number => {
    let room = parcelGrams[option]!;
    let made = 0;
    for (let at = from; at < width && room > 0; at++) {
      const item = order[at]!;
      const units = grams[item]! === 0 ? left[item]! : Math.min(left[item]!, room / grams[item]!);
      made += units * makes[item]!;
      room -= units * grams[item]!;
      if (!isBought) continue;
      left[item]! -= units;
      sold[option * width + item]! += units;
    }
    return made;
  };

  /** Parcel after parcel, as long as one makes more than it costs. */
  const sellByParcel = (option: number): number => {
    for (let item = 0; item < width; item++) {
      left[item] = sold[option * width + item]!;
      sold[option * width + item] = 0;
      let at = item;
      for (; at > 0 && makes[order[at - 1]!]! * grams[item]! < makes[item]! * grams[order[at - 1]!]!; at--)
        order[at] = order[at - 1]!;
      order[at] = item;
    }
    let net = fix[option]! - fillOne(option, 0, true);
    for (let from = 0; ; net += parcel[option]! - fillOne(option, from, true)) {
      while (from < width && left[order[from]!]! <= 0) from++;
      if (from === width || fillOne(option, from, false) <= parcel[option]!) return net;
    }
  };

  return {
    sold,
    sell(option, prices) {
      let net = fix[option]!;
      let weight = 0;
      for (let item = 0, at = option * width; item < width; item++, at++) {
        makes[item] = prices[item]! - unit[at]!;
        sold[at] = makes[item]! > 0 ? cap[at]! : 0;
        net -= sold[at]! * makes[item]!;
        weight += sold[at]! * grams[item]!;
      }
      return weight > parcelGrams[option]! ? sellByParcel(option) : net;
    },
  };
}
