import type { DatabaseSync } from 'node:sqlite';
import type { OrdersAsked } from '../contract/order-view.ts';
import { PER_MS, SPILLED_MS_MAX } from './order-shelf.ts';
import { matchOf } from './order-words.ts';

// Which index a search walks, and what is left to be looked up of each order it finds.

export type Value = string | number | bigint;

interface Condition {
  /** Of a row of `orders`. */
  readonly part: string;
  readonly values: readonly Value[];
}

export interface Walk {
  /** Gives `n` in the order that is asked for, and `v` when that is not the order of `n`. */
  readonly sql: string;
  readonly values: readonly Value[];
  readonly conditions: readonly Condition[];
  /** Words are looked up of each order. */
  readonly isDear: boolean;
}

interface Way {
  readonly from: string;
  readonly n: string;
  readonly part: string;
  readonly values: readonly Value[];
  /** Orders it finds; the fewest are walked. */
  readonly orders: () => number;
}

/** Counting ends there: it is many. */
const COUNTED_MAX = 20_000;

export function walkFor(db: DatabaseSync, asked: OrdersAsked, customer: number | undefined): Walk {
  const match = matchOf({ q: asked.q, sku: asked.sku }, (match) => finds(db, match));
  const conditions = conditionsOf(asked, customer);
  const isByWords = asked.sort === 'newest' && customer === undefined && match !== undefined;
  const words: Condition = {
    part: 'EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = n)',
    values: [match ?? ''],
  };
  const rest = match === undefined || isByWords ? conditions : [...conditions, words];
  const isDear = rest.includes(words);
  if (asked.sort !== 'newest') return { ...sortedWalk(asked), conditions: rest, isDear };
  const { from, n, part, values } = isByWords ? wordsWay(db, asked) : narrowest(waysOf(db, asked, customer));
  const [low, high] = rangeOf(asked);
  const sql = `SELECT ${n} AS n FROM ${from} WHERE ${part} AND ${n} >= ? AND ${n} < ? ORDER BY ${n} DESC`;
  return { sql, values: [...values, low, high], conditions: rest, isDear };
}

export function finds(db: DatabaseSync, match: string): boolean {
  return db.prepare('SELECT 1 FROM words WHERE words MATCH ? LIMIT 1').get(match) !== undefined;
}

/** Each of a row that is found by its place: the plus signs keep SQLite from walking another index for it. */
function conditionsOf({ channels, status, queue, node }: OrdersAsked, customer: number | undefined): Condition[] {
  const is = (column: string, value: Value | undefined): Condition[] =>
    value === undefined ? [] : [{ part: `+${column} = ?`, values: [value] }];
  const at = 'EXISTS (SELECT 1 FROM order_nodes WHERE node = ? AND order_nodes.n = orders.n)';
  return [
    ...(channels === undefined
      ? []
      : [{ part: `+channel IN (${channels.map(() => '?').join(', ')})`, values: channels }]),
    ...is('status', status),
    ...is('queue', queue),
    ...is('customer', customer),
    ...(node === undefined ? [] : [{ part: at, values: [node] }]),
  ];
}

/** By words the channels are words too, so orders of others are passed over in the index. */
function wordsWay(db: DatabaseSync, asked: OrdersAsked): Omit<Way, 'orders'> {
  const match = matchOf(asked, (match) => finds(db, match)) ?? '';
  return { from: 'words', n: 'rowid', part: 'words MATCH ?', values: [match] };
}

function waysOf(db: DatabaseSync, asked: OrdersAsked, customer: number | undefined): Way[] {
  const { channels, status, queue, node } = asked;
  const inOrders = (part: string, values: readonly Value[], orders: () => number): Way => {
    return { from: 'orders', n: 'n', part, values, orders };
  };
  const [channel, ...others] = channels ?? [];
  const ways: Way[] = [inOrders('1 = 1', [], () => Infinity)];
  if (customer !== undefined) ways.push(inOrders('customer = ?', [customer], () => 0));
  if (queue !== undefined) ways.push(inOrders('queue = ?', [queue], () => counted(db, 'queue = ?', [queue])));
  if (status !== undefined) ways.push(inOrders('status = ?', [status], () => counted(db, 'status = ?', [status])));
  if (status !== undefined && channel !== undefined && others.length === 0) {
    const part = 'channel = ? AND status = ?';
    ways.push(inOrders(part, [channel, status], () => counted(db, part, [channel, status])));
  }
  if (channels !== undefined) {
    const any = `channel IN (${channels.map(() => '?').join(', ')})`;
    ways.push({ ...wordsWay(db, { ...asked, q: '' }), orders: () => counted(db, any, channels) });
  }
  if (node !== undefined) {
    const orders = (): number => countedAt(db, node);
    ways.push({ from: 'order_nodes', n: 'n', part: 'node = ?', values: [node], orders });
  }
  return ways;
}

function narrowest(ways: readonly Way[]): Way {
  return ways.map((way) => ({ way, orders: way.orders() })).reduce((a, b) => (b.orders < a.orders ? b : a)).way;
}

function counted(db: DatabaseSync, part: string, values: readonly Value[]): number {
  return Number(db.prepare(`SELECT sum(orders) AS orders FROM order_counts WHERE ${part}`).get(...values)?.['orders']);
}

function countedAt(db: DatabaseSync, node: string): number {
  const sql = 'SELECT count(*) AS orders FROM (SELECT 1 FROM order_nodes WHERE node = ? LIMIT ?)';
  return Number(db.prepare(sql).get(node, COUNTED_MAX)?.['orders']);
}

/** Whole numbers of SQLite: of others the index of words would not begin in the middle. */
function rangeOf({ from = 0, to, after }: OrdersAsked): [bigint, bigint] {
  const end = to === undefined ? Infinity : (to + SPILLED_MS_MAX) * PER_MS;
  const high = Math.min(end, after === undefined ? Infinity : Number(after), Number.MAX_SAFE_INTEGER);
  return [BigInt(Math.min(Math.floor(from * PER_MS), Number.MAX_SAFE_INTEGER)), BigInt(Math.floor(high))];
}

/** By another order than that of `n`, behind the last of the page before. */
function sortedWalk({ sort, queue, after }: OrdersAsked): Pick<Walk, 'sql' | 'values'> {
  const [v, n] = after?.split('_').map(Number) ?? [];
  const behind = v === undefined || n === undefined ? [] : [v, n];
  if (sort === 'changed') {
    const where = behind.length === 0 ? '' : 'WHERE (at, n) < (?, ?)';
    return { sql: `SELECT n, at AS v FROM orders ${where} ORDER BY at DESC, n DESC`, values: behind };
  }
  const own = queue === undefined ? 'queue IS NOT NULL' : 'queue = ?';
  const where = behind.length === 0 ? own : `${own} AND (since, n) > (?, ?)`;
  const values = [...(queue === undefined ? [] : [queue]), ...behind];
  return { sql: `SELECT n, since AS v FROM orders WHERE ${where} ORDER BY since, n`, values };
}
