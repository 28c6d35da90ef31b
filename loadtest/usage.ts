import { readdirSync, readFileSync } from 'node:fs';
import { monotonicMs } from './stopwatch.ts';

// What a process costs, read from /proc: seen from outside, so the measured process does nothing for it.

export interface Usage {
  readonly atMs: number;
  /** By thread id. */
  readonly threads: ReadonlyMap<number, ThreadUsage>;
}

interface ThreadUsage {
  /** Time on a core, ms. */
  readonly ranMs: number;
  /** Time it could have run and had no core, ms: what the machine's other work took from it. */
  readonly waitedMs: number;
}

export interface Cost {
  /** Time measured, and time its threads were on a core, ms. */
  readonly ms: number;
  readonly ranMs: number;
  /** Per cent of one core. */
  readonly cpu: number;
  /** The same for each busy thread, the process's main thread first. */
  readonly threads: readonly number[];
  /** Time its threads waited for a core, per cent of the time measured: near 0 on a quiet machine. */
  readonly waited: number;
}

/** Threads that used less than this, in per cent of a core, are not worth a column. */
const BUSY = 2;

export function usageOf(pid: number): Usage {
  const threads = new Map<number, ThreadUsage>();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    try {
      // Nanoseconds on a core, nanoseconds waiting for one, number of turns.
      const [ran, waited] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ').map(Number);
      threads.set(Number(tid), { ranMs: (ran ?? 0) / 1e6, waitedMs: (waited ?? 0) / 1e6 });
    } catch {
      // A thread that ended between the listing and the reading costs nothing any more.
    }
  }
  return { atMs: monotonicMs(), threads };
}

export function costBetween(pid: number, before: Usage, after: Usage): Cost {
  const share = (ms: number): number => (ms / (after.atMs - before.atMs)) * 100;
  const threads = [...after.threads]
    .map(([tid, { ranMs, waitedMs }]) => {
      const earlier = before.threads.get(tid) ?? { ranMs: 0, waitedMs: 0 };
      return { tid, ran: share(ranMs - earlier.ranMs), waited: share(waitedMs - earlier.waitedMs) };
    })
    .toSorted((a, b) => Number(b.tid === pid) - Number(a.tid === pid) || b.ran - a.ran);
  const ms = after.atMs - before.atMs;
  const sum = threads.reduce((total, one) => total + one.ran, 0);
  return {
    ms,
    ranMs: (sum * ms) / 100,
    cpu: Math.round(sum),
    threads: threads.filter((one) => one.tid === pid || one.ran >= BUSY).map((one) => Math.round(one.ran)),
    waited: Math.round(threads.reduce((sum, one) => sum + one.waited, 0)),
  };
}

/** Resident memory now and at its highest, MiB. */
export function memoryOf(pid: number): { readonly mib: number; readonly peakMib: number } {
  return { mib: Math.round(residentKib(pid) / 1024), peakMib: Math.round(statusKib(pid, 'VmHWM') / 1024) };
}

/** Resident memory now, KiB. */
export function residentKib(pid: number): number {
  return statusKib(pid, 'VmRSS');
}

function statusKib(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}
