import type { NodeId, WorkOrderId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import { dueOf, type NodeState, type WorkEntry } from './node-state.ts';
import { type Decided, moved, NOTHING, tellOrder } from './work-moved.ts';

/** Work orders that one tick looks at; the host ticks again at once while more are due. */
const PER_TICK = 500;

/** What time does: what was not accepted or collected goes back, and what is long over is forgotten. */
export function workDue(state: NodeState, self: number, at: number): Decided {
  const late = [...new Set(state.due.dueBy(at, PER_TICK))].flatMap((id) => lateOf(state.works.get(id), at));
  const eventsBefore = new Map<NodeId, number>();
  const facts: NodeFact[] = [];
  const requests: ShardRequest[] = [];
  for (const entry of late) {
    const { node, state: was } = entry.work;
    const op = was === 'queued' ? 'accept-timeout' : 'pickup-timeout';
    const later = eventsBefore.get(node) ?? 0;
    eventsBefore.set(node, later + 1);
    const fact = moved(state, withoutActor(entry), op, { at, later, set: { reason: REASONS[op] } });
    facts.push({ ...fact, tell: entry.tell });
    requests.push(tellOrder(entry.tell, op, fact.news.work, self));
  }
  return { ...NOTHING, facts: [...facts, ...forgotten(state.forgettable(at, PER_TICK), at)], requests };
}

const REASONS = { 'accept-timeout': 'not accepted in time', 'pickup-timeout': 'not collected in time' } as const;

/** Nothing for a name that stands in the queue for what has been done since. */
function lateOf(entry: WorkEntry | undefined, at: number): WorkEntry[] {
  return entry !== undefined && (dueOf(entry) ?? Infinity) <= at ? [entry] : [];
}

/** Nobody did it. */
function withoutActor(entry: WorkEntry): WorkEntry {
  const { by: _by, ...work } = entry.work;
  return { ...entry, work };
}

function forgotten(works: readonly WorkOrderId[], at: number): NodeFact[] {
  return works.length === 0 ? [] : [{ fact: 'WorkForgotten', at, works }];
}
