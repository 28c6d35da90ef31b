/** A distribution as counts: `counts[i]` values were <= `upTo[i]` and above the bound before; the last had no bound. */
export interface BucketCounts {
  readonly upTo: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Bounds double from 128 µs to 16.8 s: what is faster needs no telling apart, what is slower is a stall. */
const FIRST_POWER = 7;
const BOUNDS = 18;

/**
 * Counts times since the start, in µs, for those who compare two moments. A power of two is found in one instruction, so
 * counting may stand where every delivery passes.
 */
export class MicrosBuckets {
  readonly #counts = new Float64Array(BOUNDS + 1);
  #sum = 0;

  count(micros: number, times = 1): void {
    // 128 µs itself belongs to the first bucket, so bounds are inclusive as Prometheus has them.
    const power = 32 - Math.clz32(Math.max(0, Math.ceil(micros) - 1));
    this.#counts[Math.min(Math.max(power - FIRST_POWER, 0), BOUNDS)]! += times;
    this.#sum += micros * times;
  }

  read(): BucketCounts {
    return { upTo: UP_TO, counts: [...this.#counts], sum: this.#sum };
  }
}

const UP_TO: readonly number[] = Array.from({ length: BOUNDS }, (_, index) => 2 ** (FIRST_POWER + index));
