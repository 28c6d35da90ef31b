import type { NodeFact, OrderFact } from '../contract/order-fact.ts';

/** What the judge knows of a shard of orders or of nodes' work. */
export class OrderShardModel {
  lsn = 0;
  lastAt = -Infinity;

  clone(): OrderShardModel {
    return Object.assign(new OrderShardModel(), this);
  }

  apply(fact: OrderFact | NodeFact, lsn: number): readonly string[] {
    this.lsn = lsn;
    this.lastAt = fact.at;
    return [];
  }
}
