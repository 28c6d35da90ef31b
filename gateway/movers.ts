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

/** Of a sku, over the window. */
interface Sum {
  changes: number;
  units: number;
  band: Band;
  newest: Counted | undefined;
}

/** Of a sku, in one second. */
interface Counted {
  readonly sku: Sku;
  readonly sum: Sum;
  readonly index: number;
  changes: number;
}

/** Which skus moved most in the last minute, and which moved last while low. Sums are kept, so a look costs one pass. */
export class Movers {
  readonly #seconds: Counted[][] = Array.from({ length: SECONDS }, () => []);
  readonly #sums = new Map<Sku, Sum>();
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
    for (const { sku, sum, changes } of this.#seconds[this.#second]!) {
      sum.changes -= changes;
      if (sum.changes === 0) this.#sums.delete(sku);
    }
    this.#seconds[this.#second] = [];
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
    let sum = this.#sums.get(sku);
    // One look-up per change: what a sku counted in this second hangs on its sum.
    if (sum?.newest === undefined || second[sum.newest.index] !== sum.newest) {
      if (second.length >= SKUS_PER_SECOND_MAX) return;
      if (sum === undefined) this.#sums.set(sku, (sum = { changes: 0, units, band, newest: undefined }));
      sum.newest = { sku, sum, index: second.length, changes: 0 };
      second.push(sum.newest);
    }
    sum.newest.changes += changes;
    sum.changes += changes;
    sum.units = units;
    sum.band = band;
  }
}
