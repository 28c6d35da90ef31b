import { SECTOR_BYTES } from '../journal/frame.ts';
import type { Fault } from '../journal/simulated-disk.ts';
import { Chance } from './chance.ts';

// Swarm testing: each seed rolls its own rates, many of them at the edge. A run in which nothing ever crashes and one in
// which little else happens find different bugs; the average of both finds neither.

export interface Swarm {
  readonly steps: number;
  readonly stockShards: number;
  readonly promiseShards: number;
  readonly threadsMax: number;
  readonly holdsPerClientMax: number;
  /** Deltas a position remembers one by one (rule FD4). When few, one position is hot and nothing is numbered: merged deltas keep one number. */
  readonly rememberedMax: number;
  readonly snapshotEveryFacts: number;
  readonly snapshotEveryBytes: number;
  readonly segmentBytes: number;
  /** Of client operations: how many repeat an earlier one, and how many of those with other content. */
  readonly retries: number;
  readonly altered: number;
  /** Requests between shards that arrive twice. */
  readonly doubled: number;
  /** How often reference data changes, beside the 10 of an event. */
  readonly changes: number;
  /** How often a hold is released, beside the 8 of a reservation; and how long it may be held. */
  readonly releases: number;
  readonly holdMs: readonly number[];
  /** Whether everything is counted in the beginning, and there is much of it. */
  readonly plenty: boolean;
  /** Whether channels have pools from the beginning. */
  readonly pools: boolean;
  /** Largest number of operations asked at once. */
  readonly burst: number;
  readonly weights: Readonly<Record<Weighted, number>>;
  /** How likely the power ends soon after a start, within recovery mostly. */
  readonly startCuts: number;
  /** Faults a disk may have in one life of the process. */
  readonly faultsMax: number;
  /** How much of what is asked comes from orders. */
  readonly orders: number;
  /** How much of what is asked comes from shops, nodes and staff. */
  readonly shops: number;
  /** Whether there is little of everything and more is announced, so that orders wait for it. */
  readonly scarce: boolean;
  /** How much of that is done by hand, beside 1 of shops. */
  readonly hands: number;
  readonly orderShards: number;
  readonly nodeShards: number;
  /** Whether a day may pass in between: keys and ended holds are forgotten then. */
  readonly longPause: boolean;
}

/** What the scheduler chooses between. */
export type Weighted =
  | 'ask'
  | 'work'
  | 'commit'
  | 'durable'
  | 'output'
  | 'disk'
  | 'snapshot'
  | 'time'
  | 'tick'
  | 'seal'
  | 'kill'
  | 'power-cut'
  | 'cut-soon'
  | 'drain'
  | 'leap';

/** How often each is chosen when its rate is ordinary. */
const USUAL: Readonly<Record<Weighted, number>> = {
  ask: 30,
  work: 40,
  commit: 40,
  durable: 40,
  output: 40,
  disk: 20,
  snapshot: 20,
  time: 20,
  tick: 20,
  seal: 1,
  kill: 0.4,
  'power-cut': 0.4,
  'cut-soon': 0.4,
  drain: 0.3,
  leap: 1.5,
};
/** Without these nothing ever ends, so they are never switched off. */
const NEEDED: readonly Weighted[] = ['ask', 'work', 'commit', 'durable', 'output', 'time'];

/**
 * Orders have a chance of their own, so that a seed without them is the run it was before there were any; the salt leaves
 * those in seeds.ts without.
 */
const ORDERS_SALT = 0xc;

export function rollSwarm(chance: Chance, seed: number): Swarm {
  const orders = new Chance(seed ^ ORDERS_SALT);
  const shops = orders.pick([0, 0, 0, 30, 100]);
  const swarm = rollStock(chance);
  if (shops === 0) return { ...swarm, shops, hands: 0, scarce: false, orderShards: 1, nodeShards: 1 };
  const { steps, weights } = swarm;
  return {
    ...swarm,
    // An order takes some dozens of steps from its channel to a node, and its life there as many.
    steps: steps + ORDERS_STEPS,
    weights: { ...weights, ask: weights.ask * 2 },
    plenty: true,
    orders: Math.min(swarm.orders, 8),
    shops,
    hands: orders.pick([0, 0.3, 1]),
    scarce: orders.yes(0.3),
    orderShards: 1 + orders.below(2),
    nodeShards: 1 + orders.below(2),
  };
}

const ORDERS_STEPS = 200;

type Stock = Omit<Swarm, 'shops' | 'scarce' | 'hands' | 'orderShards' | 'nodeShards'>;

function rollStock(chance: Chance): Stock {
  const factor = (name: Weighted): number => chance.pick(NEEDED.includes(name) ? [0.3, 1, 1, 3] : [0, 0.3, 1, 1, 3, 6]);
  const weights = Object.fromEntries(
    (Object.keys(USUAL) as Weighted[]).map((name) => [name, USUAL[name] * factor(name)]),
  ) as Record<Weighted, number>;
  return {
    steps: 100 + chance.below(500),
    stockShards: 1 + chance.below(3),
    promiseShards: 1 + chance.below(2),
    threadsMax: 1 + chance.below(3),
    holdsPerClientMax: chance.pick([3, 1_000]),
    rememberedMax: chance.pick([512, 512, 2, 8]),
    ...rollSnapshots(chance),
    retries: chance.pick([0.1, 0.3, 0.6]),
    altered: chance.pick([0, 0.2, 0.5]),
    doubled: chance.pick([0, 0, 0.2]),
    changes: chance.pick([0.3, 1, 5]),
    releases: chance.pick([1, 6]),
    holdMs: chance.pick([SHORT_MS, LONG_MS, [...SHORT_MS, ...LONG_MS]]),
    plenty: chance.yes(0.5),
    pools: chance.yes(0.5),
    burst: chance.pick([1, 4, 30]),
    weights,
    startCuts: chance.pick([0.1, 0.1, 0.7]),
    faultsMax: chance.pick([0, 0, 1, 2]),
    orders: chance.pick([0, 8, 20, 60]),
    longPause: chance.yes(0.1),
  };
}

function rollSnapshots(chance: Chance): Pick<Swarm, 'snapshotEveryFacts' | 'snapshotEveryBytes' | 'segmentBytes'> {
  const snapshotEveryFacts = chance.pick([5, 20, 80, 100_000]);
  const segmentBytes = chance.pick([4, 8, 16]) * SECTOR_BYTES;
  // With one of the rates it is bytes that make a shard due, as a quiet shard and one with huge facts have it.
  return {
    snapshotEveryFacts,
    segmentBytes,
    snapshotEveryBytes: snapshotEveryFacts === 80 ? 3 * segmentBytes : Infinity,
  };
}

const SHORT_MS = [1_000, 5_000, 60_000];
const LONG_MS = [900_000, 4 * 3_600_000 - 1_000];

const CALLS = ['write', 'sync', 'syncDir', 'rename', 'open', 'remove'] as const;

/** What will go wrong with the disk in the next life. */
export function rollFaults(chance: Chance, { faultsMax }: Pick<Swarm, 'faultsMax'>): Fault[] {
  return Array.from({ length: chance.below(faultsMax + 1) }, () => ({
    call: chance.pick(CALLS),
    nth: 1 + chance.below(chance.pick([5, 60])),
    how: chance.pick(['error', 'short', 'lost'] as const),
  }));
}
