import { shardOfOrder, type NodeId, type OrderId } from '../../engine/contract/ids.ts';
import type { Order, OrderChange } from '../../engine/contract/order.ts';
import type { Caller } from '../caller.ts';
import type { Asker, TooOften, TopicSource } from '../topic-source.ts';
import { Topic } from '../topic.ts';
import { customerOrder } from './customer-order.ts';
import { orderBodyOf } from './order-body.ts';
import { seesOrder } from './order-in-reach.ts';
import { isTokenOf, tokenKey, type TokenBrake } from './order-token.ts';

/** What the topics need of the engine. */
export interface OrderReads {
  readonly epoch: string;
  readonly reference: { readonly nodes: ReadonlyMap<NodeId, { readonly name: string }> };
  /** Those of them that there are. */
  orders(ids: readonly OrderId[]): Promise<readonly Order[]>;
}

/** A key of one order: staff's, or its customer's. */
class OrderTopic extends Topic {
  readonly id: OrderId;
  readonly #show: (order: Order) => object;
  #order: Order;

  constructor(k: string, e: string, order: Order, show: (order: Order) => object) {
    super('order', k, e);
    this.id = order.id;
    this.#order = order;
    this.#show = show;
    this.take(order);
  }

  /** True when watchers must be told. */
  take(order: Order): boolean {
    this.#order = order;
    return this.move(order.version, { at: order.at, receivedAt: 0, facts: 1 });
  }

  protected override render(): string {
    return JSON.stringify(this.#show(this.#order));
  }
}

/** An order that somebody watches, or asks for just now. */
interface Watched {
  /** Questions under way, and what pins its topics. */
  pins: number;
  /** Undefined until it is read. */
  order: Order | undefined;
  staff?: OrderTopic;
  customer?: OrderTopic;
}

interface Asked {
  readonly key: string;
  readonly id: OrderId;
  /** Absent: staff asks. */
  readonly token?: string;
}

/**
 * The channel `order` (rule ST17): key `<id>` for the client that placed the order and for those who see everybody's, key
 * `<id>.<token>` for anybody who was given the token. Who may not see an order is told that it is unknown, as one that does
 * not exist. Bounded by sockets × keys; a topic ends with its last watcher.
 */
export class OrderTopics implements TopicSource {
  readonly conflateMsMin = 0;
  readonly #engine: OrderReads;
  readonly #brake: TokenBrake;
  readonly #changed: (topic: Topic) => void;
  readonly #watched = new Map<OrderId, Watched>();

  constructor(engine: OrderReads, brake: TokenBrake, changed: (topic: Topic) => void) {
    this.#engine = engine;
    this.#brake = brake;
    this.#changed = changed;
  }

  /** Orders watched. */
  get size(): number {
    return this.#watched.size;
  }

  /** Durable changes; one that nobody watches ends here. */
  publish(changes: readonly OrderChange[]): void {
    if (this.size > 0) for (const { order } of changes) this.#take(order);
  }

  async acquire(keys: readonly string[], { caller, address }: Asker): Promise<readonly Topic[] | TooOften> {
    const asked = keys.flatMap((key) => askedOf(key, caller) ?? []);
    const retryAfterMs = asked.some(({ token }) => token !== undefined) ? this.#brake.waitMs(address) : 0;
    if (retryAfterMs > 0) return { retryAfterMs };
    await this.#read(asked);
    return asked.flatMap((one) => {
      const topic = this.#topicOf(one, caller);
      if (topic !== undefined) return [topic];
      if (one.token !== undefined) this.#brake.count(address);
      this.#unpin(one.id);
      return [];
    });
  }

  release(topic: Topic): void {
    if (!(topic instanceof OrderTopic)) return;
    topic.pins -= 1;
    const watched = this.#watched.get(topic.id);
    if (topic.pins === 0 && watched?.staff === topic) delete watched.staff;
    if (topic.pins === 0 && watched?.customer === topic) delete watched.customer;
    this.#unpin(topic.id);
  }

  /** Pinned before they are read, so a change between the two is not missed: the later version wins. */
  async #read(asked: readonly Asked[]): Promise<void> {
    for (const { id } of asked) this.#pin(id);
    const unread = asked.map(({ id }) => id).filter((id) => this.#watched.get(id)?.order === undefined);
    try {
      for (const order of unread.length === 0 ? [] : await this.#engine.orders(unread)) this.#take(order);
    } catch (error) {
      for (const { id } of asked) this.#unpin(id);
      throw error;
    }
  }

  #take(order: Order): void {
    const watched = this.#watched.get(order.id);
    if (watched === undefined || order.version <= (watched.order?.version ?? 0)) return;
    watched.order = order;
    for (const topic of [watched.staff, watched.customer]) {
      if (topic?.take(order) === true) this.#changed(topic);
    }
  }

  /** The key's topic, pinned; undefined: there is none for this caller. */
  #topicOf({ key, id, token }: Asked, caller: Caller): OrderTopic | undefined {
    const watched = this.#watched.get(id);
    const order = watched?.order;
    if (watched === undefined || order === undefined) return undefined;
    if (token === undefined ? !seesOrder(caller, order) : !isTokenOf(order, token)) return undefined;
    const topic = token === undefined ? this.#staffTopic(watched, order) : this.#customerTopic(watched, order, key);
    topic.pins += 1;
    return topic;
  }

  #staffTopic(watched: Watched, order: Order): OrderTopic {
    return (watched.staff ??= new OrderTopic(order.id, this.#engine.epoch, order, orderBodyOf));
  }

  #customerTopic(watched: Watched, order: Order, key: string): OrderTopic {
    const { epoch, reference } = this.#engine;
    const show = (shown: Order): object => customerOrder(shown, reference.nodes);
    return (watched.customer ??= new OrderTopic(key, epoch, order, show));
  }

  #pin(id: OrderId): void {
    const watched = this.#watched.get(id) ?? { pins: 0, order: undefined };
    watched.pins += 1;
    this.#watched.set(id, watched);
  }

  #unpin(id: OrderId): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    watched.pins -= 1;
    if (watched.pins === 0) this.#watched.delete(id);
  }
}

/** Without a token an order is staff's to see. */
function askedOf(key: string, caller: Caller): Asked | undefined {
  const held = tokenKey(key);
  if (held !== undefined) return { key, ...held };
  return caller.is === 'staff' && shardOfOrder(key) !== undefined ? { key, id: key as OrderId } : undefined;
}
