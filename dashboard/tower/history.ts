import type { OpsState } from '../../gateway/protocol/wire.ts';

/** One second of the server's figures, as the charts draw them. */
export interface Sample {
  readonly at: number;
  readonly eventsPerSec: number;
  readonly pushesPerSec: number;
  /** null while nothing is pushed: a gap in the line, not a zero. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly sockets: number;
  readonly commitMicros: number;
}

/** Samples kept: five minutes at one a second, enough to see a trend and still see a second. */
export const SAMPLES_MAX = 300;

/** A sample that is not newer than the last one (a repeated state after a reconnect) changes nothing. */
export function withSample(samples: readonly Sample[], ops: OpsState): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && ops.at <= last.at) return samples;
  const sample: Sample = {
    at: ops.at,
    eventsPerSec: ops.eventsPerSec,
    pushesPerSec: ops.pushesPerSec,
    p50: ops.pushMs?.p50 ?? null,
    p99: ops.pushMs?.p99 ?? null,
    sockets: ops.sockets,
    commitMicros: ops.journal.commitMicrosP50,
  };
  return [...samples.slice(-(SAMPLES_MAX - 1)), sample];
}
