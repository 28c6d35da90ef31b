import { build, type Histogram } from 'hdr-histogram-js';
import { MicrosBuckets } from '../engine/contract/buckets.ts';

/** Parts of the window; each second the oldest part is emptied. */
const PARTS = 10;

/** Ms from an event's receipt to the write of its push, over the last ten seconds. */
export class PushLatency {
  readonly #parts: Histogram[] = Array.from({ length: PARTS }, histogram);
  #part = 0;
  #written = 0;
  /** Since the start, for those who compare two moments. */
  readonly ages = new MicrosBuckets();

  /** Updates of stock written since the start. */
  get written(): number {
    return this.#written;
  }

  /** `receivedAt` 0: no event stands behind the push, so it has no latency. */
  record(receivedAt: number, nowMs: number, sockets = 1): void {
    this.#written += sockets;
    if (receivedAt <= 0) return;
    const micros = Math.max(0, Math.round((nowMs - receivedAt) * 1000));
    this.#parts[this.#part]!.recordValueWithCount(micros, sockets);
    this.ages.count(micros, sockets);
  }

  /** Once a second. */
  turn(): void {
    this.#part = (this.#part + 1) % PARTS;
    this.#parts[this.#part]!.reset();
  }

  /** null when nothing was pushed. */
  window(): { readonly p50: number; readonly p99: number } | null {
    const all = histogram();
    for (const part of this.#parts) all.add(part);
    if (all.totalCount === 0) return null;
    return { p50: millis(all.getValueAtPercentile(50)), p99: millis(all.getValueAtPercentile(99)) };
  }
}

/** 1 µs to 60 s with two digits; beyond that the value is capped, it is a stall either way. */
function histogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 2,
    bitBucketSize: 32,
  });
}

function millis(micros: number): number {
  return Math.round(micros / 10) / 100;
}
