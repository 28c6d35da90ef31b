import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ItemRef } from '../../engine/contract/reference.ts';
import { draftsOf } from './drafts.ts';
import { REFERENCE_DIR, readRows } from './rows.ts';
import type { BasketRow } from './rows.ts';

// The year as its source systems would send it: bodies of real message formats, in the order they are sent.

export interface SampleMessage {
  /** When it is sent, by the rows' own clock of 2017: offline stores send late. */
  readonly at: number;
  readonly source: string;
  readonly contentType: string;
  readonly body: string;
  /** Rows in it; each is one event. */
  readonly rows: number;
}

export interface SampleOptions {
  /** From a row's time to the one written into its message, which is sent at `sentAt`; must not run backwards. Default: as it was. */
  readonly mapTime?: (at: number, sentAt: number) => number;
  /** Only messages sent at `from` or later, and before `to`. */
  readonly from?: number;
  readonly to?: number;
  /** Without what left for an online order. */
  readonly withoutOrdered?: boolean;
}

/** Messages in time order. With the same options always the same, byte for byte; ids never depend on the options. */
export function* sampleMessages(options: SampleOptions = {}): Generator<SampleMessage> {
  const { mapTime = (at: number) => at, from = -Infinity, to = Infinity, withoutOrdered = false } = options;
  const names = itemNames();
  for (const draft of draftsOf({ from, to, withoutOrdered })) {
    const { at, source, contentType, rows } = draft;
    const body = draft.write({ mapTime: (time) => mapTime(time, at), nameOf: (sku) => names.get(sku) ?? sku });
    yield { at, source, contentType, rows, body };
  }
}

/** One online order, as the reservation it makes. */
export interface OnlineBasket {
  readonly at: number;
  /** Order number: the reservation's idempotency key. */
  readonly key: string;
  readonly channel: string;
  readonly method: BasketRow['method'];
  readonly lines: readonly (
    | { readonly sku: string; readonly units: number; readonly node: string }
    | { readonly sku: string; readonly units: number; readonly group: string }
  )[];
  /** When the till's or warehouse's message about the goods is sent; after it the reservation is to be released. */
  readonly releaseAt: number;
}

/** Orders in the order they were placed. */
export function* onlineBaskets({ from = -Infinity, to = Infinity }: SampleOptions = {}): Generator<OnlineBasket> {
  const rows = readRows('baskets').filter((row) => row.at >= from && row.at < to);
  for (const lines of Map.groupBy(rows, (row) => row.order).values()) yield basketOf(lines);
}

function basketOf(rows: readonly BasketRow[]): OnlineBasket {
  const { order, channel, method, at, releaseAt } = rows[0] as BasketRow;
  const lines = rows.map(({ sku, quantity: units, node, group }) =>
    node === '' ? { sku, units, group } : { sku, units, node },
  );
  return { at, key: order, channel, method, lines, releaseAt };
}

export function itemNames(): Map<string, string> {
  return new Map(items().map((item) => [item.sku, item.name]));
}

export function items(): readonly ItemRef[] {
  const text = gunzipSync(readFileSync(new URL('items.json.gz', REFERENCE_DIR))).toString();
  return JSON.parse(text) as readonly ItemRef[];
}
