import { EngineBusyError } from '../api.ts';
import { assert } from '../contract/assert.ts';
import type { Reply, Said } from './messages.ts';

/** Time a caller waits at most, in ms: proxies in front give up after 15 to 60 s; the work itself goes on. */
export const CALL_MS_MAX = 10_000;
/** Calls waiting at once; a call costs some 300 bytes, so 60 MB at most. */
export const OPEN_CALLS_MAX = 200_000;
/** How often the oldest calls are looked at, in ms: a deadline is at most this late. */
const SWEEP_MS = 500;

interface OpenCall {
  readonly until: number;
  readonly told: (said: Said) => void;
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

  /** The number to send along, and what will be said. */
  open(): { call: number; said: Promise<Said> } {
    const call = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Said>();
    this.#open.set(call, { until: this.#monotonicMs() + CALL_MS_MAX, told: resolve, late: reject });
    this.#sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    return { call, said: promise };
  }

  /** A reply to a call that gave up is dropped: its work is done and its key answers a retry. */
  settle({ call, said }: Reply): void {
    assert(call < this.#next, () => `reply to call ${call}, which nobody made`);
    const open = this.#open.get(call);
    if (open === undefined) return;
    this.#open.delete(call);
    open.told(said);
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
