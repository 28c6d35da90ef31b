/**
 * How many events the server may send ahead: half as many after a socket that was closed because acks came late, twice as
 * many, up to where it began, after one that read well and ended otherwise.
 */
export class CreditPace {
  readonly #wanted: number | undefined;
  #granted = 1;
  #most = 1;
  /** Undefined: as many as were wanted at first. */
  #less: number | undefined;

  /** `wanted` undefined: as many as the server gives. */
  constructor(wanted: number | undefined) {
    this.#wanted = wanted;
  }

  /** What to ask for; undefined: the server's greatest. */
  get asked(): number | undefined {
    return this.#less ?? this.#wanted;
  }

  granted(credit: number): void {
    this.#granted = credit;
    this.#most = Math.max(this.#most, credit);
  }

  /** Even one event at a time may take too long; less there is not. */
  late(): void {
    this.#less = Math.max(1, Math.floor(this.#granted / 2));
  }

  steady(): void {
    if (this.#less === undefined) return;
    const more = this.#less * 2;
    this.#less = more < this.#most ? more : undefined;
  }
}
