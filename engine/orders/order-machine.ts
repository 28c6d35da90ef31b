import { digestHex } from '../contract/digest.ts';
import { KnownRows, takeRows } from '../contract/known-rows.ts';
import type { Machine } from '../contract/machine.ts';
import type { OrderCommand } from '../contract/order-command.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import type { OrderAnswer, OrderQuery } from '../contract/query.ts';

export interface OrderSettings {
  readonly shard: number;
  /** Where a node's work is decided about. */
  readonly nodeShards: number;
  readonly nodes: number;
}

/** Owns orders: what channels say of them, what of them is promised where, and what is asked of stock and nodes for it. */
export function createOrderMachine({
  shard,
}: OrderSettings): Machine<OrderCommand, OrderFact, OrderQuery, OrderAnswer> {
  const rows = new KnownRows();
  return {
    decide(command, atMs) {
      if (command.do === 'apply') return { outcome: { status: 'applied' }, ...takeRows(rows, command, shard, atMs) };
      return { outcome: { status: 'applied' }, facts: [], requests: [] };
    },
    evolve(fact) {
      if (fact.fact === 'RowsApplied') rows.apply(fact);
    },
    dueAt: () => Infinity,
    takeChanges: () => [],
    takeOpen: () => [],
    answer: () => ({ answer: 'stats', stats: { orders: 0, open: 0, early: 0 } }),
    outstanding: () => [],
    beginImage: () => ({
      header: new TextEncoder().encode(JSON.stringify([rows.version, rows.save()])),
      pageCount: 0,
      next: () => undefined,
      abandon() {},
    }),
    restore(header) {
      const [version, saved] = JSON.parse(new TextDecoder().decode(header)) as [number, ReturnType<KnownRows['save']>];
      rows.load(saved, version);
    },
    digest: () => digestHex(JSON.stringify([rows.version, rows.save()])),
  };
}
