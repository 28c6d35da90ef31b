/** Lets `burst` through at once and `perSec` in the long run. */
export class TokenBucket {
  readonly #perSec: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSec: number, burst: number, nowMs: number) {
    this.#perSec = perSec;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = nowMs;
  }

  /** Takes one token. 0 when there was one, else ms until there will be. */
  take(nowMs: number): number {
    const passed = Math.max(0, nowMs - this.#at);
    this.#tokens = Math.min(this.#burst, this.#tokens + (passed * this.#perSec) / 1000);
    this.#at = nowMs;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1000) / this.#perSec);
    this.#tokens -= 1;
    return 0;
  }
}
