import { Worker } from 'node:worker_threads';
import { type Run, runSeed } from './run-seed.ts';

/** Seeds of one thread: from, from + step … below. */
export interface Stripe {
  readonly from: number;
  readonly below: number;
  readonly step: number;
  /** Shared with whoever has the clock: once its first number is not 0, no further seed is begun. */
  readonly stop: Int32Array;
}

export interface Total {
  readonly seeds: number;
  readonly facts: number;
  readonly crashes: number;
  readonly deepest: number;
  readonly faults: number;
  /** Seeds in which something was seen that must never be. */
  readonly violations: number;
}

/** Fewer seeds than this are not worth a thread's start. */
const SEEDS_PER_THREAD_MIN = 50;

export interface SeedsToRun {
  readonly from: number;
  readonly seeds: number;
  readonly threads: number;
  /** See Stripe; in memory that threads share. */
  readonly stop?: Int32Array;
}

/** Runs so many seeds from `from` on, `each` hears of every run as it ends. */
export async function runSeeds(
  { from, seeds, threads, stop = new Int32Array(1) }: SeedsToRun,
  each: (run: Run, total: Total) => void,
): Promise<Total> {
  let total: Total = { seeds: 0, facts: 0, crashes: 0, deepest: 0, faults: 0, violations: 0 };
  const heard = (run: Run): void => {
    total = {
      seeds: total.seeds + 1,
      facts: total.facts + run.facts,
      crashes: total.crashes + run.crashes,
      deepest: Math.max(total.deepest, run.deepest),
      faults: total.faults + run.faults,
      violations: total.violations + (run.failure === undefined ? 0 : 1),
    };
    each(run, total);
  };
  const step = Math.max(1, Math.min(threads, Math.floor(seeds / SEEDS_PER_THREAD_MIN)));
  const below = from + seeds;
  const stripes = Array.from({ length: step }, (_, i) => ({ from: from + i, below, step, stop }));
  await Promise.all(stripes.map((stripe) => (step === 1 ? runStripe(stripe, heard) : inThread(stripe, heard))));
  return total;
}

export async function runStripe({ from, below, step, stop }: Stripe, heard: (run: Run) => void): Promise<void> {
  for (let seed = from; seed < below && Atomics.load(stop, 0) === 0; seed += step) heard(await runSeed(seed));
}

function inThread(stripe: Stripe, heard: (run: Run) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(new URL('./sim.worker.ts', import.meta.url), { workerData: stripe });
  worker.on('message', heard);
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  return promise;
}
