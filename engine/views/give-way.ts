import { getPriority, setPriority } from 'node:os';

/** A third of the weight of a thread that serves: the read model keeps moving, yet never takes the core of a shard. */
const NICE = 5;

/**
 * The calling thread gives way to others when cores are scarce. On Linux a priority is a thread's own (0 names the caller),
 * so the rest of the process keeps its; elsewhere it is the whole process's, which is then left alone.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  if (getPriority(0) < NICE) setPriority(0, NICE);
}
