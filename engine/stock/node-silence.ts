import type { SilenceFact } from '../contract/stock-fact.ts';
import type { Decision } from '../contract/machine.ts';
import type { NodeSilenceCommand } from '../contract/silence.ts';
import { closeSku } from './close-sku.ts';
import { refreshPosition } from './position-change.ts';
import type { StockState } from './stock-state.ts';

// What the intake shard says about a node (rule AV5): a fact here, because it changes numbers. Every sku of the node is
// published again, since each of them says that it is stale.

export function decideNodeSilence(
  state: StockState,
  { node, number, replyTo, silence }: NodeSilenceCommand,
  atMs: number,
): Decision<SilenceFact> {
  const reply = { do: 'silence-told', node, number, shard: state.settings.shard } as const;
  const row = state.nodes.at(state.nodes.names.find(node));
  const isNew = number > row.silenceNumber;
  const facts = isNew ? [factOf({ node, number, at: atMs }, silence, row.silence !== null)] : [];
  return { outcome: { status: 'applied' }, facts, requests: [{ shard: replyTo, command: reply }] };
}

function factOf(
  head: Pick<SilenceFact, 'node' | 'number' | 'at'>,
  silence: NodeSilenceCommand['silence'],
  wasStale: boolean,
): SilenceFact {
  if (silence === null) return { fact: 'NodeCameBack', ...head };
  return { fact: wasStale ? 'SilenceStepReached' : 'NodeWentStale', ...head, silence };
}

export function applyNodeSilence(state: StockState, fact: SilenceFact, lsn: number): void {
  const row = state.nodes.at(state.nodes.intern(fact.node));
  const before = row.silence;
  row.silence = fact.fact === 'NodeCameBack' ? null : fact.silence;
  row.silenceNumber = fact.number;
  state.nodes.staleCount += Number(row.silence !== null) - Number(before !== null);
  if (before === null && row.silence === null) return;
  for (let position = row.first; position !== 0; position = state.positions.nextOfNode.get(position)) {
    refreshPosition(state, position);
    closeSku(state, state.positions.sku.get(position), lsn);
  }
}
