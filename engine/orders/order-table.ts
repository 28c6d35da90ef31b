import { assert } from '../contract/assert.ts';
import { digest, hex } from '../contract/digest.ts';
import { DueQueue } from '../contract/due-queue.ts';
import type { ChannelId, ClientId, OrderId } from '../contract/ids.ts';
import { KnownRows } from '../contract/known-rows.ts';
import { ORDER_KEEP_MS, type OrderStatus } from '../contract/order.ts';
import type { OrderStats } from '../contract/query.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { automationDueAt } from './automation.ts';
import { lateAt } from './exception-queue.ts';
import { OrderCounts } from './order-counts.ts';
import { evolveFile, type OrderFile } from './order-file.ts';
import { isOver, piecesOf } from '../contract/order-status.ts';

/** Nothing is to be done for these any more. */
const OVER: readonly OrderStatus[] = ['shipped', 'delivered', 'collected', 'cancelled', 'returned', 'refused'];

/** A message about an order that nobody has placed yet. */
interface EarlyMessage {
  readonly order: OrderId;
  readonly client: ClientId;
  readonly message: ShopMessage;
}

export interface Early {
  readonly id: OrderId;
  readonly keptAt: number;
  readonly messages: readonly EarlyMessage[];
}

/** All orders of a shard. Only facts change it. */
export class OrderTable {
  readonly rows = new KnownRows();
  /** Facts applied. */
  facts = 0;
  /** Ids given away, early ones included. */
  lastNumber = 0;
  readonly files = new Map<OrderId, OrderFile>();
  readonly #byChannel = new Map<string, OrderId>();
  /** By channel and its id of the order. */
  readonly early = new Map<string, Early>();
  readonly #due = new DueQueue<OrderId>();
  readonly #dueAt = new Map<OrderId, number>();
  /** Digest of each order as it was last looked at; those that changed since are worked out when somebody asks. */
  readonly #digests = new Map<OrderId, readonly number[]>();
  readonly #changed = new Set<OrderId>();
  #sum: readonly number[] = [0, 0, 0, 0];
  readonly #counts = new OrderCounts();

  find(channel: ChannelId, channelOrderId: string): OrderFile | undefined {
    const id = this.#byChannel.get(channelKey(channel, channelOrderId));
    return id === undefined ? undefined : this.files.get(id);
  }

  evolve(fact: OrderFact, lsn: number): void {
    this.facts = lsn;
    if (fact.fact === 'RowsApplied') {
      this.rows.apply(fact);
      if (fact.batch.of === 'automations') for (const file of this.files.values()) this.#setDue(file);
    } else if (fact.fact === 'MessageKept') this.#keep(fact);
    else if (fact.fact === 'OrderForgotten') this.#forget(fact.order);
    else {
      const file = evolveFile(this.files.get(fact.order), fact);
      if (fact.fact === 'OrderPlaced') this.#begin(file);
      this.#put(file);
    }
  }

