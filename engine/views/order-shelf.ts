import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import type { OrderId } from '../contract/ids.ts';
import type { Order } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import type { OrderRow } from '../contract/order-view.ts';
import { evolveOrder } from '../orders/evolve-order.ts';
import { CustomerTable } from './customer-table.ts';
import { OrderDropper } from './drop-orders.ts';
import { toldOf, type ToldFact } from './order-timeline.ts';
import { compact, wordsOfOrder } from './order-words.ts';
import { rowOf } from './order-shape.ts';

/** Orders held in memory between two commits: those that moved last. */
const HELD_MAX = 2_000;
/** Numbers of one ms of `n`. */
export const PER_MS = 4_096;
/** Orders of one ms beyond those stand behind the ones of the next ms, so many at most: room for four million. */
export const SPILLED_MS_MAX = 1_000;
/** The last ms that `n` can be of (the year 2039): a later order is placed there. */
const MS_MAX = 2 ** 41 - 2 ** 24;

type Written = Pick<OrderRow, 'channel' | 'status' | 'queue' | 'nodes'>;

interface Held {
  readonly n: number;
  order: Order;
  customer: number | undefined;
  readonly seen: number;
  gone: boolean;
  /** As its tables have it; undefined: they have nothing. */
  written: Written | undefined;
  isDirty: boolean;
  /** What it is found by may have changed. */
  hasNewWords: boolean;
}

interface PlacedOrderFact {
  readonly lsn: number;
  readonly fact: OrderFact;
}

interface ToldRow {
  readonly lsn: number;
  readonly at: number;
  readonly told: string;
}
interface DecidedRow {
  readonly lsn: number;
  readonly at: number;
  readonly ask: number;
  readonly packed: Uint8Array;
}

/** An order that its shard had forgotten with this fact. */
export interface ForgottenOrder {
  readonly order: Order;
  readonly forgotten: number;
  readonly entries: readonly ToldRow[];
  readonly decisions: readonly DecidedRow[];
}

/**
 * Orders as the fold of their facts, in the tables of orders.sqlite. An order has some ten facts in its first minute: they are
 * folded in memory, and it is written once per commit.
 */
