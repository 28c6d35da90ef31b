import type { Connection } from '../../../gateway/client/connection.ts';
import type { OrderQueues, RecentOrders } from '../../../gateway/protocol/orders-states.ts';
import { Observable } from '../../store/observable.ts';

/** What an operator sees of all orders, live, while somebody looks. */
export class OrdersWatch {
  readonly recent = new Observable<RecentOrders | undefined>(undefined);
  readonly queues = new Observable<OrderQueues | undefined>(undefined);
  /** Why this key may not watch them, when it may not. */
  readonly forbidden = new Observable<string | undefined>(undefined);
  readonly #ends: readonly (() => void)[];

  constructor(connection: Connection) {
    this.#ends = ['recent', 'queues'].map((key) =>
      connection.watch('orders', key, {}, (state) => {
        if (state.phase === 'known') this.#take(state.entry.d);
        if (state.phase === 'refused') this.forbidden.set(state.message);
      }),
    );
  }

  end(): void {
    for (const end of this.#ends) end();
  }

  #take(state: RecentOrders | OrderQueues): void {
    if ('orders' in state) this.recent.set(state);
    else this.queues.set(state);
  }
}
