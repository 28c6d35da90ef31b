import { availableParallelism } from 'node:os';
import type { EngineOptions } from '../api.ts';

/** Numbers of EngineOptions with their defaults, checked. */
export interface EngineSettings {
  readonly threads: number;
  readonly snapshotEveryFacts: number;
  readonly creditBytes: number;
  readonly holdsPerClientMax: number;
  readonly unitsPerLineMax: number;
  readonly historyDays: number;
  readonly orderDays: number;
  readonly outfeedHours: number;
  readonly outfeedEvents: number;
}

/** More threads than this only hold memory: each is a whole V8 heap. */
const THREADS_MAX = 64;
/** 40 to 60 bytes of memory per remembered fact of a tail: replaying more takes over a second. */
const SNAPSHOT_EVERY_FACTS = 200_000;
const CREDIT_BYTES = 8 * 1024 * 1024;

/** Throws RangeError with option, bound and value. */
export function engineSettings(options: EngineOptions): EngineSettings {
  const historyDays = whole('historyDays', options.historyDays ?? 30, 0);
  return {
    threads: whole('threads', options.threads ?? Math.max(1, availableParallelism() - 1), 1, THREADS_MAX),
    snapshotEveryFacts: whole('snapshotEveryFacts', options.snapshotEveryFacts ?? SNAPSHOT_EVERY_FACTS, 1),
    creditBytes: whole('creditBytes', options.creditBytes ?? CREDIT_BYTES, 1_024),
    holdsPerClientMax: whole('holdsPerClientMax', options.holdsPerClientMax ?? 1_000, 1),
    unitsPerLineMax: whole('unitsPerLineMax', options.unitsPerLineMax ?? 10_000, 1),
    historyDays,
    orderDays: whole('orderDays', options.orderDays ?? 1_095, 1),
    // Events of an outfeed are rows of the ledger, which keeps a day at least.
    outfeedHours: whole('outfeedHours', options.outfeedHours ?? 24, 1, Math.max(1, historyDays) * 24),
    outfeedEvents: whole('outfeedEvents', options.outfeedEvents ?? 1_000_000, 1, 100_000_000),
  };
}

function whole(option: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const bound = max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `${min} to ${max}`;
  throw new RangeError(`${option} must be a whole number ${bound}, got ${value}`);
}
