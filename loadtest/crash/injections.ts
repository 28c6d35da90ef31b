import type { Injection } from './strace.ts';

// Where the disk is made to fail. The counts go up steeply: the first calls are the start's (repairs, folders, the first
// seal), the later ones commits and snapshots under load.

/** Time between the fault and its answer, in µs: whatever would acknowledge without waiting has the time to do it. */
const HELD_MICROS = 30_000;

/** Faults that a running server must end on. */
export const RUNNING: readonly Injection[] = [
  ...at([1, 2, 3, 6, 12, 25], 'fdatasync', `error=EIO:delay_enter=${HELD_MICROS}`),
  ...at([1, 2, 4, 9, 20], 'pwrite64', `error=EIO:delay_enter=${HELD_MICROS}`),
  ...at([5, 15], 'pwrite64', `error=ENOSPC:delay_enter=${HELD_MICROS}`),
  // A short write: nothing is taken, and no error is said. (512 of 4,096 would be a kernel that lies: libuv then writes
  // the rest behind bytes that never were, and only the next start can notice.)
  ...at([2, 7, 18], 'pwrite64', `retval=0:delay_enter=${HELD_MICROS}`),
  ...at([1, 2, 3, 5], 'fsync', 'error=EIO'),
  ...killedAt([1, 2, 3, 7, 16, 30], 'pwrite64'),
  ...killedAt([1, 2, 3, 8, 19, 33], 'fdatasync'),
  ...killedAt([1, 2, 4], 'fsync'),
  ...killedAt([1, 2, 3], '/^rename'),
];

/** The same while a folder is made. */
export const BIRTH: readonly Injection[] = [
  ...at([1], 'fsync', 'error=EIO'),
  ...at([1, 2], 'fdatasync', 'error=EIO'),
  ...at([1, 40], 'pwrite64', 'error=ENOSPC'),
  ...killedAt([1, 50], 'pwrite64'),
  ...killedAt([1, 3], 'fdatasync'),
  ...killedAt([1, 2, 5], 'fsync'),
  ...killedAt([1, 2], '/^rename'),
];

function at(counts: readonly number[], calls: string, does: string): Injection[] {
  return counts.map((nth) => ({ calls, does, nth, kills: false }));
}

function killedAt(counts: readonly number[], calls: string): Injection[] {
  return counts.map((nth) => ({ calls, does: 'signal=SIGKILL', nth, kills: true }));
}