  #keep({ order: id, client, message, at }: Extract<OrderFact, { fact: 'MessageKept' }>): void {
    const key = channelKey(message.channel, message.channelOrderId);
    const { messages = [], keptAt = at } = this.early.get(key) ?? {};
    this.early.set(key, { id, keptAt, messages: [...messages, { order: id, client, message }] });
    if (messages.length > 0) return;
    this.lastNumber++;
    this.#setDueAt(id, at + ORDER_KEEP_MS);
  }

  #begin({ order }: OrderFile): void {
    const key = channelKey(order.channel, order.channelOrderId);
    // One that was heard of early has its number already.
    if (!this.early.delete(key)) this.lastNumber++;
    this.#byChannel.set(key, order.id);
  }

  #put(file: OrderFile): void {
    this.files.set(file.order.id, file);
    this.#changed.add(file.order.id);
    this.#counts.note(file.order.id);
    this.#setDue(file);
  }

  #forget(id: OrderId): void {
    const { order } = this.files.get(id) ?? {};
    if (order !== undefined) this.#byChannel.delete(channelKey(order.channel, order.channelOrderId));
    else for (const [key, early] of this.early) if (early.id === id) this.early.delete(key);
    this.files.delete(id);
    this.#dueAt.delete(id);
    this.#changed.add(id);
    this.#counts.note(id);
    this.#dropStale();
  }

  #setDue(file: OrderFile): void {
    this.#setDueAt(file.order.id, dueAtOf(file, this.rows));
  }

  /** An order may stand in the queue several times; only its newest time counts. */
  #setDueAt(id: OrderId, at: number): void {
    if (this.#dueAt.get(id) === at) return;
    if (at === Infinity) this.#dueAt.delete(id);
    else {
      this.#dueAt.set(id, at);
      this.#due.add(at, id);
    }
    this.#dropStale();
  }

  #dropStale(): void {
    for (let first = this.#due.first(); first !== undefined; first = this.#due.first()) {
      if (this.#dueAt.get(first.name) === first.at) return;
      this.#due.removeFirst();
    }
  }

  dueAt(): number {
    return this.#due.first()?.at ?? Infinity;
  }

  dueBy(at: number, limit: number): OrderId[] {
    const ids = new Set(this.#due.dueBy(at, limit));
    return [...ids].filter((id) => (this.#dueAt.get(id) ?? Infinity) <= at);
  }

  stats(): OrderStats {
    this.#counts.refresh((id) => this.files.get(id)?.order);
    const { byStatus, byQueue } = this.#counts;
    const over = OVER.reduce((sum, status) => sum + (byStatus.get(status) ?? 0), 0);
    return {
      orders: this.files.size,
      open: this.files.size - over,
      early: this.early.size,
      byStatus: Object.fromEntries(byStatus),
      byQueue: Object.fromEntries(byQueue),
      bookVersion: this.rows.version,
    };
  }

  header(): Uint8Array {
    return encode([this.rows.version, this.rows.save(), this.facts, this.lastNumber, [...this.early]]);
  }

  load(header: Uint8Array, orders: Uint8Array): void {
    const [version, rows, facts, lastNumber, early] = JSON.parse(new TextDecoder().decode(header)) as [
      number,
      ReturnType<KnownRows['save']>,
      number,
      number,
      [string, Early][],
    ];
    assert(this.files.size === 0, () => 'an image is loaded into a new machine');
    this.rows.load(rows, version);
    this.facts = facts;
    this.lastNumber = lastNumber;
    for (const [key, each] of early) {
      this.early.set(key, each);
      this.#setDueAt(each.id, each.keptAt + ORDER_KEEP_MS);
    }
    for (const text of new TextDecoder().decode(orders).split('\n')) {
      if (text === '') continue;
      const file = JSON.parse(text) as OrderFile;
      this.#byChannel.set(channelKey(file.order.channel, file.order.channelOrderId), file.order.id);
      this.#put(file);
    }
  }

  /** Adds up the orders' own digests, so that only what has changed is worked out anew. */
  digest(): string {
    for (const id of this.#changed) {
      this.#add(this.#digests.get(id), -1);
      const file = this.files.get(id);
      const now = file === undefined ? undefined : digest(JSON.stringify(sorted(file)));
      if (now === undefined) this.#digests.delete(id);
      else this.#digests.set(id, now);
      this.#add(now, 1);
    }
    this.#changed.clear();
    const rest = digest(new TextDecoder().decode(this.header()));
    return rest.map((part, index) => hex(part ^ (this.#sum[index] ?? 0))).join('');
  }

  #add(own: readonly number[] | undefined, sign: number): void {
    if (own !== undefined) this.#sum = this.#sum.map((part, index) => (part + sign * (own[index] ?? 0)) >>> 0);
  }
}

/** Fields in the order of their names: an order from an image and the same from facts may have them in different ones. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

export const channelKey = (channel: ChannelId, channelOrderId: string): string => `${channel}\n${channelOrderId}`;

/** When time alone does something to the order. */
function dueAtOf(file: OrderFile, rows: KnownRows): number {
  const { order, givenUp, steps } = file;
  const isQuiet = isOver(order) && steps.length === 0 && file.pulls.every(({ state }) => state !== 'asked');
  if (isQuiet) return order.at + ORDER_KEEP_MS;
  // Where a person looks already, being late is told when they are done with that.
  const late = order.queue === undefined ? lateAt(file) : Infinity;
  return Math.min(givenUp?.cancelAt ?? Infinity, heldAt(file), automationDueAt(file, { rows }), late);
}

/** When a cart's hold is asked for again, whose units were being moved. */
function heldAt({ order, reservation, heldAfter = Infinity }: OrderFile): number {
  const isWanted = reservation !== undefined && piecesOf(order).some(({ state }) => state === 'asked');
  return isWanted ? heldAfter : Infinity;
}
