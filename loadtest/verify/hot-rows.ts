// The raw rows of the hot set: plain data, as a source would keep it. The engine reads them as messages,
// the oracle reads them as rows; nothing else is shared between the two.

/** One row of the hot set's raw file. Names are those of our own JSON messages, so a row is its own message line. */
export interface HotRow {
  readonly source: string;
  readonly id: string;
  readonly kind: 'snapshot' | 'complete' | 'delta' | 'move' | 'inbound' | 'void';
  readonly sku?: string;
  readonly node: string;
  readonly at: number;
  readonly postedAt?: number;
  readonly stream?: string;
  readonly epoch?: number;
  readonly seq?: number;
  readonly quantity?: number;
  readonly reason?: string;
  readonly covers?: 'count' | 'book';
  readonly carries?: 'on-hand';
  readonly states?: Readonly<Record<string, number>>;
  readonly from?: string;
  readonly to?: string;
  readonly voids?: string;
  readonly inboundRef?: string;
  readonly dueAt?: number;
}

/** A row and when it reaches us, ms since the epoch: late tills and late counts arrive after what they precede. */
export interface Arrival {
  readonly row: HotRow;
  readonly arriveAt: number;
}

/** How much of it: the full set for `npm run verify`, a small one for the tests. */
export interface HotSize {
  readonly skus: number;
  readonly rushSkus: number;
  readonly nodes: number;
  readonly sales: { readonly from: number; readonly to: number };
  /** Sales at each position of the busiest sku: over 512, so remembered deltas are merged (rule FD4). */
  readonly busySales: number;
  readonly days: number;
}

/** 25 skus at 8 nodes: 200 positions. */
export const HOT_FULL: HotSize = {
  skus: 20,
  rushSkus: 5,
  nodes: 8,
  sales: { from: 150, to: 350 },
  busySales: 900,
  days: 4,
};
export const HOT_SMALL: HotSize = {
  skus: 5,
  rushSkus: 3,
  nodes: 4,
  sales: { from: 20, to: 50 },
  busySales: 560,
  days: 3,
};

/** First instant of the hot set, ms since the epoch: a June in the middle of the bundled year. */
export const HOT_START = Date.UTC(2017, 5, 1);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const WMS = 'hot-wms';
export const TILL = 'hot-till';
export const HANDHELD = 'hot-handheld';
/** Stream of everything that concerns the skus reservations fight over. */
export const RUSH_STREAM = 'rush';

export const hotSku = (index: number): string => `HOT-${String(index + 1).padStart(3, '0')}`;
export const rushSku = (index: number): string => `RUSH-${String(index + 1).padStart(2, '0')}`;
export const hotNode = (index: number): string => `HN-${index + 1}`;

/** Sold by weight, three decimals: 1.250 kg is 1250 units. */
export const isWeighed = (skuIndex: number): boolean => skuIndex === 1;
export const SCALE_WEIGHED = 3;
