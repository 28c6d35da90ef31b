import type { OrderId } from '../contract/ids.ts';
import type { SkuAtNodes } from '../contract/sourcing.ts';
import type { NodeLoad } from '../contract/work-order.ts';
import type { Advice } from './world.ts';

interface Read {
  readonly skus?: readonly SkuAtNodes[];
  readonly loads?: readonly NodeLoad[];
}

/**
 * What was read for questions that are open. It is no state: advice decides nothing that stock does not decide again, and
 * after a crash it is asked for again (requests.ts). Bounded by the questions that are open.
 */
export class AdviceRead {
  readonly #byOrder = new Map<OrderId, { readonly ask: number; readonly byShard: Map<number, Read> }>();

  take(order: OrderId, ask: number, shard: number, read: Read): void {
    const known = this.#byOrder.get(order);
    if (known?.ask === ask) known.byShard.set(shard, read);
    else this.#byOrder.set(order, { ask, byShard: new Map([[shard, read]]) });
  }

  /** Undefined while one of the shards has not answered. */
  of(order: OrderId, ask: number, shards: readonly number[]): Advice | undefined {
    const known = this.#byOrder.get(order);
    if (known?.ask !== ask || !shards.every((shard) => known.byShard.has(shard))) return undefined;
    const reads = [...known.byShard].toSorted(([a], [b]) => a - b).map(([, read]) => read);
    return { ask, skus: reads.flatMap(({ skus = [] }) => skus), loads: reads.flatMap(({ loads = [] }) => loads) };
  }

  forget(order: OrderId): void {
    this.#byOrder.delete(order);
  }
}
