import type { Band, StockChange } from '../engine/contract/change.ts';
import type { ChannelId, Sku } from '../engine/contract/ids.ts';

export interface Mover {
  readonly sku: Sku;
  readonly changes: number;
  readonly units: number;
  readonly band: Band;
}

/** Skus counted per second at most; the first so many of a second stand for the rest. */
const SKUS_PER_SECOND_MAX = 5_000;
/** The window, in seconds. */
const SECONDS = 60;
/** Low skus remembered: the last so many that moved while low. */
const LOW_MAX = 500;

/** Which skus moved most in the last minute, and which moved last while low. Sums are kept, so a look costs one pass. */
export class Movers {
  readonly #seconds: Map<Sku, { changes: number }>[] = Array.from({ length: SECONDS }, () => new Map());
  readonly #sums = new Map<Sku, { changes: number; units: number; band: Band }>();
  readonly #low = new Map<Sku, { units: number; changes: number }>();
  #second = 0;

  take(change: StockChange, sale: ChannelId | undefined): void {
    const shown = change.channels.find((one) => one.channel === sale) ?? change.channels[0];
    const units = shown?.ats ?? 0;
    const band = shown?.band ?? 'out-of-stock';
    this.#count(change.sku, change.facts, units, band);
    if (this.#low.size > 0) this.#low.delete(change.sku);
    if (band === 'low-stock') this.#low.set(change.sku, { units, changes: change.facts });
    if (this.#low.size > LOW_MAX) this.#low.delete(this.#low.keys().next().value!);
  }

  /** Once a second: what happened a minute ago no longer counts. */
  turn(): void {
    this.#second = (this.#second + 1) % SECONDS;
    const gone = this.#seconds[this.#second]!;
    for (const [sku, { changes }] of gone) {
      const sum = this.#sums.get(sku)!;
      sum.changes -= changes;
      if (sum.changes === 0) this.#sums.delete(sku);
    }
    gone.clear();
  }

  top(count: number): readonly Mover[] {
    const top: Mover[] = [];
    for (const [sku, { changes, units, band }] of this.#sums) {
      if (top.length === count && changes <= top[count - 1]!.changes) continue;
      const at = top.findIndex((one) => one.changes < changes);
      top.splice(at === -1 ? top.length : at, 0, { sku, changes, units, band });
      if (top.length > count) top.pop();
    }
    return top;
  }

  /** Newest first. */
  low(count: number): readonly Mover[] {
    const newest = [...this.#low].slice(-count).reverse();
    return newest.map(([sku, { units }]) => {
      return { sku, units, band: 'low-stock', changes: this.#sums.get(sku)?.changes ?? 0 };
    });
  }

  #count(sku: Sku, changes: number, units: number, band: Band): void {
    // A kit's number follows its parts' facts and has none of its own.
    if (changes === 0) return;
    const second = this.#seconds[this.#second]!;
    const counted = second.get(sku);
    if (counted === undefined) {
      if (second.size >= SKUS_PER_SECOND_MAX) return;
      second.set(sku, { changes });
    } else {
      counted.changes += changes;
    }
    const sum = this.#sums.get(sku);
    if (sum === undefined) {
      this.#sums.set(sku, { changes, units, band });
      return;
    }
    sum.changes += changes;
    sum.units = units;
    sum.band = band;
  }
}
