import { unreachable } from '../contract/assert.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { GroupId } from '../contract/ids.ts';
import type { ItemRef, NodeRef, PoolRef, SwitchRef } from '../contract/reference.ts';
import { applyRetired } from './apply-retired.ts';
import { applySafetyRows } from './apply-safety.ts';
import { closeSku, settleSkus } from './close-sku.ts';
import { positionsAt, positionsOf, refreshPosition } from './position-change.ts';
import { FLAG } from './position-table.ts';
import { SKU_FLAG } from './sku-table.ts';
import type { StockState } from './stock-state.ts';

// evolve() for ReferenceApplied: rows replace rows, and what they change of availability spreads. Rows that say what is
// known already touch nothing, so the files can be applied again on every start.

type Applied = Extract<StockFact, { fact: 'ReferenceApplied' }>;

export function applyReference(state: StockState, fact: Applied, lsn: number): void {
  const { batch, retire = [], version, refusedRows = [] } = fact;
  if (version !== undefined) state.reference.taken = { version, refusedRows };
  if (retire.length > 0) closeAll(state, applyRetired(state, { of: batch.of, keys: retire }, fact.at, lsn), lsn);
  if (batch.rows.length > 0) applyRows(state, fact, lsn);
  // A rule that begins later takes from what may be promised for later.
  if (batch.of === 'nodes' || batch.of === 'safety') settleSkus(state, state.bandDates.skus, lsn);
}

function applyRows(state: StockState, { batch, at }: Applied, lsn: number): void {
  state.reference.put(batch, lsn);
  switch (batch.of) {
    case 'sources':
    case 'kits':
    case 'outfeeds':
    case 'carriers':
    case 'sourcing':
    case 'automations':
      // No position changes: a kit's stock is made of its components' (views/kit-stock.ts).
      return;
    case 'nodes':
      return closeAll(state, applyNodes(state, batch.rows), lsn);
    case 'items':
      return closeAll(state, applyItems(state, batch.rows), lsn);
    case 'groups':
      // Sets are numbered here, so that decide() never has to.
      for (const { id } of batch.rows) setOf(state, id);
      return closeChannels(state, lsn);
    case 'channels':
      return closeChannels(state, lsn);
    case 'pools':
      return closeAll(state, applyPools(state, batch.rows), lsn);
    case 'safety':
      return applySafetyRows(state, at, lsn);
    case 'switches':
      return closeAll(state, applySwitches(state, batch.rows), lsn);
    default:
      unreachable(batch);
  }
}

function closeAll(state: StockState, skus: Iterable<number>, lsn: number): void {
  for (const sku of skus) closeSku(state, sku, lsn);
}

function closeChannels(state: StockState, lsn: number): void {
  if (replanChannels(state)) closeAll(state, allSkus(state), lsn);
}

function applyNodes(state: StockState, rows: readonly NodeRef[]): Set<number> {
  const moved = new Set<number>();
  state.safety.current.forgetWinners();
  for (const { id, enabled, safety } of rows) {
    const node = state.nodes.at(state.nodes.intern(id));
    // A rule may ask for the node's kind, so with rules every row may change its positions.
    if (state.safety.isEmpty && node.enabled === enabled && node.safety === safety) continue;
    node.enabled = enabled;
    node.safety = safety;
    for (const position of positionsAt(state, state.nodes.names.find(id))) {
      refreshPosition(state, position);
      moved.add(state.positions.sku.get(position));
    }
  }
  return moved;
}

function applyItems(state: StockState, rows: readonly ItemRef[]): number[] {
  const moved: number[] = [];
  for (const item of rows) {
    const sku = state.skus.names.find(item.sku);
    if (sku === 0) continue;
    const before = state.skus.has(sku, SKU_FLAG.enabled);
    state.skus.describe(sku, item);
    // A rule may ask for the item's department, and a band for its first day of sale.
    if (state.safety.isEmpty && !state.sellsInbound && before === item.enabled) continue;
    for (const position of positionsOf(state, sku)) refreshPosition(state, position);
    moved.push(sku);
  }
  return moved;
}

function applyPools(state: StockState, rows: readonly PoolRef[]): Set<number> {
  for (const row of rows) state.pools.setAside(row);
  return new Set(rows.map((row) => state.skus.names.find(row.sku)).filter((sku) => sku !== 0));
}

/** A position nobody has spoken of takes its switch when it is opened. */
function applySwitches(state: StockState, rows: readonly SwitchRef[]): Set<number> {
  const moved = new Set<number>();
  for (const row of rows) {
    const sku = state.skus.names.find(row.sku);
    const position = sku === 0 ? 0 : state.positions.find(sku, state.nodes.names.find(row.node));
    if (position === 0 || state.positions.has(position, FLAG.off) !== row.enabled) continue;
    state.positions.mark(position, FLAG.off, !row.enabled);
    refreshPosition(state, position);
    moved.add(sku);
  }
  return moved;
}

/** True when a channel's nodes or limits changed; its sums are then worked out again. */
function replanChannels(state: StockState): boolean {
  const before = JSON.stringify(state.channels);
  planChannels(state);
  if (JSON.stringify(state.channels) === before) return false;
  sumChannels(state);
  return true;
}

/** Works out which nodes each channel has. Also after a restore, whose pages then bring the sums. */
export function planChannels(state: StockState): void {
  state.channels = [...state.reference.channels.values()].map(
    ({ id, group, lowAt, clearAt, threshold = 0, sellsInbound = false }) => ({
      id,
      set: setOf(state, group),
      lowAt,
      clearAt,
      threshold,
      sellsInbound,
    }),
  );
  state.sellsInbound = state.channels.some((channel) => channel.sellsInbound);
  while (state.skus.channels.length < state.channels.length) state.skus.addChannel();
  state.channelsOfNode = channelsOfNode(state);
}

/** The empty set. */
const NO_NODES = 0;

/** Nodes that serve a group now; a group nobody described has none. */
export function setOf(state: StockState, group: GroupId): number {
  const row = state.reference.groups.get(group);
  if (row === undefined) return NO_NODES;
  return state.sets.ofRow(row, () => row.nodes.map((node) => state.nodes.intern(node)));
}

function channelsOfNode(state: StockState): number[][] {
  const served: number[][] = [];
  for (const [channel, { set }] of state.channels.entries()) {
    for (const node of state.sets.nodes(set)) (served[node] ??= []).push(channel);
  }
  return served;
}

function* allSkus(state: StockState): Generator<number> {
  for (let sku = 1; sku <= state.skus.count; sku++) yield sku;
}

function sumChannels(state: StockState): void {
  for (const sku of allSkus(state)) {
    for (const { sum, asOf } of state.skus.channels) {
      sum.set(sku, 0);
      asOf.set(sku, 0);
    }
    for (const position of positionsOf(state, sku)) addToChannels(state, sku, position);
  }
}

function addToChannels(state: StockState, sku: number, position: number): void {
  const { positions, skus } = state;
  for (const channel of state.channelsOfNode[positions.node.get(position)] ?? []) {
    const columns = skus.channels[channel];
    if (columns === undefined) continue;
    columns.sum.set(sku, columns.sum.get(sku) + positions.available.get(position));
    state.asOf.each(positions.asOf.get(position), (_, atMs) => {
      if (atMs > columns.asOf.get(sku)) columns.asOf.set(sku, atMs);
    });
  }
}
