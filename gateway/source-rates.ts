import { no, type No } from './answers.ts';
import type { Hit } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Seconds' worth of events that a source may be ahead of its rate: a batch is no burst. */
const BURST_SEC = 10;

/**
 * Events a second of each source. A body is taken whole, whatever it holds, and counted by its events; a source that is
 * ahead waits with its next body.
 */
export class SourceRates {
  readonly #perSec: number;
  readonly #hit: Hit;
  /** Of sources that were taken from, so there are no more than there are sources. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSec: number, hit: Hit) {
    this.#perSec = perSec;
    this.#hit = hit;
  }

  refuse(source: string, nowMs: number): No | undefined {
    const waitMs = this.#buckets.get(source)?.waitMs(nowMs) ?? 0;
    if (waitMs === 0) return undefined;
    this.#hit('source-events');
    const message = `a source has ${this.#perSec} events a second; this one is ahead: send the next body after the given delay`;
    return no(429, 'rate-limited', message, { retryAfterMs: waitMs });
  }

  count(source: string, events: number, nowMs: number): void {
    if (this.#perSec === 0) return;
    const bucket = this.#buckets.get(source) ?? new TokenBucket(this.#perSec, this.#perSec * BURST_SEC, nowMs);
    this.#buckets.set(source, bucket);
    bucket.spend(events, nowMs);
  }
}
