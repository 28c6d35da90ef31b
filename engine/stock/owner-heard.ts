import type { ShardRequest } from '../contract/machine.ts';
import { grainMs } from '../contract/silence.ts';
import type { RecordedEvent } from './event-identity.ts';
import type { NodeRow } from './node-table.ts';
import type { StockState } from './stock-state.ts';

// Events of a node's owner are told to the intake shard, which knows who is silent: the first of each grain (rule AV5).
// What was told is told again after a crash; an older word is no news there.

/** Whether the event is to be told. Asked before and again after it is a fact, of the same state. */
function isTold(state: StockState, event: RecordedEvent, atMs: number): boolean {
  if (state.reference.nodes.get(event.node)?.owner !== event.source) return false;
  const node = state.nodes.names.find(event.node);
  const last = node === 0 ? null : state.nodes.at(node).ownerHeard;
  if (last === null || last.source !== event.source) return true;
  return atMs - last.at >= grainMs(state.reference.sources.get(event.source)?.freshMs ?? 0);
}

export function ownerHeardRequests(state: StockState, event: RecordedEvent, atMs: number): readonly ShardRequest[] {
  if (!isTold(state, event, atMs)) return NONE;
  const { node, source } = event;
  return [{ shard: state.settings.intake, command: { do: 'owner-heard', node, source, heardAt: atMs } }];
}

/** One array for the many events that are not told. */
const NONE: readonly ShardRequest[] = [];

export function noteOwnerHeard(state: StockState, event: RecordedEvent, atMs: number): void {
  if (!isTold(state, event, atMs)) return;
  state.nodes.at(state.nodes.intern(event.node)).ownerHeard = { source: event.source, at: atMs };
}

/** All that was told last: whether it arrived before a crash, nobody here knows. */
export function outstandingHeard(state: StockState): ShardRequest[] {
  return [...state.reference.nodes.keys()].flatMap((node) => {
    const number = state.nodes.names.find(node);
    const row: NodeRow | undefined = number === 0 ? undefined : state.nodes.at(number);
    if (row === undefined || row.ownerHeard === null) return [];
    const { source, at } = row.ownerHeard;
    return [{ shard: state.settings.intake, command: { do: 'owner-heard', node, source, heardAt: at } }];
  });
}
