import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

// The raw rows of the demo retailer, as README.md documents them: plain CSV, no quotes, no commas inside a field.
// Times are ms since the epoch, quantities whole units, prices cents.

/** One line of a till's receipt: a real sale, or a return or mistake we added. */
export interface TillRow {
  readonly at: number;
  /** When the store's message with this receipt was written: a quarter of an hour later at most, the next morning when it was offline. */
  readonly postedAt: number;
  readonly store: string;
  readonly till: string;
  /** Numbered per till from 1. */
  readonly transaction: number;
  readonly line: number;
  readonly sku: string;
  readonly quantity: number;
  readonly kind: 'sale' | 'return' | 'void';
  readonly priceMinor: number;
  /** With `void`: the transaction of the same till and day it annuls, line by line; otherwise 0. */
  readonly voids: number;
  /** Online order this basket belongs to, or empty. */
  readonly order: string;
}

/** Stock that moved in a warehouse or a store's back room. */
export interface MovementRow {
  readonly at: number;
  readonly source: string;
  /** Document of several lines; unique with the sku. */
  readonly id: string;
  readonly node: string;
  readonly sku: string;
  readonly kind: 'delta' | 'move';
  /** Signed for a delta; positive for a move. */
  readonly quantity: number;
  readonly reason: 'receipt' | 'shipment' | 'transfer-in' | 'transfer-out' | '';
  readonly from: 'sellable' | 'damaged' | 'quality-hold' | '';
  readonly to: 'sellable' | 'damaged' | 'quality-hold' | '';
  /** Counterpart: store, DC, vendor or online order. */
  readonly ref: string;
  /** Purchase order a receipt fulfils, or empty. */
  readonly inboundRef: string;
}

/** A purchase order's line as ordered, and again as the vendor announced it. The later one wins. */
export interface PurchaseRow {
  readonly at: number;
  readonly stage: 'order' | 'ship-notice';
  readonly po: string;
  readonly vendor: string;
  readonly node: string;
  readonly sku: string;
  readonly quantity: number;
  readonly dueAt: number;
}

/** Absolute on-hand: opening stock, the ledger's months, and what somebody counted on the shelf. */
export interface SnapshotRow {
  readonly at: number;
  readonly source: string;
  /** Document of several lines; unique with the sku. */
  readonly id: string;
  readonly node: string;
  readonly sku: string;
  readonly quantity: number;
  readonly covers: 'book' | 'count';
}

/** A line of an online order: reserved at `at`; at `releaseAt` the message is sent that says it is gone. */
export interface BasketRow {
  readonly order: string;
  readonly channel: string;
  readonly method: 'pickup' | 'ship-from-store' | 'ship-from-dc';
  readonly at: number;
  readonly releaseAt: number;
  readonly sku: string;
  readonly quantity: number;
  /** Exactly one of the two is set. */
  readonly node: string;
  readonly group: string;
}

export interface Tables {
  readonly opening: SnapshotRow;
  readonly 'till-lines': TillRow;
  readonly movements: MovementRow;
  readonly purchases: PurchaseRow;
  readonly snapshots: SnapshotRow;
  readonly baskets: BasketRow;
}
export type TableName = keyof Tables;

/** Columns of each file, in order. */
export const COLUMNS: { readonly [T in TableName]: readonly (keyof Tables[T] & string)[] } = {
  opening: ['at', 'source', 'id', 'node', 'sku', 'quantity', 'covers'],
  'till-lines': [
    'at',
    'postedAt',
    'store',
    'till',
    'transaction',
    'line',
    'sku',
    'quantity',
    'kind',
    'priceMinor',
    'voids',
    'order',
  ],
  movements: ['at', 'source', 'id', 'node', 'sku', 'kind', 'quantity', 'reason', 'from', 'to', 'ref', 'inboundRef'],
  purchases: ['at', 'stage', 'po', 'vendor', 'node', 'sku', 'quantity', 'dueAt'],
  snapshots: ['at', 'source', 'id', 'node', 'sku', 'quantity', 'covers'],
  baskets: ['order', 'channel', 'method', 'at', 'releaseAt', 'sku', 'quantity', 'node', 'group'],
};
const NUMBERS = new Set([
  'at',
  'transaction',
  'line',
  'quantity',
  'priceMinor',
  'postedAt',
  'voids',
  'dueAt',
  'releaseAt',
]);

export const DATA_DIR = new URL('./data/', import.meta.url);
export const REFERENCE_DIR = new URL('./reference/', import.meta.url);

/** All rows of one file, in the file's order. */
export function readRows<T extends TableName>(table: T, dir: URL = DATA_DIR): Tables[T][] {
  const text = gunzipSync(readFileSync(new URL(`${table}.csv.gz`, dir))).toString();
  const [header, ...lines] = text.trimEnd().split('\n');
  const columns = COLUMNS[table];
  if (header !== columns.join(',')) {
    throw new Error(`${table}.csv.gz has columns ${header}, expected ${columns.join(',')}`);
  }
  return lines.map((line) => rowOf<T>(columns, line.split(',')));
}

function rowOf<T extends TableName>(columns: readonly string[], fields: readonly string[]): Tables[T] {
  const row: Record<string, string | number> = {};
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as string;
    const field = fields[i] ?? '';
    row[column] = NUMBERS.has(column) ? Number(field) : field;
  }
  // The header was compared with COLUMNS, and build.ts wrote the values.
  return row as unknown as Tables[T];
}
