import type { QueueName } from './order-bodies.ts';
import type { OrderCountsInfo, OrderRowInfo } from './order-history-bodies.ts';

// `d` of the channel `orders`: what an operator watches of all orders.

/** Key `recent`: orders as they change, and how many there are of each kind. */
export interface RecentOrders {
  /** The 50 that changed last, the newest change first. */
  readonly orders: readonly OrderRowInfo[];
  /** Orders placed in the last minute, since this server runs. */
  readonly placedPerMin: number;
  readonly statuses: OrderCountsInfo['statuses'];
  readonly queues: OrderCountsInfo['queues'];
}

/** Key `queues`: orders that a person has to look at, by queue; all of them: `GET /v1/orders?queue=`. */
export interface OrderQueues {
  readonly queues: readonly OrderQueue[];
}

interface OrderQueue {
  readonly queue: QueueName;
  readonly count: number;
  /** The 50 that wait longest, those first. */
  readonly orders: readonly OrderRowInfo[];
}
