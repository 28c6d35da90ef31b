import type { SkuStock } from './change.ts';

/** A moment: after the fact at a position of the sku's own shard, or after everything durable by a journal time. */
export type Moment = { readonly position: string } | { readonly atMs: number };

/** What was shown for a sku at a moment (rule AV8). */
export interface PastStock {
  readonly stock: SkuStock;
  /** The shard's last fact before or at the moment, and its journal time; 0 when it came from a snapshot. */
  readonly position: string;
  readonly recordedAt: number;
  /** Facts applied after the snapshot it began with: what it cost. */
  readonly replayed: number;
}
