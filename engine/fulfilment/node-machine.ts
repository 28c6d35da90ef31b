import { unreachable } from '../contract/assert.ts';
import type { NodeCommand } from '../contract/command.ts';
import { takeRows } from '../contract/known-rows.ts';
import type { Machine, ShardRequest } from '../contract/machine.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { NodeAnswer, NodeQuery } from '../contract/query.ts';
import { actOnWork } from './act-on-work.ts';
import { beginImage, digestOf, restore } from './node-image.ts';
import { answerNode, loadOf } from './node-answers.ts';
import { NodeState } from './node-state.ts';
import { offerWork } from './offer-work.ts';
import { pullBack } from './pull-back.ts';
import { type Decided, NOTHING, tellOrder } from './work-moved.ts';
import { workDue } from './work-due.ts';

export interface NodeSettings {
  readonly shard: number;
}

/** Owns what nodes have to do, and numbers what happens to it (rule OR8). */
export function createNodeMachine({ shard }: NodeSettings): Machine<NodeCommand, NodeFact, NodeQuery, NodeAnswer> {
  const state = new NodeState();
  return {
    decide(command, atMs) {
      switch (command.do) {
        case 'offer-work':
          return offerWork(state, command, atMs);
        case 'pull-back':
          return pullBack(state, command, atMs);
        case 'work-act':
          return actOnWork(state, command.act, shard, atMs);
        case 'work-heard':
          return workHeard(state, command, atMs);
        case 'read-load':
          return readLoad(state, command, shard, atMs);
        case 'apply':
          return { ...NOTHING, ...takeRows(state.rows, command, shard, atMs) };
        case 'tick':
          return workDue(state, shard, atMs);
        default:
          return unreachable(command);
      }
    },
    evolve: (fact, lsn) => state.evolve(fact, lsn),
    dueAt: () => state.dueAt(),
    takeChanges: () => [],
    takeOpen: () => [],
    answer: (query, atMs) => answerNode(state, query, atMs),
    outstanding: () => untold(state, shard),
    beginImage: () => beginImage(state),
    restore: (header, pages) => restore(state, header, pages),
    digest: () => digestOf(state),
  };
}

/** What came before a change that was heard needs no hearing of its own: the work order says it all. */
function workHeard(state: NodeState, heard: Extract<NodeCommand, { do: 'work-heard' }>, at: number): Decided {
  const { work, node, version } = heard;
  const [oldest] = state.workAt(work, node)?.untold ?? [];
  if (oldest === undefined || oldest.work.version > version) return NOTHING;
  return { ...NOTHING, facts: [{ fact: 'WorkToldHeard', at, work, version }] };
}

function readLoad(
  state: NodeState,
  { replyTo, order, ask, nodes }: Extract<NodeCommand, { do: 'read-load' }>,
  shard: number,
  at: number,
): Decided {
  const loads = nodes.map((node) => loadOf(state, node, at));
  return { ...NOTHING, requests: [{ shard: replyTo, command: { do: 'load-read', order, ask, shard, loads } }] };
}

function untold(state: NodeState, self: number): ShardRequest[] {
  return [...state.works.values()].flatMap(({ tell, untold: changes }) =>
    changes.map(({ op, work }) => tellOrder(tell, op, work, self)),
  );
}
