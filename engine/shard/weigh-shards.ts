import type { EventWeight } from '../contract/query.ts';
import type { CompleteEvent, SnapshotEvent } from '../contract/stock-event.ts';
import { type Partition, splitEvents } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/** An event that may take numbers to 0, and where it stood in its call. */
export interface Candidate {
  readonly index: number;
  readonly event: SnapshotEvent | CompleteEvent;
}

/** Candidates of one source at one node, and what all shards together say of them. */
export interface Weighed {
  readonly candidates: readonly (Candidate & { readonly weight: EventWeight })[];
  readonly filled: number;
  readonly zeroed: number;
}

/** Asks every stock shard, since each has some skus of a node, and adds up (rule FD12). */
export async function weighShards(
  calls: Pick<ShardCalls, 'queries'>,
  partition: Partition,
  groups: readonly (readonly [Candidate, ...Candidate[]])[],
): Promise<Weighed[]> {
  const events = groups.flatMap((group) => group.map(({ event }) => event));
  const places = groups.map(([{ event }]) => ({ source: event.source, node: event.node }));
  const parts = new Map(splitEvents(partition, events).map((part) => [part.shard, part]));
  const queries = Array.from({ length: partition.stockShards }, (_, shard) => {
    const own = (parts.get(shard)?.events ?? []) as Candidate['event'][];
    return { shard, query: { ask: 'weigh', places, events: own } as const };
  });
  const answers = await calls.queries(queries, 'weighed');
  const weights = events.map(() => NOTHING);
  for (const [shard, answer] of answers.entries()) {
    for (const [nth, index] of (parts.get(shard)?.indexes ?? []).entries()) {
      weights[index] = sumOf(weights[index], answer.events[nth]);
    }
  }
  let next = 0;
  return groups.map((group, place) => ({
    candidates: group.map((candidate) => ({ ...candidate, weight: weights[next++] ?? NOTHING })),
    filled: answers.reduce((sum, { places: at }) => sum + (at[place]?.filled ?? 0), 0),
    zeroed: answers.reduce((sum, { places: at }) => sum + (at[place]?.zeroed ?? 0), 0),
  }));
}

const NOTHING: EventWeight = { zeroes: 0, moved: 0 };

/** Of a complete every shard says its part. */
function sumOf(a = NOTHING, b = NOTHING): EventWeight {
  return { zeroes: a.zeroes + b.zeroes, moved: Math.max(a.moved, b.moved) };
}
