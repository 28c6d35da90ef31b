/** Time that moves when a test says so, and runs what was due on its way. */
export class TestClock {
  #now = 1_000_000;
  #soon: (() => void)[] = [];
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  readonly now = (): number => this.#now;
  readonly soon = (run: () => void): void => void this.#soon.push(run);
  readonly later = (run: () => void, ms: number): void => void this.#timers.push({ at: this.#now + ms, run });

  /** What the loop would do before it waits. */
  settle(): void {
    while (this.#soon.length > 0) for (const run of this.#soon.splice(0)) run();
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    this.settle();
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers[0];
      if (next === undefined || next.at > end) break;
      this.#timers.shift();
      this.#now = next.at;
      next.run();
      this.settle();
    }
    this.#now = end;
  }

  get timers(): number {
    return this.#timers.length;
  }
}
