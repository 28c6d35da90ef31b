import { DueQueue } from './due-queue.ts';

interface Entry {
  readonly sku: number;
  readonly at: number;
}

/** When the band of a sku may next change by the passing of time alone (rule AV6): one date per sku that sells what is due. */
export class BandDates {
  private readonly dates = new Map<number, number>();
  private readonly queue = new DueQueue<Entry>((a, b) => a.at < b.at);

  /** Infinity: never. */
  set(sku: number, at: number): void {
    if ((this.dates.get(sku) ?? Infinity) === at) return;
    if (at === Infinity) this.dates.delete(sku);
    else {
      this.dates.set(sku, at);
      this.queue.push({ sku, at });
    }
  }

  get nextMs(): number {
    return this.queue.peek((entry) => this.counts(entry))?.at ?? Infinity;
  }

  /** Every sku with a date. */
  get skus(): readonly number[] {
    return [...this.dates.keys()].sort((a, b) => a - b);
  }

  reached(atMs: number): readonly number[] {
    const due = this.queue.reach(({ at }) => at <= atMs).filter((entry) => this.counts(entry));
    // By sku, so that the order does not depend on what the queue went through.
    return [...new Set(due.map(({ sku }) => sku))].sort((a, b) => a - b);
  }

  private counts({ sku, at }: Entry): boolean {
    return this.dates.get(sku) === at;
  }

  save(): readonly (readonly [number, number])[] {
    return [...this.dates].sort(([a], [b]) => a - b);
  }

  load(saved: readonly (readonly [number, number])[]): void {
    for (const [sku, at] of saved) this.set(sku, at);
  }
}
