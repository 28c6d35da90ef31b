/** What a batch did to one sku, until its change is taken. */
export interface TouchedSku {
  /** Positions that moved, each once. */
  readonly positions: Set<number>;
  /** Oldest receipt among the events, ms since the epoch with fractions; 0 when none. */
  receivedAt: number;
  facts: number;
}

/** Kept aside of the state: a shard that recovers publishes nothing twice, it only forgets. */
export class Touched {
  /** Receipt of the event whose fact is applied next; 0 when no event is behind it. */
  receivedAt = 0;
  private skus = new Map<number, TouchedSku>();

  sku(sku: number): void {
    const touched = this.of(sku);
    touched.facts++;
    const at = this.receivedAt;
    if (at !== 0 && (touched.receivedAt === 0 || at < touched.receivedAt)) touched.receivedAt = at;
  }

  position(sku: number, position: number): void {
    this.of(sku).positions.add(position);
  }

  private of(sku: number): TouchedSku {
    let touched = this.skus.get(sku);
    if (touched === undefined) {
      this.skus.set(sku, (touched = { positions: new Set(), receivedAt: 0, facts: 0 }));
    }
    return touched;
  }

  take(): ReadonlyMap<number, TouchedSku> {
    const taken = this.skus;
    this.skus = new Map();
    return taken;
  }
}
