// What was begun and not answered yet: bounded, and remembered by its place in time.

export class UnderWay {
  readonly #max: number;
  readonly #running = new Map<Promise<void>, number>();
  /** Earliest place of what failed: it must be begun again one day. */
  #failedFrom = Infinity;
  failure: unknown;

  constructor(max: number) {
    this.#max = max;
  }

  /** Everything before this place was answered. Infinity when all was. */
  get answeredTo(): number {
    return Math.min(this.#failedFrom, ...this.#running.values());
  }

  /** Waits until one of at most `max` places is free, then begins. */
  async begin(place: number, work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#max) await Promise.race(this.#running.keys());
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failedFrom = Math.min(this.#failedFrom, place);
        this.failure ??= error;
      })
      .then(() => {
        this.#running.delete(running);
      });
    this.#running.set(running, place);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running.keys());
  }
}
