/** Commits remembered for percentiles: at 2,000 commits a second half a second of history, sorted in well under a ms. */
const REMEMBERED = 1_024;

/** How long the newest commits took, in µs: a ring, so memory and the cost of asking are bounded. */
export class CommitTimes {
  #micros = new Float64Array(REMEMBERED);
  #count = 0;

  add(micros: number): void {
    this.#micros[this.#count++ % REMEMBERED] = micros;
  }

  get count(): number {
    return this.#count;
  }

  /** The time that this share of the remembered commits did not exceed, whole µs; 0 before the first. */
  atPercentile(percent: number): number {
    const sorted = this.#micros.slice(0, Math.min(this.#count, REMEMBERED)).sort();
    const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
    return Math.round(sorted[rank - 1] ?? 0);
  }
}
