import type { OpsState } from '../../gateway/protocol/wire.ts';

/** One second of the server's figures, as the charts draw them. */
export interface Sample {
  readonly at: number;
  /** Means of the last seconds; null until there is a whole second. */
  readonly eventsPerSec: number | null;
  readonly pushesPerSec: number | null;
  /** This second's own, of which the means are made. */
  readonly second: { readonly events: number; readonly pushes: number } | undefined;
  /** null while nothing is pushed: a gap in the line, not a zero. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly sockets: number;
  readonly commitMicros: number;
}

/** Samples kept: five minutes at one a second, enough to see a trend and still see a second. */
export const SAMPLES_MAX = 300;

/** Tills send in bursts: over five seconds 0, 0, 160, 0, 40 reads as what it is, 40 a second. */
const MEAN_MS = 5_000;

/** A sample that is not newer than the last one (a repeated state after a reconnect) changes nothing. */
export function withSample(samples: readonly Sample[], ops: OpsState): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && ops.at <= last.at) return samples;
  // The server begins to count when the first operator looks: its first state knows no second yet.
  const second = last === undefined ? undefined : { events: ops.eventsPerSec, pushes: ops.pushesPerSec };
  const sample: Sample = {
    at: ops.at,
    ...means(samples, ops, second),
    second,
    p50: ops.pushMs?.p50 ?? null,
    p99: ops.pushMs?.p99 ?? null,
    sockets: ops.sockets,
    commitMicros: ops.journal.commitMicrosP50,
  };
  return [...samples.slice(-(SAMPLES_MAX - 1)), sample];
}

function means(
  samples: readonly Sample[],
  ops: OpsState,
  newest: Sample['second'],
): Pick<Sample, 'eventsPerSec' | 'pushesPerSec'> {
  const recent = samples.filter(({ at }) => at > ops.at - MEAN_MS).map(({ second }) => second);
  const seconds = [...recent, newest].filter((second) => second !== undefined);
  if (seconds.length === 0) return { eventsPerSec: null, pushesPerSec: null };
  const mean = (what: 'events' | 'pushes'): number =>
    seconds.reduce((sum, second) => sum + second[what], 0) / seconds.length;
  return { eventsPerSec: mean('events'), pushesPerSec: mean('pushes') };
}
