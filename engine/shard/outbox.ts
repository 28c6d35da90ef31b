import { assert } from '../contract/assert.ts';

/** Batches on their way in one thread: one is decided while the one before becomes durable. */
export const BATCHES_IN_FLIGHT_MAX = 2;
/** Characters of one batch at most, so that no turn of a shard thread takes long: about 2,000 events, 10 ms. */
export const BATCH_CHARS_MAX = 512 * 1024;

/**
 * Natural batching towards one shard thread: what comes while two batches are in flight collects into the next, so there
 * is no timer, no wait when idle and large batches when busy. Bounded by the credit of the calls that fill it
 * (`undurableBytes`); requests of other shards pass without credit, they are as few as the sagas that wait.
 */
export class Outbox {
  #send: (items: string) => void;
  #queued: string[] = [];
  #queuedFrom = 0;
  /** Characters of each batch in flight. */
  #inFlight: number[] = [];
  #undurable = 0;
  #flushing = false;

  constructor(send: (items: string) => void) {
    this.#send = send;
  }

  /** Characters queued or in flight; nearly always bytes, since messages are ASCII but for names. */
  get undurableBytes(): number {
    return this.#undurable;
  }

  /** `item`: JSON of Item. It leaves at the end of this turn of the event loop, with everything added until then. */
  add(item: string): void {
    this.#queued.push(item);
    this.#undurable += item.length;
    this.#flushSoon();
  }

  /** The thread has finished its oldest batches. */
  finished(batches: number): void {
    for (let i = 0; i < batches; i++) {
      const chars = this.#inFlight.shift();
      assert(chars !== undefined, () => `thread finished more batches than were sent`);
      this.#undurable -= chars;
    }
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing || this.#queuedFrom === this.#queued.length) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      while (this.#inFlight.length < BATCHES_IN_FLIGHT_MAX && this.#queuedFrom < this.#queued.length) this.#flushOne();
    });
  }

  #flushOne(): void {
    let chars = 0;
    const from = this.#queuedFrom;
    let to = from;
    do {
      chars += this.#queued[to]?.length ?? 0;
      to++;
    } while (to < this.#queued.length && chars + (this.#queued[to]?.length ?? 0) <= BATCH_CHARS_MAX);
    const items = this.#queued.slice(from, to);
    this.#queuedFrom = to;
    if (to === this.#queued.length) {
      this.#queued = [];
      this.#queuedFrom = 0;
    }
    this.#inFlight.push(chars);
    this.#send(`[${items.join(',')}]`);
  }
}
