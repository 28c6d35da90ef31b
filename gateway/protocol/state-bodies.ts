import type { AlertState } from './alerts.ts';
import type { OrderBody } from './order-bodies.ts';
import type { OrderQueues, RecentOrders } from './orders-states.ts';
import type { OpsState } from './wire.ts';

/** `GET /v1/states/{channel}/{key}`: a state as it is pushed. */
export interface KeyedState {
  readonly ch: 'ops' | 'alerts' | 'order' | 'orders';
  readonly k: string;
  readonly e: string;
  /** Since which revision it is this one. */
  readonly r: number;
  readonly d: OpsState | AlertState | OrderBody | RecentOrders | OrderQueues;
}
