import { inflateRawSync } from 'node:zlib';
import { unreachable } from '../contract/assert.ts';
import type { ChannelId, OrderId } from '../contract/ids.ts';
import type { Order, OrderStatus } from '../contract/order.ts';
import type {
  Customer,
  CustomersPage,
  OrderCounts,
  OrdersAsked,
  OrdersPage,
  SourcingRecord,
  Timeline,
  TimelineEntry,
  Told,
} from '../contract/order-view.ts';
import { shardOfOrder } from '../contract/ids.ts';
import { EXCEPTION_QUEUES, ORDER_STATUSES } from '../contract/order.ts';
import { customerId } from './customer-table.ts';
import type { AnswerTo, Question } from './messages.ts';
import type { OrderProjector } from './order-projector.ts';
import { ruleLog } from './rule-log.ts';
import { findOrders, rowIn } from './order-search.ts';
import { finds } from './order-walks.ts';
import { matchOf } from './order-words.ts';
import { textOf } from './timeline-text.ts';

// Answers about orders, in the projector's thread.

type Orders = Pick<OrderProjector, 'file' | 'shelf' | 'progress'>;

type AboutOrders = Extract<
  Question,
  { want: 'orders' | 'order' | 'timeline' | 'sourcing' | 'rule-log' | 'order-counts' | 'customers' | 'customer' }
>;
const WANTS: ReadonlySet<string> = new Set<AboutOrders['want']>([
  'orders',
  'order',
  'timeline',
  'sourcing',
  'rule-log',
  'order-counts',
  'customers',
  'customer',
]);

export function isAboutOrders(question: Question): question is AboutOrders {
  return WANTS.has(question.want);
}

export function answerAboutOrders(from: Orders, question: AboutOrders): AnswerTo<AboutOrders['want']> {
  switch (question.want) {
    case 'orders':
      return ordersPage(from, question.query);
    case 'order':
      return orderKept(from, question.id) ?? 'unknown';
    case 'timeline':
      return orderTimeline(from, question) ?? 'unknown';
    case 'sourcing':
      return orderSourcing(from, question.id) ?? 'unknown';
    case 'rule-log':
      return { ...ruleLog(from.file.db, question.asked), through: from.progress.position };
    case 'order-counts':
      return orderCounts(from, question.channels);
    case 'customers':
      return customersPage(from, question);
    case 'customer':
      return customerOne(from, question.id, question.channels) ?? 'unknown';
    default:
      return unreachable(question);
  }
}

/** Orders looked at to find customers, and orders of one customer that are added up. */
const LOOKED_AT_MAX = 5_000;

export function ordersPage({ file, shelf, progress }: Orders, asked: OrdersAsked): OrdersPage {
  const customer = asked.customer === undefined ? undefined : shelf.customers.find(asked.customer);
  return { ...findOrders(file.db, asked, customer), through: progress.position };
}

export function orderCounts({ file, progress }: Orders, channels?: readonly ChannelId[]): OrderCounts {
  const any = channels === undefined ? '1 = 1' : `channel IN (${channels.map(() => '?').join(', ')})`;
  const rows = file.db
    .prepare(`SELECT status, queue, sum(orders) AS orders FROM order_counts WHERE ${any} GROUP BY status, queue`)
    .all(...(channels ?? []));
  const sum = (column: string, name: string): number =>
    rows.reduce((total, row) => total + (row[column] === name ? Number(row['orders']) : 0), 0);
  return {
    queues: Object.fromEntries(EXCEPTION_QUEUES.map((queue) => [queue, sum('queue', queue)])) as OrderCounts['queues'],
    statuses: Object.fromEntries(ORDER_STATUSES.map((status) => [status, sum('status', status)])) as Record<
      OrderStatus,
      number
    >,
    through: progress.position,
  };
}

/** Undefined: it never had the order. */
export function orderKept({ file }: Orders, id: OrderId): Order | undefined {
  const found = file.db.prepare('SELECT body FROM orders JOIN bodies USING (n) WHERE id = ?').get(id);
  return found && (JSON.parse(String(found['body'])) as Order);
}

export interface TimelineAsked {
  readonly id: OrderId;
  /** Behind this number of the shard's facts. */
  readonly after: number;
  readonly limit: number;
}

