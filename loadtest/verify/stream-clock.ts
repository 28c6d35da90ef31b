/** How far the stream of messages has come, in the data's own time; others wait for their moment in it. */
export class StreamClock {
  #now = -Infinity;
  #waiting: { readonly until: number; readonly wake: () => void }[] = [];

  advance(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    const due = this.#waiting.filter((one) => one.until <= time);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.until > time);
    for (const { wake } of due) wake();
  }

  reached(time: number): Promise<void> {
    if (time <= this.#now) return Promise.resolve();
    return new Promise((wake) => this.#waiting.push({ until: time, wake }));
  }
}
