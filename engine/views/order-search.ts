import type { DatabaseSync } from 'node:sqlite';
import type { OrderRow, OrdersAsked } from '../contract/order-view.ts';
import { customerId } from './customer-table.ts';
import { compact } from './order-words.ts';
import { walkFor, type Value, type Walk } from './order-walks.ts';

// One page of orders: the narrowest of what is asked for is walked in its index, and the rest is looked up of what it finds. A
// page ends after so many, full or not, so that no question takes long.

/** Orders looked at for one page, 7 µs each; fewer when words must be looked up of each (25 µs). */
const LOOKED_AT_MAX = 5_000;
const DEAR_MAX = 1_500;
/** Looked up together at most; first as many as are shown. */
const CHUNK_MAX = 400;
/** Orders whose number or id is just what was typed: they come first, unless they are many. */
const EXACT_MAX = 20;

interface Found {
  readonly orders: readonly OrderRow[];
  readonly next?: string;
}

interface Place {
  readonly n: number;
  /** What the walk goes by, when that is not `n`. */
  readonly v?: number;
}
type PlacedRow = Place & { readonly row: OrderRow };

/** `customer`: the one that is asked for, found. */
export function findOrders(db: DatabaseSync, asked: OrdersAsked, customer: number | undefined): Found {
  if (asked.customer !== undefined && customer === undefined) return { orders: [] };
  const walk = walkFor(db, asked, customer);
  const look = (places: readonly Place[]): PlacedRow[] => lookUp(db, places, walk, asked);
  const exact = asked.sort === 'newest' ? look(exactPlaces(db, asked)) : [];
  const first = exact.length > asked.limit ? [] : exact;
  const shown = new Set(first.map(({ n }) => n));
  const isFirstPage = asked.after === undefined;
  const { rows, next } = page(placesOf(db, walk, shown), look, {
    limit: asked.limit - (isFirstPage ? first.length : 0),
    lookedAtMax: walk.isDear ? DEAR_MAX : LOOKED_AT_MAX,
  });
  const orders = [...(isFirstPage ? first : []), ...rows].map(({ row }) => row);
  return { orders, ...(next !== undefined && { next: cursorOf(next) }) };
}

interface Bounds {
  readonly limit: number;
  readonly lookedAtMax: number;
}

function page(
  places: Iterable<Place>,
  look: (places: readonly Place[]) => readonly PlacedRow[],
  { limit, lookedAtMax }: Bounds,
): { readonly rows: readonly PlacedRow[]; readonly next?: Place } {
  const rows: PlacedRow[] = [];
  let chunk: Place[] = [];
  let lookedAt = 0;
  let chunkMax = limit + 1;
  for (const place of places) {
    chunk.push(place);
    lookedAt++;
    if (chunk.length < chunkMax && lookedAt < lookedAtMax) continue;
    rows.push(...look(chunk));
    chunk = [];
    chunkMax = Math.min(CHUNK_MAX, chunkMax * 2);
    if (rows.length > limit) break;
    if (lookedAt >= lookedAtMax) return { rows, next: place };
  }
  if (chunk.length > 0) rows.push(...look(chunk));
  if (rows.length <= limit) return { rows };
  const shown = rows.slice(0, limit);
  // A page may be filled by what is shown first alone: the walk then begins with the next one.
  return { rows: shown, next: shown.at(-1) ?? { n: Number.MAX_SAFE_INTEGER } };
}

function* placesOf(db: DatabaseSync, { sql, values }: Walk, but: ReadonlySet<number>): Generator<Place> {
  for (const { n, v } of db.prepare(sql).iterate(...values)) {
    if (!but.has(Number(n))) yield { n: Number(n), ...(v !== undefined && { v: Number(v) }) };
  }
}

function lookUp(db: DatabaseSync, places: readonly Place[], { conditions }: Walk, asked: OrdersAsked): PlacedRow[] {
  const { from = 0, to = Infinity } = asked;
  const parts = ['n IN (SELECT value FROM json_each(?))', ...conditions.map(({ part }) => part)];
  const values: Value[] = [JSON.stringify(places.map(({ n }) => n)), ...conditions.flatMap((each) => each.values)];
  const found = new Map(
    db
      .prepare(`SELECT n, customer, row FROM orders WHERE ${parts.join(' AND ')}`)
      .all(...values)
      .map((each) => [Number(each['n']), rowIn(each)]),
  );
  return places.flatMap((place) => {
    const row = found.get(place.n);
    return row === undefined || row.placedAt < from || row.placedAt >= to ? [] : [{ ...place, row }];
  });
}

export function rowIn({ row, customer }: Readonly<Record<string, unknown>>): OrderRow {
  const known = JSON.parse(String(row)) as OrderRow;
  return customer === null ? known : { ...known, customerId: customerId(Number(customer)) };
}

function exactPlaces(db: DatabaseSync, { q, sku }: OrdersAsked): Place[] {
  const word = compact(q ?? '');
  if (word === '' || sku !== undefined) return [];
  return db
    .prepare('SELECT n FROM orders WHERE number = ? OR of_channel = ? OR id = ? ORDER BY n DESC LIMIT ?')
    .all(word, word, (q ?? '').trim(), EXACT_MAX)
    .map(({ n }) => ({ n: Number(n) }));
}

const cursorOf = ({ n, v }: Place): string => (v === undefined ? `${n}` : `${v}_${n}`);
