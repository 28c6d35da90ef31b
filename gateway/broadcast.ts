import type { Engine, Publish, PublishOrders } from '../engine/api.ts';
import type { ChannelId } from '../engine/contract/ids.ts';
import { Conflation } from './conflation.ts';
import type { Hit } from './limits.ts';
import { AlertFeed } from './alert-feed.ts';
import { OpsFeed } from './ops-feed.ts';
import type { TokenBrake } from './orders/order-token.ts';
import { OrderTopics } from './orders/order-topics.ts';
import { OrdersFeed } from './orders/orders-feed.ts';
import type { Watch } from './lane.ts';
import { PacedReader } from './paced-reader.ts';
import { PushLatency } from './push-latency.ts';
import { StockTopics } from './stock-topics.ts';

export interface BroadcastDeps {
  readonly engine: Engine;
  /** Ms, monotonic. */
  readonly now: () => number;
  /** Ms since the epoch with fractions. */
  readonly wallNow: () => number;
  readonly sale: () => ChannelId | undefined;
  readonly sockets: () => number;
  readonly run: string;
  readonly log: (line: string) => void;
  readonly hit: Hit;
  readonly tokenBrake: TokenBrake;
}

/** From the engine's changes to the sockets' writes: change → topics → lanes → one write per socket. */
export class Broadcast {
  readonly stock: StockTopics;
  readonly ops: OpsFeed;
  readonly alerts: AlertFeed;
  readonly order: OrderTopics;
  readonly orders: OrdersFeed;
  readonly latency = new PushLatency();
  readonly #conflation: Conflation;

  constructor(deps: BroadcastDeps) {
    const { engine, now, wallNow } = deps;
    const wallMs = onWall(wallNow);
    this.#conflation = new Conflation({
      now,
      soon: (run) => void setImmediate(run),
      later: (run, ms) => void setTimeout(run, ms),
      // An operator's page is told of the shops' pushes, not of its own.
      written: (topic, sockets, nowMs) => {
        if (topic.ch === 'stock') this.latency.record(topic.receivedAt, wallMs(nowMs), sockets);
      },
      skipped: (reader) => {
        deps.hit(reader instanceof PacedReader && reader.isHeldBack ? 'updates' : 'unsent-skip');
      },
    });
    const changed = this.#conflation.changed.bind(this.#conflation);
    this.stock = new StockTopics({ engine, wallNow, changed });
    this.ops = new OpsFeed({ ...deps, latency: this.latency, changed });
    this.alerts = new AlertFeed({ ...deps, changed });
    this.order = new OrderTopics(engine, deps.tokenBrake, changed);
    this.orders = new OrdersFeed({ ...deps, changed });
  }

  readonly owe = (watch: Watch): void => this.#conflation.owe(watch);

  /** Changes of what is watched, times the watchers. */
  get changes(): number {
    return this.#conflation.changes;
  }

  readonly publish: Publish = (changes) => {
    for (const change of changes) {
      this.stock.take(change);
      this.ops.take(change);
    }
  };

  readonly publishOrders: PublishOrders = (changes) => {
    this.order.publish(changes);
    this.orders.take(changes);
  };
}

/** When a flush is written, on the clock its events were received by: asked once for all that is written at that moment. */
function onWall(wallNow: () => number): (steadyMs: number) => number {
  let [askedAt, wallMs] = [Number.NaN, 0];
  return (steadyMs) => {
    if (steadyMs !== askedAt) [askedAt, wallMs] = [steadyMs, wallNow()];
    return wallMs;
  };
}
