import { type NodeId, type WorkOrderId } from '../contract/ids.ts';
import { refuse } from '../contract/outcome.ts';
import type { WorkOutcome } from '../contract/node-port.ts';
import type { WorkAct, WorkOrder } from '../contract/work-order.ts';
import type { ReferenceView } from '../api.ts';
import type { WorkAsked } from '../order-calls.ts';
import { type Partition, shardOfNode } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/** Main's end of nodes' work: what people there say, and what there is to do. */
export class WorkDoor {
  readonly #calls: ShardCalls;
  readonly #partition: Partition;
  readonly #nodes: ReferenceView['nodes'];

  constructor(calls: ShardCalls, about: { readonly partition: Partition; readonly nodes: ReferenceView['nodes'] }) {
    this.#calls = calls;
    this.#partition = about.partition;
    this.#nodes = about.nodes;
  }

  async act(act: WorkAct): Promise<WorkOutcome> {
    if (!this.#nodes.has(act.node)) return refuse('unknown-work', { field: 'work' });
    return this.#calls.command<WorkOutcome>(this.#shardOf(act.node), { do: 'work-act', act });
  }

  async page(asked: WorkAsked): Promise<{ readonly works: readonly WorkOrder[]; readonly head: number }> {
    const { works, head } = await this.#calls.query(this.#shardOf(asked.node), { ask: 'work', ...asked }, 'work');
    return { works, head };
  }

  /** Of this node only. */
  async one(node: NodeId, work: WorkOrderId): Promise<WorkOrder | undefined> {
    const found = (await this.#calls.query(this.#shardOf(node), { ask: 'work-order', work }, 'work-order')).work;
    return found?.node === node ? found : undefined;
  }

  #shardOf(node: NodeId): number {
    return shardOfNode(this.#partition, node);
  }
}
