import type { NodeCommand } from '../contract/command.ts';
import { orderOfWork } from '../contract/ids.ts';
import type { NodePortReply, PullBackRefusal } from '../contract/node-port.ts';
import { refuse } from '../contract/outcome.ts';
import type { NodeState, WorkEntry } from './node-state.ts';
import { type Decided, moved, NOTHING, shown } from './work-moved.ts';
import { isFinal, WORK_TABLE } from './work-table.ts';

type PullBack = Extract<NodeCommand, { do: 'pull-back' }>;

/** The order wants its work back. Its answer says all, so it is no change that must be heard besides. */
export function pullBack(state: NodeState, command: PullBack, at: number): Decided {
  const { work: id, node, ask } = command;
  const entry = state.workAt(id, node);
  if (entry === undefined) return answer(command, refuse('unknown-work'));
  const { asked } = entry;
  if (asked?.ask === ask) {
    const isBack = asked.was === 'pulled-back';
    return answer(
      command,
      isBack ? { status: 'pulled-back', work: shown(entry.work) } : refuse(asked.was as PullBackRefusal),
    );
  }
  // A request that was answered long ago, late: the answer to the newer one counts.
  if (asked !== undefined && asked.ask > ask) return NOTHING;

  const code = refusalOf(entry);
  if (code !== undefined) {
    return { ...answer(command, refuse(code)), facts: [{ fact: 'PullBackRefused', at, work: id, ask, code }] };
  }
  const fact = { ...moved(state, entry, 'pull-back', { at, set: { reason: command.reason, by: command.by } }), ask };
  return { ...answer(command, { status: 'pulled-back', work: shown(fact.news.work) }), facts: [fact] };
}

function refusalOf({ work: { state } }: WorkEntry): PullBackRefusal | undefined {
  if (WORK_TABLE[state]['pull-back'] !== 'refused') return undefined;
  return isFinal(state) ? 'already-ended' : 'already-packed';
}

function answer(
  { work, ask, replyTo }: PullBack,
  outcome: Extract<NodePortReply, { do: 'pull-back-answered' }>['outcome'],
): Decided {
  const order = orderOfWork(work);
  if (order === undefined) return NOTHING;
  return {
    ...NOTHING,
    requests: [{ shard: replyTo, command: { do: 'pull-back-answered', order, work, ask, outcome } }],
  };
}
