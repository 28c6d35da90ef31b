/** What the library throws for us; answers.ts makes the answer of it. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  readonly retryAfterMs: number;
  readonly who: string;

  constructor(who: string, retryAfterMs: number) {
    super(`${who}, retry after ${retryAfterMs} ms`);
    this.who = who;
    this.retryAfterMs = retryAfterMs;
  }
}
