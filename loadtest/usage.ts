import { readdirSync, readFileSync } from 'node:fs';
import { monotonicMs } from './stopwatch.ts';

// What a process costs, read from /proc: seen from outside, so the measured process does nothing for it.

export interface Usage {
  readonly atMs: number;
  /** CPU time of each thread, ms, by thread id. */
  readonly threads: ReadonlyMap<number, number>;
}

export interface Cost {
  /** Per cent of one core. */
  readonly cpu: number;
  /** The same for each busy thread, the process's main thread first. */
  readonly threads: readonly number[];
}

/** Length of a tick of /proc/<pid>/stat, in ms: USER_HZ is 100 on every Linux we know of. */
const CLOCK_TICK_MS = 10;
/** Threads that used less than this, in per cent of a core, are not worth a column. */
const BUSY = 2;

export function usageOf(pid: number): Usage {
  const threads = new Map<number, number>();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
      // The second field is a name in brackets and may hold spaces; utime and stime are the 12th and 13th after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      threads.set(Number(tid), (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS);
    } catch {
      // A thread that ended between the listing and the reading costs nothing any more.
    }
  }
  return { atMs: monotonicMs(), threads };
}

export function costBetween(pid: number, before: Usage, after: Usage): Cost {
  const passed = after.atMs - before.atMs;
  const shares = [...after.threads]
    .map(([tid, ms]) => ({ tid, share: ((ms - (before.threads.get(tid) ?? 0)) / passed) * 100 }))
    .toSorted((a, b) => Number(b.tid === pid) - Number(a.tid === pid) || b.share - a.share);
  return {
    cpu: Math.round(shares.reduce((sum, one) => sum + one.share, 0)),
    threads: shares.filter((one) => one.tid === pid || one.share >= BUSY).map((one) => Math.round(one.share)),
  };
}

/** Resident memory now and at its highest, MiB. */
export function memoryOf(pid: number): { readonly mib: number; readonly peakMib: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { mib: Math.round(kib('VmRSS') / 1024), peakMib: Math.round(kib('VmHWM') / 1024) };
}
