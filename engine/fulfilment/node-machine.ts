import type { NodeCommand } from '../contract/command.ts';
import { digestHex } from '../contract/digest.ts';
import { KnownRows, takeRows } from '../contract/known-rows.ts';
import type { Machine } from '../contract/machine.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { NodeAnswer, NodeQuery } from '../contract/query.ts';

export interface NodeSettings {
  readonly shard: number;
}

/** Owns what nodes have to do, and numbers what happens to it (rule OR8). */
export function createNodeMachine({ shard }: NodeSettings): Machine<NodeCommand, NodeFact, NodeQuery, NodeAnswer> {
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
    answer: () => ({ answer: 'stats', stats: { loads: [] } }),
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
