import type { ShardRequest } from '../contract/machine.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import type { SkuAtNodes } from '../contract/sourcing.ts';
import type { StockPortCommand } from '../contract/stock-port.ts';
import { setOf } from './apply-reference.ts';
import { positionsOf } from './position-change.ts';
import type { StockState } from './stock-state.ts';

// What sourcing is told of skus (rule OR5): advice at a moment, no fact. The step that follows it decides.

type ReadNodes = Extract<StockPortCommand, { do: 'read-nodes' }>;

export function readNodes(state: StockState, { replyTo, order, ask, group, skus }: ReadNodes): ShardRequest {
  const set = setOf(state, group);
  const { shard } = state.settings;
  const read = skus.map((sku) => atNodes(state, sku, set));
  return { shard: replyTo, command: { do: 'nodes-read', order, ask, shard, skus: read } };
}

function atNodes(state: StockState, sku: Sku, set: number): SkuAtNodes {
  const { grams, department, scale = 0 } = state.reference.items.get(sku)?.ref ?? {};
  return {
    sku,
    ...(grams !== undefined && { grams }),
    ...(department !== undefined && { department }),
    ...(scale > 0 && { scale }),
    nodes: nodesWith(state, state.skus.names.find(sku), set),
  };
}

function nodesWith(state: StockState, sku: number, set: number): SkuAtNodes['nodes'] {
  if (sku === 0) return [];
  return [...positionsOf(state, sku)].flatMap((position) => {
    const node = state.positions.node.get(position);
    const available = state.positions.available.get(position);
    if (available === 0 || !state.sets.has(set, node)) return [];
    const isStale = state.nodes.at(node).silence !== null;
    return [{ node: state.nodes.names.name(node) as NodeId, available, ...(isStale && { stale: true as const }) }];
  });
}
