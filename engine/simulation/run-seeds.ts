import { Worker } from 'node:worker_threads';
import { type Run, runSeed } from './run-seed.ts';

/** Seeds of one thread: from, from + step … below. */
export interface Stripe {
  readonly from: number;
  readonly below: number;
  readonly step: number;
}

export interface Total {
  readonly seeds: number;
  readonly facts: number;
  readonly crashes: number;
  readonly faults: number;
  /** Seeds in which something was seen that must never be. */
  readonly violations: number;
}

/** Fewer seeds than this are not worth a thread's start. */
const SEEDS_PER_THREAD_MIN = 50;

/** Runs so many seeds from `from` on, `each` hears of every run as it ends. */
export async function runSeeds(
  { from, seeds, threads }: { readonly from: number; readonly seeds: number; readonly threads: number },
  each: (run: Run, total: Total) => void,
): Promise<Total> {
  let total: Total = { seeds: 0, facts: 0, crashes: 0, faults: 0, violations: 0 };
  const heard = (run: Run): void => {
    total = {
      seeds: total.seeds + 1,
      facts: total.facts + run.facts,
      crashes: total.crashes + run.crashes,
      faults: total.faults + run.faults,
      violations: total.violations + (run.failure === undefined ? 0 : 1),
    };
    each(run, total);
  };
  const step = Math.max(1, Math.min(threads, Math.floor(seeds / SEEDS_PER_THREAD_MIN)));
  const below = from + seeds;
  if (step === 1) for (let seed = from; seed < below; seed++) heard(await runSeed(seed));
  else await Promise.all(Array.from({ length: step }, (_, i) => inThread({ from: from + i, below, step }, heard)));
  return total;
}

function inThread(stripe: Stripe, heard: (run: Run) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(new URL('./sim.worker.ts', import.meta.url), { workerData: stripe });
  worker.on('message', heard);
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  return promise;
}
