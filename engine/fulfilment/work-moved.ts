import { assert } from '../contract/assert.ts';
import type { Decision, ShardRequest } from '../contract/machine.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { WorkEvent, WorkOrder } from '../contract/work-order.ts';
import type { NodeState, WorkEntry } from './node-state.ts';
import { WORK_TABLE } from './work-table.ts';

export type Decided = Decision<NodeFact>;
type Moved = Extract<NodeFact, { fact: 'WorkMoved' }>;

/** Accepted, nothing changed. */
export const NOTHING: Decided = { outcome: { status: 'applied' }, facts: [], requests: [] };

/** The fact that something happened to a work order. `later`: how many of its node's events the same decision has before. */
export function moved(
  state: NodeState,
  { work }: WorkEntry,
  op: WorkEvent,
  change: { readonly at: number; readonly later?: number; readonly set?: Partial<WorkOrder> },
): Moved {
  const { at, later = 0, set = {} } = change;
  const next = WORK_TABLE[work.state][op];
  assert(next !== 'refused', () => `${op} of ${work.id}, which is ${work.state}`);
  const o = (state.nodes.get(work.node)?.head ?? 0) + 1 + later;
  const now: WorkOrder = { ...work, at, ...set, state: next, version: work.version + 1 };
  return { fact: 'WorkMoved', at, news: { o, node: work.node, op, at, work: now } };
}

/** Sent again until it is heard. */
export function tellOrder(shard: number, op: WorkEvent, work: WorkOrder, self: number): ShardRequest {
  return { shard, command: { do: 'work-changed', shard: self, op, work: shown(work) } };
}

/** As others see it: the order knows its code, and a node asks the customer for it. */
export function shown(work: WorkOrder): WorkOrder {
  const { collectCode: _collectCode, ...rest } = work;
  return rest;
}
