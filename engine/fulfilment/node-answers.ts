import { unreachable } from '../contract/assert.ts';
import type { NodeId, WorkOrderId } from '../contract/ids.ts';
import { localDayOf } from '../contract/opening-hours.ts';
import type { NodeAnswer, NodeQuery } from '../contract/query.ts';
import type { NodeRef } from '../contract/reference.ts';
import type { NodeLoad, WorkOrder } from '../contract/work-order.ts';
import type { NodeState } from './node-state.ts';
import { shown } from './work-moved.ts';

export function answerNode(state: NodeState, query: NodeQuery, at: number): NodeAnswer {
  switch (query.ask) {
    case 'work':
      return { answer: 'work', works: worksOf(state, query), head: state.nodes.get(query.node)?.head ?? 0 };
    case 'work-order': {
      const entry = state.works.get(query.work);
      return { answer: 'work-order', work: entry && shown(entry.work) };
    }
    case 'lsn':
      return { answer: 'lsn', lsn: state.lsn };
    case 'stats':
      return {
        answer: 'stats',
        stats: {
          loads: [...state.nodes.keys()].map((node) => loadOf(state, node, at)),
          bookVersion: state.rows.version,
        },
      };
    default:
      return unreachable(query);
  }
}

export function loadOf(state: NodeState, node: NodeId, at: number): NodeLoad {
  const ref = state.node(node);
  const perDay = ref?.ordersPerDay;
  return {
    node,
    open: state.nodes.get(node)?.open.size ?? 0,
    today: ref === undefined ? 0 : todayOf(state, ref, at),
    ...(perDay !== undefined && { perDay }),
  };
}

/** Work orders a node was offered on its local day; those it gave back count, its day was planned with them. */
export function todayOf(state: NodeState, { id, timeZone }: NodeRef, at: number): number {
  const queue = state.nodes.get(id);
  return queue !== undefined && queue.day === localDayOf(timeZone, at) ? queue.today : 0;
}

function worksOf(state: NodeState, query: Extract<NodeQuery, { ask: 'work' }>): WorkOrder[] {
  const { node, ended = false, after, limit } = query;
  const queue = state.nodes.get(node);
  const from = after === undefined ? 0 : (state.works.get(after)?.came ?? 0);
  const works: WorkOrder[] = [];
  for (const id of (ended ? queue?.all : queue?.open) ?? new Set<WorkOrderId>()) {
    if (works.length >= limit) break;
    const entry = state.works.get(id);
    if (entry !== undefined && entry.came > from) works.push(shown(entry.work));
  }
  return works;
}
