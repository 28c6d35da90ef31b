import type { ChannelId, OrderId } from '../contract/ids.ts';
import { shardOfOrder } from '../contract/ids.ts';
import type { HistoryRefusal } from '../contract/ledger.ts';
import type { Order } from '../contract/order.ts';
import type {
  AsOf,
  Customer,
  CustomersPage,
  OrderCounts,
  OrdersAsked,
  OrdersPage,
  RuleLogAsked,
  RuleLogPage,
  SourcingRecord,
  Timeline,
} from '../contract/order-view.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { Ledger } from './ledger.ts';
import type { AnswerTo, Question } from './messages.ts';
import type { CustomersAsked } from './order-answers.ts';
import { parsePosition } from './position.ts';

type Found<T> = T | Refused<HistoryRefusal>;

/** Questions about orders, on the main thread: each is answered as of the moment it is asked, so what was answered as done is in it. */
export class OrderHistory {
  readonly #ledger: () => Ledger;
  readonly #journalHead: () => Promise<number>;

  constructor(ledger: () => Ledger, journalHead: () => Promise<number>) {
    this.#ledger = ledger;
    this.#journalHead = journalHead;
  }

  page(query: OrdersAsked): Promise<Found<OrdersPage>> {
    return this.#list({ want: 'orders', query });
  }

  counts(channels?: readonly ChannelId[]): Promise<Found<OrderCounts>> {
    return this.#list({ want: 'order-counts', ...(channels !== undefined && { channels }) });
  }

  ruleLog(asked: RuleLogAsked): Promise<Found<RuleLogPage>> {
    return this.#list({ want: 'rule-log', asked });
  }

  customers(asked: CustomersAsked): Promise<Found<CustomersPage>> {
    return this.#list({ want: 'customers', ...asked });
  }

  async customer(id: string, channels?: readonly ChannelId[]): Promise<Found<Customer>> {
    const found = await this.#one({ want: 'customer', id, ...(channels !== undefined && { channels }) });
    return found === 'unknown' ? refuse('unknown-customer', { field: 'id' }) : found;
  }

  /** As it was when its shard forgot it, or as it is. */
  async order(id: OrderId): Promise<Found<Order>> {
    const found = await this.#one({ want: 'order', id });
    return found === 'unknown' ? refuse('unknown-order', { field: 'id' }) : found;
  }

  async timeline(id: OrderId, { after, limit }: { after?: string; limit: number }): Promise<Found<Timeline>> {
    const place = after === undefined ? undefined : parsePosition(after);
    const isOwn = after === undefined || place?.shard === shardOfOrder(id);
    if (!isOwn) return refuse('malformed-position', { field: 'after' });
    const found = await this.#one({ want: 'timeline', id, after: place?.lsn ?? 0, limit });
    return found === 'unknown' ? refuse('unknown-order', { field: 'id' }) : found;
  }

  async sourcing(id: OrderId): Promise<Found<readonly SourcingRecord[]>> {
    const found = await this.#one({ want: 'sourcing', id });
    return found === 'unknown' ? refuse('unknown-order', { field: 'id' }) : found;
  }

  /** Behind, a list says what it has: a desk that sees most orders works on. */
  async #list<Q extends Question>(question: Q): Promise<Found<AnswerTo<Q['want']> & AsOf>> {
    const ledger = this.#ledger();
    const fresh = await ledger.ask(question, { position: await this.#journalHead() });
    if (fresh !== undefined) return fresh as AnswerTo<Q['want']> & AsOf;
    const said = (await ledger.ask(question)) as (AnswerTo<Q['want']> & AsOf) | undefined;
    return said === undefined ? refuse('ledger-behind') : Object.assign(said, { behind: true } as const);
  }

  async #one<Q extends Question>(question: Q): Promise<Found<AnswerTo<Q['want']>>> {
    const found = await this.#ledger().ask(question, { position: await this.#journalHead() });
    return found ?? refuse('ledger-behind');
  }
}
