const SECONDS = 60;

/** Orders placed in the last minute, second by second. */
export class PlacedRate {
  readonly #bySecond = new Uint32Array(SECONDS);
  #second = 0;
  #sum = 0;

  get perMin(): number {
    return this.#sum;
  }

  count(): void {
    this.#bySecond[this.#second]! += 1;
    this.#sum += 1;
  }

  /** Once a second. */
  turn(): void {
    this.#second = (this.#second + 1) % SECONDS;
    this.#sum -= this.#bySecond[this.#second]!;
    this.#bySecond[this.#second] = 0;
  }
}
