import { setTimeout as wait } from 'node:timers/promises';
import { monotonicMs } from '../stopwatch.ts';

export interface Pace {
  /** Bursts a second. */
  readonly burstsPerSec: number;
  /** Messages of a burst, one after the other without a pause. */
  readonly burst: number;
  readonly seconds: number;
}

/** Longest catching up in one go, so that a stall of the machine does not become one giant burst. */
const BURSTS_AT_ONCE_MAX = 10_000;

/** Open loop: each burst goes when its time has come. Resolves with how many messages were sent. */
export async function keepPace(
  { burstsPerSec, burst, seconds }: Pace,
  send: (first: number, count: number) => void,
): Promise<number> {
  const start = monotonicMs();
  const bursts = Math.round(burstsPerSec * seconds);
  for (let sent = 0; sent < bursts;) {
    const elapsed = monotonicMs() - start;
    const due = Math.min(bursts, Math.floor((elapsed * burstsPerSec) / 1000) + 1, sent + BURSTS_AT_ONCE_MAX);
    for (; sent < due; sent++) send(sent * burst, burst);
    // What is written goes out before the next burst is looked at.
    await wait(Math.max(1, (sent * 1000) / burstsPerSec - (monotonicMs() - start)));
  }
  return bursts * burst;
}
