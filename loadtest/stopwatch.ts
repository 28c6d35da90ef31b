import { build, type Histogram } from 'hdr-histogram-js';

/** One clock for all processes of this machine, ms with fractions: Linux' monotonic clock, which no time service moves. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Latencies in ms, kept in microseconds with three digits; what waited longer than a minute counts as a minute. */
export class Stopwatch {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MICROS_MAX,
    numberOfSignificantValueDigits: 3,
  });

  record(ms: number): void {
    this.#histogram.recordValue(Math.min(MICROS_MAX, Math.max(1, Math.round(ms * 1000))));
  }

  reset(): void {
    this.#histogram.reset();
  }

  percentiles(): Percentiles {
    const at = (percentile: number): number => round(this.#histogram.getValueAtPercentile(percentile) / 1000);
    return {
      count: this.#histogram.totalCount,
      p50: at(50),
      p99: at(99),
      p999: at(99.9),
      max: round(this.#histogram.maxValue / 1000),
    };
  }
}

const MICROS_MAX = 60_000_000;

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