export class OrderShelf {
  readonly #customers: CustomerTable;
  readonly #dropper: OrderDropper;
  /** Moved last is last. */
  readonly #held = new Map<OrderId, Held>();
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(db: DatabaseSync) {
    this.#statements = statementsOf(db);
    this.#dropper = new OrderDropper(db);
    this.#customers = new CustomerTable(db, (from, to) => {
      for (const held of this.#held.values()) if (held.customer === from) held.customer = to;
    });
  }

  /** Inside a commit. */
  add({ lsn, fact }: PlacedOrderFact): void {
    if (fact.fact === 'RowsApplied' || fact.fact === 'MessageKept') return;
    const held = this.#find(fact.order);
    if (held !== undefined && lsn <= held.seen) return this.#tell(held.n, lsn, fact, held.order);
    if (fact.fact === 'OrderPlaced') return this.#tell(this.#begin(fact.begins, 0, false).n, lsn, fact, fact.begins);
    // Of an order that the journal's kept part does not begin with, and that no snapshot has: it was forgotten by then.
    if (held === undefined) return;
    this.#tell(held.n, lsn, fact, held.order);
    this.#evolve(held, fact);
  }

  /** Inside a commit: an order as its shard's snapshot has it, with all facts up to `seen`. */
  seed(order: Order, seen: number): void {
    this.#begin(order, seen, false);
  }

  /** After a commit that came to nothing. */
  clear(): void {
    this.#held.clear();
  }

  /** Inside a commit: an order of the file before, with all that was told of it. */
  carry({ order, forgotten, entries, decisions }: ForgottenOrder): void {
    const { n } = this.#begin(order, forgotten, true);
    for (const { lsn, at, told } of entries) this.#statements.tell.run(n, lsn, at, told);
    for (const { lsn, at, ask, packed } of decisions) this.#statements.decide.run(n, lsn, at, ask, packed);
  }

  #begin(order: Order, seen: number, gone: boolean): Held {
    const n = this.#placeFor(order.placedAt);
    const customer = this.#customers.of(order);
    const held: Held = { n, order, customer, seen, gone, written: undefined, isDirty: true, hasNewWords: true };
    // The place is taken at once: the next order of the same ms gets another.
    this.#statements.body.run(n, '');
    this.#held.set(order.id, held);
    return held;
  }

  #placeFor(placedAt: number): number {
    const ms = Math.min(Math.max(0, Math.floor(placedAt)), MS_MAX);
    const from = ms * PER_MS;
    const own = this.#nextPlace(from, PER_MS);
    if (own < from + PER_MS) return own;
    // Files that know only the day put thousands of orders into one ms: they go behind all of the next second.
    return this.#nextPlace(from, PER_MS * SPILLED_MS_MAX);
  }

  #nextPlace(from: number, room: number): number {
    const last = this.#statements.lastPlace.get(from, from + room)?.['n'];
    return typeof last === 'number' ? last + 1 : from;
  }

  #evolve(held: Held, fact: ToldFact): void {
    held.isDirty = true;
    const next = evolveOrder(held.order, fact);
    if (next === undefined) {
      held.gone = true;
      return;
    }
    held.order = next;
    if (hasWords(fact)) held.hasNewWords = true;
    if (fact.fact === 'OrderChanged' && (fact.set.customer ?? fact.set.shipTo) !== undefined) {
      held.customer = this.#customers.of(next);
    }
  }

  #tell(n: number, lsn: number, fact: ToldFact, order: Order): void {
    const told = toldOf(fact, order);
    if (told !== undefined) this.#statements.tell.run(n, lsn, fact.at, JSON.stringify(told));
    if (fact.fact !== 'OrderSourced') return;
    const { ask, decision, shadow } = fact;
    const packed = deflateRawSync(JSON.stringify({ decision, ...(shadow !== undefined && { shadow }) }), { level: 1 });
    this.#statements.decide.run(n, lsn, fact.at, ask, packed);
  }

  #find(id: OrderId): Held | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return this.#load(id);
    this.#held.delete(id);
    this.#held.set(id, held);
    return held;
  }

  #load(id: OrderId): Held | undefined {
    const found = this.#statements.find.get(id);
    if (found === undefined) return undefined;
    const order = JSON.parse(String(found['body'])) as Order;
    const customer = found['customer'] === null ? undefined : Number(found['customer']);
    const [n, seen, gone] = [Number(found['n']), Number(found['seen']), found['gone'] === 1];
    const held: Held = { n, order, customer, seen, gone, written: rowOf(order), isDirty: false, hasNewWords: false };
    this.#held.set(id, held);
    return held;
  }

  /** Inside a commit, at its end. In the order of `n`, or the index of words would write a piece of its own for each. */
  save(): void {
    const dirty = [...this.#held.values()].filter(({ isDirty }) => isDirty).toSorted((a, b) => a.n - b.n);
    for (const held of dirty) this.#write(held);
    for (const id of this.#held.keys()) {
      if (this.#held.size <= HELD_MAX) break;
      this.#held.delete(id);
    }
  }

  /** Inside a commit, after `save`: forgets those that are gone and changed last before the moment, `most` at a time. */
  drop(beforeMs: number, most: number): void {
    for (const id of this.#dropper.drop(beforeMs, most)) this.#held.delete(id);
  }

  #write(held: Held): void {
    const { n, order, customer, seen, gone, written, hasNewWords } = held;
    const row = rowOf(order);
    const { id, channel, status, queue, queueSince, at, totalMinor, currency } = row;
    const keys = [id, compact(order.number), compact(order.channelOrderId), channel, status];
    const rest = [queue ?? null, queueSince ?? null, at, customer ?? null, totalMinor, currency, seen, gone ? 1 : 0];
    this.#statements.put.run(n, ...keys, ...rest, JSON.stringify(row));
    this.#statements.body.run(n, JSON.stringify(order));
    this.#count(written, -1);
    this.#count(row, 1);
    this.#place(n, written?.nodes ?? [], row.nodes);
    if (hasNewWords) {
      const { who, what } = wordsOfOrder(order);
      this.#statements.words.run(n, who, what);
    }
    Object.assign(held, { written: row, isDirty: false, hasNewWords: false });
  }

  #count(row: Written | undefined, by: 1 | -1): void {
    if (row !== undefined) this.#statements.count.run(row.channel, row.status, row.queue ?? '', by);
  }

  #place(n: number, before: readonly string[], now: readonly string[]): void {
    for (const node of before) if (!now.includes(node)) this.#statements.leaves.run(node, n);
    for (const node of now) if (!before.includes(node)) this.#statements.comes.run(node, n);
  }

  get customers(): Pick<CustomerTable, 'find'> {
    return this.#customers;
  }
}

/** Whether it changes what an order is found by; shipping adds the parcels' numbers. */
function hasWords(fact: ToldFact): boolean {
  return (
    fact.fact === 'OrderChanged' || fact.fact === 'LinesAdded' || (fact.fact === 'WorkHeard' && fact.op === 'ship')
  );
}

function statementsOf(db: DatabaseSync) {
  const prepare = (sql: string): StatementSync => db.prepare(sql);
  return {
    find: prepare('SELECT n, customer, seen, gone, body FROM orders JOIN bodies USING (n) WHERE id = ?'),
    lastPlace: prepare('SELECT max(n) AS n FROM bodies WHERE n >= ? AND n < ?'),
    put: prepare(`INSERT OR REPLACE INTO orders VALUES (${Array.from({ length: 15 }, () => '?').join(', ')})`),
    body: prepare('INSERT OR REPLACE INTO bodies VALUES (?, ?)'),
    words: prepare('INSERT OR REPLACE INTO words (rowid, who, what) VALUES (?, ?, ?)'),
    tell: prepare('INSERT OR REPLACE INTO timeline VALUES (?, ?, ?, ?)'),
    decide: prepare('INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?)'),
    comes: prepare('INSERT OR IGNORE INTO order_nodes VALUES (?, ?)'),
    leaves: prepare('DELETE FROM order_nodes WHERE node = ? AND n = ?'),
    count: prepare(
      `INSERT INTO order_counts VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET orders = orders + excluded.orders`,
    ),
  };
}
