import { readdirSync, readFileSync } from 'node:fs';

// What each thread of this process costs, read from Linux' /proc under the names the threads were given.

/** Time on a core and time spent waiting for one, ms. */
interface ThreadTime {
  readonly ranMs: number;
  readonly waitedMs: number;
}

/** By who they are to a reader of the table; `v8`: V8's own helpers, garbage collection above all. */
export type ThreadTimes = Readonly<Record<ThreadRole, ThreadTime>>;

export const THREAD_ROLES = ['main', 'shard', 'journal', 'projector', 'v8', 'other'] as const;
export type ThreadRole = (typeof THREAD_ROLES)[number];

export function threadTimes(): ThreadTimes {
  const times = Object.fromEntries(THREAD_ROLES.map((role) => [role, { ranMs: 0, waitedMs: 0 }]));
  for (const tid of tasks()) {
    const role = roleOf(Number(tid), readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim());
    // Nanoseconds on a core, nanoseconds waiting for one, number of turns.
    const [ran = 0, waited = 0] = readFileSync(`/proc/self/task/${tid}/schedstat`, 'utf8').split(' ').map(Number);
    const sum = times[role] as { ranMs: number; waitedMs: number };
    sum.ranMs += ran / 1e6;
    sum.waitedMs += waited / 1e6;
  }
  return times as ThreadTimes;
}

/** None where there is no /proc: then only the process's sum is known. */
function tasks(): string[] {
  try {
    return readdirSync('/proc/self/task');
  } catch {
    return [];
  }
}

/** Linux keeps 15 characters of a thread's name. */
function roleOf(tid: number, name: string): ThreadRole {
  if (tid === process.pid) return 'main';
  if (name.startsWith('shard thread')) return 'shard';
  if (name.startsWith('journal')) return 'journal';
  if (name.startsWith('projector')) return 'projector';
  return name.startsWith('V8Worker') ? 'v8' : 'other';
}
