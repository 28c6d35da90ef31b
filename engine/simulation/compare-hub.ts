import type { Order } from '../contract/order.ts';
import type { NodeId, OrderId } from '../contract/ids.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import type { HubFile } from './hub-file.ts';
import type { HubModel } from './hub-model.ts';
import { require, requireSame } from './violation.ts';
import type { WorkModel } from './work-model.ts';

// What shards of orders and of nodes' work show against what their facts say.

export function compareOrders({ machine, number }: HostedShard, model: HubModel, ids: Iterable<string>): void {
  for (const id of ids) {
    const file = model.files.get(id);
    if (file === undefined) continue;
    const answer = machine.answer({ ask: 'orders', ids: [id as OrderId] }, 0);
    const order = answer.answer === 'orders' ? answer.orders[0] : undefined;
    require(order !== undefined, () => `shard ${number} has no ${id}`);
    requireSame(shown(order), expected(file), () => `${id} in shard ${number}`);
  }
}

function shown({ version, lines, holds, works, queue }: Order): object {
  return {
    version,
    lines: lines.map(({ line, sku, units, pieces }) => ({ line, sku, units, pieces })),
    holds: holds.map(({ kind }) => kind),
    works: works.map(({ work, node, state, version: of }) => [work, node, state, of]),
    queue: queue?.queue ?? null,
  };
}

function expected({ version, lines, holds, works, queue }: HubFile): object {
  return {
    version,
    lines: lines.map(({ line, sku, units, pieces }) => ({ line, sku, units, pieces })),
    holds,
    works: works.map(({ work, node, state, version: of }) => [work, node, state, of]),
    queue: queue ?? null,
  };
}

export function compareWork({ machine, number }: HostedShard, model: WorkModel, atMs: number): void {
  for (const [node, head] of model.heads) {
    const answer = machine.answer({ ask: 'work', node: node as NodeId, ended: true, limit: 10_000 }, atMs);
    require(answer.answer === 'work', () => `shard ${number} shows no work`);
    const own = [...model.works.values()].filter(({ work }) => work.node === node);
    const should = own.map(({ work: { collectCode: _code, ...work } }) => work);
    const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
    const is = [answer.head, answer.works.toSorted(byId)];
    requireSame(is, [head, should.toSorted(byId)], () => `work of ${node} in shard ${number}`);
  }
}
