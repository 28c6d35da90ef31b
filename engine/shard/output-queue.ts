import type { ShardRequest } from '../contract/machine.ts';
import type { RoutedRequest } from './messages.ts';

/** What one turn wants to let out, and the journal batch it rests on. */
export interface HeldOutput {
  /** Everything up to this batch must be durable first; a turn without facts waits for the turns before it. */
  readonly seq: number;
  /** 1 when the turn was a batch of main's, which waits to be told it is finished. */
  readonly batches: number;
  /** As codec/output-bytes.ts; undefined when nobody is told anything. */
  readonly output: Uint8Array<ArrayBuffer> | undefined;
  /** To shards of other threads. */
  readonly requests: readonly RoutedRequest[];
  /** To shards of this thread: they take the same way, without leaving it. */
  readonly local: readonly ShardRequest[];
}

/**
 * The output-commit rule: first in, first out, and out only when durable. Bounded by main: it keeps at most two batches
 * of work in a thread, and each adds one entry here; ticks and local requests add as many as they have facts.
 */
export class OutputQueue {
  #held: HeldOutput[] = [];

  get size(): number {
    return this.#held.length;
  }

  hold(output: HeldOutput): void {
    this.#held.push(output);
  }

  /** Takes out everything that rests on batches up to `durable`. */
  release(durable: number): HeldOutput[] {
    const next = this.#held.findIndex(({ seq }) => seq > durable);
    if (next === 0) return [];
    return this.#held.splice(0, next < 0 ? this.#held.length : next);
  }
}
