import { assert } from '../contract/assert.ts';
import { ByteWriter } from './codec/byte-writer.ts';

/** Batches on their way in one thread: one is decided while the one before becomes durable. */
export const BATCHES_IN_FLIGHT_MAX = 2;
/** Bytes of one batch at most, so that no turn of a shard thread takes long: about 2,000 events, 10 ms. */
export const BATCH_BYTES_MAX = 128 * 1024;

/**
 * Natural batching towards one shard thread: what comes while two batches are in flight collects into the next, so there
 * is no timer, no wait when idle and large batches when busy. Bounded by the credit of the calls that fill it
 * (`undurableBytes`); requests of other shards pass without credit, they are as few as the sagas that wait.
 */
export class Outbox {
  #send: (items: Uint8Array<ArrayBuffer>) => void;
  /** Batches that are full, oldest first, and the one being filled. */
  #full: Uint8Array<ArrayBuffer>[] = [];
  #filling = new ByteWriter();
  /** Bytes of each batch in flight. */
  #inFlight: number[] = [];
  #undurable = 0;
  #flushing = false;

  constructor(send: (items: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** Bytes queued or in flight. */
  get undurableBytes(): number {
    return this.#undurable;
  }

  /** An item (codec/item-bytes.ts) at a place of `bytes`. It leaves at the end of this turn of the event loop, with everything added until then. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const isFull = this.#filling.at > 0 && this.#filling.at + end - start > BATCH_BYTES_MAX;
    if (isFull) this.#full.push(this.#filling.take());
    this.#filling.copy(bytes, start, end);
    this.#undurable += end - start;
    this.#flushSoon();
  }

  /** The thread has finished its oldest batches. */
  finished(batches: number): void {
    for (let i = 0; i < batches; i++) {
      const bytes = this.#inFlight.shift();
      assert(bytes !== undefined, () => `thread finished more batches than were sent`);
      this.#undurable -= bytes;
    }
    this.#flushSoon();
  }

  get #isEmpty(): boolean {
    return this.#full.length === 0 && this.#filling.at === 0;
  }

  #flushSoon(): void {
    if (this.#flushing || this.#isEmpty) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      while (this.#inFlight.length < BATCHES_IN_FLIGHT_MAX && !this.#isEmpty) this.#flushOne();
    });
  }

  #flushOne(): void {
    const batch = this.#full.shift() ?? this.#filling.take();
    this.#inFlight.push(batch.length);
    this.#send(batch);
  }
}
