import type { NodeId, Sku } from '../contract/ids.ts';
import { switchKey } from '../contract/reference.ts';
import { hearOf } from './position-change.ts';
import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';

/** Row of the sku, made when an event names it first. */
export function openSku(state: StockState, name: Sku): number {
  const known = state.skus.names.find(name);
  if (known !== 0) return known;
  return state.skus.add(name, state.reference.items.get(name)?.ref);
}

/** Row of the position, made when an event names it first. */
export function openPosition(state: StockState, sku: number, node: number): number {
  const known = state.positions.find(sku, node);
  if (known !== 0) return known;
  const position = state.positions.add(sku, node);
  chainToSku(state, sku, position);
  chainToNode(state, node, position);
  startSwitched(state, sku, node, position);
  startFromComplete(state, node, position);
  return position;
}

function chainToSku(state: StockState, sku: number, position: number): void {
  const { skus, positions } = state;
  const last = skus.last.get(sku);
  if (last === 0) skus.first.set(sku, position);
  else positions.nextOfSku.set(last, position);
  skus.last.set(sku, position);
}

function chainToNode(state: StockState, node: number, position: number): void {
  const row = state.nodes.at(node);
  if (row.last === 0) row.first = position;
  else state.positions.nextOfNode.set(row.last, position);
  row.last = position;
  row.positions++;
}

/** The switch may have been known before anybody spoke of the position. */
function startSwitched(state: StockState, sku: number, node: number, position: number): void {
  const { switches } = state.reference;
  if (switches.size === 0) return;
  const key = switchKey({ sku: state.skus.names.name(sku) as Sku, node: state.nodes.names.name(node) as NodeId });
  if (switches.get(key)?.enabled === false) state.positions.mark(position, FLAG.off, true);
}

/** A complete snapshot of the node said 0 about everything it did not list, this position included. */
function startFromComplete(state: StockState, node: number, position: number): void {
  const { complete, completes } = state.nodes.at(node);
  if (complete === null) return;
  state.positions.snapshots.set(position, complete, state.sources.intern(complete.source));
  for (const [source, atMs] of completes) hearOf(state, position, source, atMs);
}
