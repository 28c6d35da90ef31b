import { watch } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { ServerChild } from '../server-process.ts';

// When the server of a cycle is killed, and how often again while it comes back.

export type Ending =
  | { readonly is: 'under-load'; readonly afterMs: number }
  /** While the n-th snapshot is being written, or at the end of the cycle when there is none. */
  | { readonly is: 'in-snapshot'; readonly nth: number; readonly afterMs: number }
  /** While it finishes after SIGTERM. */
  | { readonly is: 'while-stopping'; readonly afterMs: number; readonly thenMs: number };

export interface CyclePlan {
  readonly ending: Ending;
  /** Starts that are killed again, each after such a part of the time a start takes, before one is let through. */
  readonly startKills: readonly number[];
}

export function planCycle(chance: Random, cycleMs: number): CyclePlan {
  const afterMs = Math.round(cycleMs * (0.1 + 0.9 * chance.next()));
  const kind = chance.next();
  const ending: Ending =
    kind < 0.55
      ? { is: 'under-load', afterMs }
      : kind < 0.85
        ? { is: 'in-snapshot', nth: chance.between(1, 12), afterMs: cycleMs }
        : { is: 'while-stopping', afterMs, thenMs: chance.between(0, 150) };
  // Up to three levels deep: a recovery that is killed is recovered from by one that is killed.
  const levels = chance.chance(0.4) ? chance.between(1, 3) : 0;
  return { ending, startKills: Array.from({ length: levels }, () => chance.next()) };
}

/** Resolves when it is time for kill -9; earlier when the process has ended by itself. */
export async function untilEnding(ending: Ending, child: ServerChild, snapshotsDir: string): Promise<void> {
  const early = child.ended.then(() => undefined);
  if (ending.is === 'in-snapshot') {
    await Promise.race([early, nthSnapshot(snapshotsDir, ending)]);
    return;
  }
  await Promise.race([early, wait(ending.afterMs)]);
  if (ending.is === 'under-load') return;
  child.signal('SIGTERM');
  await Promise.race([early, wait(ending.thenMs)]);
}

/** A snapshot is written under a name aside first: its appearance is the moment. */
async function nthSnapshot(dir: string, { nth, afterMs }: { nth: number; afterMs: number }): Promise<void> {
  const seen = new Set<string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(dir, (_, name) => {
    if (name?.endsWith('.tmp') !== true) return;
    seen.add(name);
    if (seen.size >= nth) resolve();
  });
  const timer = setTimeout(resolve, afterMs);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}
