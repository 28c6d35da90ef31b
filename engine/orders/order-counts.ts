import type { OrderId } from '../contract/ids.ts';
import type { ExceptionQueue, Order, OrderStatus } from '../contract/order.ts';
import { statusOf } from '../contract/order-status.ts';

interface CountedAs {
  readonly status: OrderStatus;
  readonly queue: ExceptionQueue | undefined;
}

/** How many orders are in each status and queue. Aside of the state; only those that changed are looked at again. */
export class OrderCounts {
  readonly byStatus = new Map<OrderStatus, number>();
  readonly byQueue = new Map<ExceptionQueue, number>();
  readonly #countedAs = new Map<OrderId, CountedAs>();
  readonly #changed = new Set<OrderId>();

  note(id: OrderId): void {
    this.#changed.add(id);
  }

  refresh(find: (id: OrderId) => Order | undefined): void {
    for (const id of this.#changed) {
      this.#add(this.#countedAs.get(id), -1);
      const order = find(id);
      const now = order && { status: statusOf(order), queue: order.queue?.queue };
      if (now === undefined) this.#countedAs.delete(id);
      else this.#countedAs.set(id, now);
      this.#add(now, 1);
    }
    this.#changed.clear();
  }

  #add(as: CountedAs | undefined, by: 1 | -1): void {
    if (as === undefined) return;
    this.byStatus.set(as.status, (this.byStatus.get(as.status) ?? 0) + by);
    if (as.queue !== undefined) this.byQueue.set(as.queue, (this.byQueue.get(as.queue) ?? 0) + by);
  }
}
