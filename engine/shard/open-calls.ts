import { EngineBusyError } from '../api.ts';
import { assert } from '../contract/assert.ts';
import type { Reply, Said } from './messages.ts';

/** Time a caller waits at most, in ms: proxies in front give up after 15 to 60 s; the work itself goes on. */
export const CALL_MS_MAX = 10_000;
/** Calls waiting at once; a call costs some 300 bytes, so 60 MB at most. */
export const OPEN_CALLS_MAX = 200_000;
/** How often the oldest calls are looked at, in ms: a deadline is at most this late. */
const SWEEP_MS = 500;

/** Calls that were made together share one. */
interface OpenCall {
  readonly until: number;
  readonly told: (said: Said, call: number) => void;
  readonly late: (error: EngineBusyError) => void;
}

/** Who waits for which answer. All calls have the same deadline, so the map's order is the order of deadlines. */
export class OpenCalls {
  #open = new Map<number, OpenCall>();
  #next = 1;
  #sweeper: NodeJS.Timeout | undefined;
  #empty: (() => void)[] = [];
  #monotonicMs: () => number;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Number of the call that is opened next. */
  get next(): number {
    return this.#next;
  }

  /** What will be said to the call `next`. */
  open(): Promise<Said> {
    return new Promise((resolve, reject) => this.#add(1, resolve, reject));
  }

  /** What will be said to the calls from `next` on, in their order, when all have been answered. */
  openMany(count: number): Promise<Said[]> {
    const first = this.#next;
    const all: Said[] = Array.from({ length: count });
    let left = count;
    return new Promise((resolve, reject) => {
      if (count === 0) resolve(all);
      const told = (said: Said, call: number): void => {
        all[call - first] = said;
        if (--left === 0) resolve(all);
      };
      this.#add(count, told, reject);
    });
  }

  #add(count: number, told: OpenCall['told'], late: OpenCall['late']): void {
    const open: OpenCall = { until: this.#monotonicMs() + CALL_MS_MAX, told, late };
    for (let i = 0; i < count; i++) this.#open.set(this.#next++, open);
    this.#sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  /** A reply to a call that gave up is dropped: its work is done and its key answers a retry. */
  settle({ call, said }: Reply): void {
    assert(call < this.#next, () => `reply to call ${call}, which nobody made`);
    const open = this.#open.get(call);
    if (open === undefined) return;
    this.#open.delete(call);
    open.told(said, call);
    if (this.#open.size === 0) this.#rest();
  }

  /** Gives up what has waited too long. */
  sweep(): void {
    const now = this.#monotonicMs();
    for (const [call, { until, late }] of this.#open) {
      if (until > now) break;
      this.#open.delete(call);
      late(new EngineBusyError('overloaded', 1_000));
    }
    if (this.#open.size === 0) this.#rest();
  }

  /** Resolves when nobody waits; with deadlines that is at most CALL_MS_MAX away. */
  async drained(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#empty.push(resolve));
  }

  #rest(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    for (const resolve of this.#empty.splice(0)) resolve();
  }
}
