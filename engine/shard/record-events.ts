import type { ClientId } from '../contract/ids.ts';
import type { EventOutcome } from '../contract/outcome.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import type { Brakes } from './brakes.ts';
import type { HeardNumbers } from './heard-numbers.ts';
import type { ShardCalls } from './shard-calls.ts';

export interface RecorderDeps {
  readonly calls: Pick<ShardCalls, 'record'>;
  readonly brakes: Pick<Brakes, 'record'>;
  readonly numbers: Pick<HeardNumbers, 'hear'>;
}

/** The way of events on main: brakes (FD12), shards, and the numbers that arrived (FD5). */
export async function recordEvents(
  { calls, brakes, numbers }: RecorderDeps,
  events: readonly StockEvent[],
  receivedAt: number,
  approvedBy: ClientId | undefined,
): Promise<EventOutcome[]> {
  const outcomes =
    approvedBy === undefined
      ? await brakes.record(events, receivedAt)
      : await calls.record(events, receivedAt, approvedBy);
  await numbers.hear(events, outcomes);
  return outcomes;
}
