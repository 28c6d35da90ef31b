// What one client has seen of one sku, against what it must have seen.

export interface Seen {
  /** Events whose effect this update shows for the first time: from exclusive, to inclusive, counted from 1. */
  readonly from: number;
  readonly to: number;
}

/**
 * Every event of a sku takes one unit, so units say how many events a version has in it: opening 100, units 97 → 3.
 * An update also says how many facts the engine folded into its version; one that jumps further than that lost some.
 */
export class WatchedKey {
  readonly #opening: number;
  #seen = 0;
  /** Updates received. */
  updates = 0;
  /** Events shown together with a later one because the engine decided them in one batch. */
  folded = 0;
  /** Events of versions that were published and never arrived. */
  lost = 0;
  /** Updates that showed an older state than one before. */
  backwards = 0;

  constructor(opening: number) {
    this.#opening = opening;
  }

  /** Events seen so far. */
  get seen(): number {
    return this.#seen;
  }

  /** `facts`: how many the version folds; undefined when versions may be skipped. */
  update(units: number, facts: number | undefined): Seen {
    const from = this.#seen;
    const to = this.#opening - units;
    this.updates += 1;
    if (to < from) {
      this.backwards += 1;
      return { from, to: from };
    }
    if (facts !== undefined && to > from) {
      this.lost += Math.max(0, to - from - facts);
      this.folded += Math.min(to - from, facts) - 1;
    }
    this.#seen = to;
    return { from, to };
  }

  /** Events that were sent and have not been seen by now. */
  missing(sent: number): number {
    return Math.max(0, sent - this.#seen);
  }
}
