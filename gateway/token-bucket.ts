/** Lets `burst` through at once and `perSec` in the long run. */
export class TokenBucket {
  readonly perSec: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSec: number, burst: number, nowMs: number) {
    this.perSec = perSec;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = nowMs;
  }

  /** Takes so many, also more than there are: the debt is waited off. */
  spend(tokens: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens -= tokens;
  }

  /** Ms until there is a token; 0 when there is one. Takes none. */
  waitMs(nowMs: number): number {
    this.#refill(nowMs);
    return this.#tokens < 1 ? Math.ceil(((1 - this.#tokens) * 1000) / this.perSec) : 0;
  }

  /** Takes one token. 0 when there was one, else ms until there will be. */
  take(nowMs: number): number {
    const waitMs = this.waitMs(nowMs);
    if (waitMs === 0) this.#tokens -= 1;
    return waitMs;
  }

  #refill(nowMs: number): void {
    const passed = Math.max(0, nowMs - this.#at);
    this.#tokens = Math.min(this.#burst, this.#tokens + (passed * this.perSec) / 1000);
    this.#at = nowMs;
  }
}
