import type { BandCrossing } from '../contract/change.ts';
import type { NodeId } from '../contract/ids.ts';
import type { Shortfall } from '../contract/shortfall.ts';

/** What a batch did to one sku, until its change is taken. */
export interface TouchedSku {
  /** Positions that moved, each once, in the order they first did. */
  readonly positions: number[];
  /** Oldest receipt among the events, ms since the epoch with fractions; 0 when none. */
  receivedAt: number;
  facts: number;
  /** The newest word on each position whose shortfall changed, by node. */
  shortfalls?: Map<NodeId, Shortfall>;
  /** Bands that were crossed, the newest. */
  crossings: readonly BandCrossing[];
}

/** Crossings of a sku kept until its change is taken: more only come where many events of one batch swing it. */
const CROSSINGS_MAX = 64;
const NONE: readonly BandCrossing[] = [];

/** Kept aside of the state: a shard that recovers publishes nothing twice, it only forgets. */
export class Touched {
  /** Receipt of the event whose fact is applied next; 0 when no event is behind it. */
  receivedAt = 0;
  private skus = new Map<number, TouchedSku>();
  /** One mark per position already listed: cheaper than a set per sku. */
  private marks = new Uint8Array(1024);

  sku(sku: number): void {
    const touched = this.of(sku);
    touched.facts++;
    const at = this.receivedAt;
    if (at !== 0 && (touched.receivedAt === 0 || at < touched.receivedAt)) touched.receivedAt = at;
  }

  position(sku: number, position: number): void {
    if (position >= this.marks.length) this.growTo(position + 1);
    if (this.marks[position] === 1) return;
    this.marks[position] = 1;
    this.of(sku).positions.push(position);
  }

  shortfall(sku: number, shortfall: Shortfall): void {
    const touched = this.of(sku);
    touched.shortfalls ??= new Map();
    touched.shortfalls.set(shortfall.node, shortfall);
  }

  crossed(sku: number, crossing: BandCrossing): void {
    const touched = this.of(sku);
    touched.crossings = [...touched.crossings.slice(1 - CROSSINGS_MAX), crossing];
  }

  private of(sku: number): TouchedSku {
    let touched = this.skus.get(sku);
    if (touched === undefined) {
      this.skus.set(sku, (touched = { positions: [], receivedAt: 0, facts: 0, crossings: NONE }));
    }
    return touched;
  }

  private growTo(positions: number): void {
    const marks = new Uint8Array(Math.max(positions, 2 * this.marks.length));
    marks.set(this.marks);
    this.marks = marks;
  }

  take(): ReadonlyMap<number, TouchedSku> {
    const taken = this.skus;
    for (const { positions } of taken.values()) for (const position of positions) this.marks[position] = 0;
    this.skus = new Map();
    return taken;
  }
}