export function orderTimeline(from: Orders, { id, after, limit }: TimelineAsked): Timeline | undefined {
  const n = placeOf(from, id);
  if (n === undefined) return undefined;
  const shard = shardOfOrder(id);
  const rows = from.file.db
    .prepare('SELECT lsn, at, told FROM timeline WHERE n = ? AND lsn > ? ORDER BY lsn LIMIT ?')
    .all(n, after, limit + 1);
  const entries = rows.slice(0, limit).map(({ lsn, at, told }): TimelineEntry => {
    const known = JSON.parse(String(told)) as Told;
    return { at: Number(at), position: `${shard}.${Number(lsn)}`, text: textOf(known), ...known };
  });
  const next = rows.length > limit ? entries.at(-1)?.position : undefined;
  return {
    entries,
    ...(after === 0 && entries[0]?.what !== 'placed' && { incomplete: true }),
    ...(next !== undefined && { next }),
    through: from.progress.position,
  };
}

/** Oldest first; an order is sourced a few times. */
export function orderSourcing(from: Orders, id: OrderId): readonly SourcingRecord[] | undefined {
  const n = placeOf(from, id);
  if (n === undefined) return undefined;
  const shard = shardOfOrder(id);
  return from.file.db
    .prepare('SELECT lsn, at, ask, packed FROM decisions WHERE n = ? ORDER BY lsn LIMIT 200')
    .all(n)
    .map(({ lsn, at, ask, packed }) => {
      const decided = inflateRawSync(packed as Uint8Array).toString();
      const about = { at: Number(at), position: `${shard}.${Number(lsn)}`, ask: Number(ask) };
      return { ...about, ...(JSON.parse(decided) as Pick<SourcingRecord, 'decision' | 'shadow'>) };
    });
}

function placeOf({ file }: Orders, id: OrderId): number | undefined {
  const found = file.db.prepare('SELECT n FROM orders WHERE id = ?').get(id);
  return found && Number(found['n']);
}

export interface CustomersAsked {
  readonly q: string;
  readonly channels?: readonly ChannelId[];
  readonly limit: number;
}

/** Those whose orders say these words of who ordered, who ordered last first. */
export function customersPage(from: Orders, { q, channels, limit }: CustomersAsked): CustomersPage {
  const { db } = from.file;
  const match = matchOf({ q, ofWho: true, channels }, (match) => finds(db, match));
  const walk =
    match === undefined
      ? db
          .prepare('SELECT n, customer FROM orders WHERE customer IS NOT NULL ORDER BY n DESC LIMIT ?')
          .iterate(LOOKED_AT_MAX)
      : db
          .prepare(
            `SELECT n, customer FROM words CROSS JOIN orders ON n = words.rowid
             WHERE words MATCH ? AND customer IS NOT NULL ORDER BY words.rowid DESC LIMIT ?`,
          )
          .iterate(match, LOOKED_AT_MAX);
  const found = new Set<number>();
  for (const { customer } of walk) {
    found.add(Number(customer));
    if (found.size > limit) break;
  }
  const customers = [...found].slice(0, limit).flatMap((c) => customerOf(from, c, channels) ?? []);
  return { customers, ...(found.size > limit && { more: true }), through: from.progress.position };
}

export function customerOne(from: Orders, id: string, channels?: readonly ChannelId[]): Customer | undefined {
  const c = from.shelf.customers.find(id);
  return c === undefined ? undefined : customerOf(from, c, channels);
}

/** By the orders that may be seen, and in the words of the newest of them. */
function customerOf({ file }: Orders, c: number, channels?: readonly ChannelId[]): Customer | undefined {
  const any = channels === undefined ? '' : `AND +channel IN (${channels.map(() => '?').join(', ')})`;
  const rows = file.db
    .prepare(
      `SELECT customer, channel, currency, total, at, row FROM orders WHERE customer = ? ${any} ORDER BY n DESC LIMIT ?`,
    )
    .all(c, ...(channels ?? []), LOOKED_AT_MAX);
  const [newest] = rows;
  if (newest === undefined) return undefined;
  const seen = rows.slice(0, 20).map(rowIn);
  const latest = <Name extends 'customer' | 'email' | 'phone'>(name: Name) => seen.find((row) => row[name])?.[name];
  const [name, email, phone] = [latest('customer'), latest('email'), latest('phone')];
  const byCurrency = Map.groupBy(rows, ({ currency }) => String(currency));
  return {
    id: customerId(c),
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
    channels: [...new Set(rows.map(({ channel }) => String(channel) as ChannelId))].toSorted(),
    orders: rows.length,
    totals: [...byCurrency].map(([currency, own]) => {
      return { currency, totalMinor: own.reduce((sum, { total }) => sum + Number(total), 0) };
    }),
    lastAt: Math.max(...rows.map(({ at }) => Number(at))),
  };
}
