import type { ReferenceView } from '../api.ts';
import { assert } from '../contract/assert.ts';
import { refuse, type EventOutcome } from '../contract/outcome.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import type { Partition } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';
import { type Candidate, type Weighed, weighShards } from './weigh-shards.ts';

// Brakes on what concerns a whole node (rule FD12). A shard knows only its own skus, a few of a small node, so a share of
// them says little, and a `complete` must be taken by all shards or by none: main asks all of them first, adds up and
// decides. What waits never enters a shard; it is told so and becomes a dead letter, which somebody approves or discards.

/** Share of a node's filled skus that a source may take to 0 within the window, unless its brakes say otherwise. */
const ZERO_SHARE_MAX = 0.3;
/** A node with fewer filled skus is never held: of five skus two are quickly sold out. */
export const BRAKED_SKUS_MIN = 20;
/** For so long, in ms, zeroes that a weighing left room for pass without another. */
const ROOM_MS_MAX = 60_000;

export interface BrakesDeps {
  readonly calls: Pick<ShardCalls, 'record' | 'queries'>;
  readonly partition: Partition;
  readonly reference: Pick<ReferenceView, 'sources' | 'nodes'>;
  /** Monotonic, ms. */
  readonly nowMs: () => number;
}

type Group = readonly [Candidate, ...Candidate[]];

export class Brakes {
  readonly #deps: BrakesDeps;
  /** Zeroes left by source and node; only known ones have any, so the reference data bound them. */
  readonly #room = new Map<string, { zeroes: number; readonly untilMs: number }>();

  constructor(deps: BrakesDeps) {
    this.#deps = deps;
  }

  /** As ShardCalls.record, less what must wait. */
  record(events: readonly StockEvent[], receivedAt: number): Promise<EventOutcome[]> {
    const candidates = this.#candidates(events);
    if (candidates.length === 0) return this.#deps.calls.record(events, receivedAt);
    return this.#recordWeighed(events, receivedAt, candidates);
  }

  async #recordWeighed(
    events: readonly StockEvent[],
    receivedAt: number,
    candidates: readonly Candidate[],
  ): Promise<EventOutcome[]> {
    const held = await this.#held(candidates);
    if (held.size === 0) return this.#deps.calls.record(events, receivedAt);
    const free = events.filter((_, index) => !held.has(index));
    const outcomes = (await this.#deps.calls.record(free, receivedAt)).values();
    return events.map(({ kind }, index) => {
      if (held.has(index)) return refuse('waits-for-approval', { field: kind === 'complete' ? 'node' : 'quantity' });
      const { value } = outcomes.next();
      assert(value !== undefined, () => `event ${index} has no outcome`);
      return value;
    });
  }

  /** Names nobody knows are left to the shards, which refuse them. */
  #candidates(events: readonly StockEvent[]): Candidate[] {
    const { sources, nodes } = this.#deps.reference;
    const found: Candidate[] = [];
    events.forEach((event, index) => {
      const mayZero = event.kind === 'complete' || (event.kind === 'snapshot' && event.quantity <= 0);
      if (mayZero && sources.has(event.source) && nodes.has(event.node)) found.push({ index, event });
    });
    return found;
  }

  /** Places in the call of what must wait. */
  async #held(candidates: readonly Candidate[]): Promise<ReadonlySet<number>> {
    const groups = [...Map.groupBy(candidates, placeOf).values()] as unknown as readonly Group[];
    const asked = groups.filter((group) => !this.#hasRoom(group));
    if (asked.length === 0) return new Set();
    const weighed = await weighShards(this.#deps.calls, this.#deps.partition, asked);
    return new Set(weighed.flatMap((each) => this.#judge(each)));
  }

  /** Rows within what the last weighing left; a complete may zero anything. */
  #hasRoom(group: Group): boolean {
    const room = this.#room.get(placeOf(group[0]));
    if (room === undefined || this.#deps.nowMs() > room.untilMs || room.zeroes < group.length) return false;
    if (group.some(({ event }) => event.kind === 'complete')) return false;
    room.zeroes -= group.length;
    return true;
  }

  /** Indexes of what must wait of one source at one node. */
  #judge({ candidates, filled, zeroed }: Weighed): number[] {
    const [first] = candidates;
    if (first === undefined) return [];
    const { zeroShareMax = ZERO_SHARE_MAX, moveUnitsMax = Infinity } =
      this.#deps.reference.sources.get(first.event.source)?.brakes ?? {};
    const isBraked = filled + zeroed >= BRAKED_SKUS_MIN;
    const zeroes = candidates.reduce((sum, { weight }) => sum + weight.zeroes, 0);
    const left = zeroShareMax * (filled + zeroed) - zeroed - zeroes;
    const untilMs = this.#deps.nowMs() + ROOM_MS_MAX;
    this.#room.set(placeOf(first), { zeroes: isBraked ? left : 0, untilMs });
    const mustWait = ({ weight }: (typeof candidates)[number]): boolean =>
      (isBraked && left < 0 && weight.zeroes > 0) || weight.moved > moveUnitsMax;
    return candidates.filter(mustWait).map(({ index }) => index);
  }
}

const placeOf = ({ event }: Candidate): string => `${event.source}\n${event.node}`;
