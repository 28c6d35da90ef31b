import { EngineBusyError, type Engine } from '../../engine/api.ts';
import { EXCEPTION_QUEUES, type ExceptionQueue, type OrderChange } from '../../engine/contract/order.ts';
import type { OrderCounts, OrderRow, OrdersAsked } from '../../engine/contract/order-view.ts';
import type { HistoryRefusal } from '../../engine/contract/ledger.ts';
import type { Refused } from '../../engine/contract/outcome.ts';
import type { OrderQueues, RecentOrders } from '../protocol/orders-states.ts';
import type { TopicSource } from '../topic-source.ts';
import { Topic } from '../topic.ts';
import { PlacedRate } from './placed-rate.ts';

/** Rows of each list. */
const ROWS_MAX = 50;
const RETRY_AFTER_MS = 1_000;

export interface OrdersFeedDeps {
  readonly engine: Pick<Engine, 'findOrders' | 'orderCounts'>;
  /** Ms since the epoch. */
  readonly wallNow: () => number;
  readonly changed: (topic: Topic) => void;
  /** Names this run of the server: its revisions begin anew, and a new epoch always wins. */
  readonly run: string;
  readonly log: (line: string) => void;
}

/**
 * The channel `orders` (rule ST19): the orders that changed last, and those in queues of exceptions. Read from the read model,
 * so it is whole after a restart; once a second at most, only while somebody watches and only when an order has changed.
 */
export class OrdersFeed implements TopicSource {
  readonly conflateMsMin = 1_000;
  readonly #deps: OrdersFeedDeps;
  readonly #recent: Topic;
  readonly #queues: Topic;
  readonly #placed = new PlacedRate();
  /** Something has happened that was not looked at. */
  #isStale = true;
  #placedShown = 0;
  #revision = 0;
  #looking: Promise<void> | undefined;

  constructor(deps: OrdersFeedDeps) {
    this.#deps = deps;
    this.#recent = new Topic('orders', 'recent', deps.run);
    this.#queues = new Topic('orders', 'queues', deps.run);
  }

  take(changes: readonly OrderChange[]): void {
    this.#isStale = true;
    for (const { what } of changes) if (what === 'OrderPlaced') this.#placed.count();
  }

  async acquire(keys: readonly string[]): Promise<readonly Topic[]> {
    const topics = [this.#recent, this.#queues].filter(({ k }) => keys.includes(k));
    for (const topic of topics) topic.pins += 1;
    try {
      // A look under way may be the first one: until it ends there is nothing to show.
      const isLooking = this.#looking !== undefined;
      if (topics.length > 0 && (this.#isStale || isLooking)) await this.#look();
      return topics;
    } catch (error) {
      for (const topic of topics) topic.pins -= 1;
      throw error;
    }
  }

  release(topic: Topic): void {
    topic.pins -= 1;
  }

  /** Once a second. */
  turn(): void {
    this.#placed.turn();
    const isWatched = this.#recent.pins + this.#queues.pins > 0;
    const isNew = this.#isStale || this.#placed.perMin !== this.#placedShown;
    if (isWatched && isNew)
      this.#look().catch((error: unknown) => this.#deps.log(`orders not looked at: ${String(error)}`));
  }

  /** One at a time: while the read model is slow to answer, looks are skipped. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    // Before it is read: what happens meanwhile is looked at next time.
    this.#isStale = false;
    this.#placedShown = this.#placed.perMin;
    try {
      const counts = told(await this.#deps.engine.orderCounts());
      const recent = await this.#rows({ sort: 'changed' });
      const queues = await this.#queueStates(counts);
      if (counts.behind === true) this.#isStale = true;
      this.#show(counts, recent, queues);
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
  }

  #show({ statuses, queues: totals }: OrderCounts, orders: readonly OrderRow[], queues: OrderQueues['queues']): void {
    const t = Math.round(this.#deps.wallNow());
    const recent: RecentOrders = { orders, placedPerMin: this.#placedShown, statuses, queues: totals };
    this.#revision += 1;
    this.#set(this.#recent, recent, t);
    this.#set(this.#queues, { queues } satisfies OrderQueues, t);
  }

  #set(topic: Topic, state: object, t: number): void {
    const version = { r: this.#revision, d: JSON.stringify(state), t, receivedAt: 0, facts: 0 };
    if (topic.set(version)) this.#deps.changed(topic);
  }

  async #queueStates({ queues: totals }: OrderCounts): Promise<OrderQueues['queues']> {
    const states: OrderQueues['queues'][number][] = [];
    for (const queue of EXCEPTION_QUEUES) {
      const orders = totals[queue] === 0 ? [] : await this.#rows({ queue, sort: 'waiting' });
      states.push({ queue, count: totals[queue], orders });
    }
    return states;
  }

  async #rows(asked: {
    readonly queue?: ExceptionQueue;
    readonly sort: OrdersAsked['sort'];
  }): Promise<readonly OrderRow[]> {
    return told(await this.#deps.engine.findOrders({ ...asked, limit: ROWS_MAX })).orders;
  }
}

/** A read model that cannot answer now may do so later. */
function told<Answer extends object>(answer: Answer | Refused<HistoryRefusal>): Answer {
  if ('status' in answer) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
  return answer;
}
