import { seeded, zipf } from '../random.ts';

// What is sent when: fixed before the clock starts, and the same in every process that knows the seed. The fleet needs no
// log from the sender to know what a client must have seen.
//
//   tick 0    tick 1    tick 2    tick 3    tick 4 …     one batch every TICK_MS
//   lane 0    lane 1    lane 2    lane 3    lane 0 …     a connection each, a sku always on the same one,
//                                                        so its events arrive in the order they were meant

export type Skew = 'uniform' | 'zipf';

export interface PlanOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly skus: number;
  readonly lanes: number;
  readonly skew: Skew;
  readonly seed: number;
}

export interface LoadPlan {
  readonly ticks: number;
  readonly events: number;
  /** Index of the first event of each tick; one more entry than ticks. */
  readonly firstOfTick: Uint32Array;
  /** Sku of each event. */
  readonly skuOf: Uint32Array;
}

export const TICK_MS = 10;

export function loadPlan(options: PlanOptions): LoadPlan {
  const { rate, seconds, skus, lanes, skew, seed } = options;
  const ticks = Math.round((seconds * 1000) / TICK_MS);
  const events = Math.round(rate * seconds);
  const chance = seeded(seed);
  const perLane = Math.floor(skus / lanes);
  const drawRank = skew === 'zipf' ? zipf(perLane, chance) : () => chance.below(perLane);
  const firstOfTick = new Uint32Array(ticks + 1);
  const skuOf = new Uint32Array(events);
  for (let tick = 0, event = 0; tick < ticks; tick++) {
    firstOfTick[tick] = event;
    const end = tick + 1 === ticks ? events : Math.floor(((tick + 1) * events) / ticks);
    for (; event < end; event++) skuOf[event] = drawRank() * lanes + (tick % lanes);
    firstOfTick[tick + 1] = event;
  }
  return { ticks, events, firstOfTick, skuOf };
}

/** For each wanted sku, when its events were meant to be sent, ms after the start, in order. */
export function intendedTimes(plan: LoadPlan, wanted: Iterable<number>): ReadonlyMap<number, readonly number[]> {
  const times = new Map<number, number[]>();
  for (const sku of wanted) times.set(sku, []);
  for (let tick = 0; tick < plan.ticks; tick++) {
    const end = plan.firstOfTick[tick + 1] ?? plan.events;
    for (let event = plan.firstOfTick[tick] ?? 0; event < end; event++) {
      times.get(plan.skuOf[event] ?? -1)?.push(tick * TICK_MS);
    }
  }
  return times;
}

/** Skus each client watches: spread over all, with the best sellers (the lowest numbers) among them. */
export function watchedSkus(options: {
  clients: number;
  keys: number;
  skus: number;
  seed: number;
}): readonly (readonly number[])[] {
  const { clients, keys, skus, seed } = options;
  const chance = seeded(seed ^ 0xf1ee7);
  return Array.from({ length: clients }, (_, client) => {
    const watched = new Set<number>(client < BEST_SELLERS_WATCHED ? [client] : []);
    while (watched.size < Math.min(keys, skus)) watched.add(chance.below(skus));
    return [...watched];
  });
}

/** So that the skewed runs measure the busiest skus too. */
const BEST_SELLERS_WATCHED = 20;
