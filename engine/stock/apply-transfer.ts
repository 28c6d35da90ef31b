import type { StockFact } from '../contract/stock-fact.ts';
import { NO_LINES } from './allocations.ts';
import { allocated, settle } from './apply-allocation.ts';
import { closeSku } from './close-sku.ts';
import { withKept } from './decide-transfer.ts';
import { refreshExpected } from './expect.ts';
import { openPosition } from './open-position.ts';
import { refreshPosition } from './position-change.ts';
import type { StockState } from './stock-state.ts';
import { withoutTaken } from './take-units.ts';

// evolve() for units on their way from node to node (rule FD8).

/** Departed at the sender, as if shipped; due at the receiver, where they are nobody's stock yet. */
export function applyTransferred(
  state: StockState,
  fact: Extract<StockFact, { fact: 'UnitsTransferred' }>,
  lsn: number,
): void {
  const { movementRef, units, taken, keep = false, dueAt, leftAt, postedBy, channel, at: atMs } = fact;
  const sku = state.skus.names.find(fact.sku);
  const position = state.positions.find(sku, state.nodes.names.find(fact.from));
  const before = taken === undefined ? state.allocations.find(fact.id) : allocated(state, fact.id);
  const left = taken === undefined ? undefined : withoutTaken(before ?? NO_LINES, taken);
  for (const line of left?.taken ?? []) {
    state.expected.allocate(position, movementRef, -line.units, atMs);
    // As by shipping: what left is no quota any more, wherever it arrives.
    if (line.pool !== undefined) state.pools.use(fact.sku, line.pool.channel, line.pool.units);
  }
  state.expected.depart(position, 'out', movementRef, { units, at: leftAt, postedBy }, atMs);
  const receiver = openPosition(state, sku, state.nodes.intern(fact.to));
  state.expected.send(receiver, movementRef, { units, dueAt, keep }, atMs);
  if (keep) state.expected.allocate(receiver, movementRef, units, atMs);
  for (const each of [position, receiver]) refresh(state, each);
  closeSku(state, sku, lsn);
  const after = left?.after ?? before ?? NO_LINES;
  settle(state, fact, { channel, movementRef, ...(keep ? withKept(state, after, fact) : after) });
}

export function applyWrittenOff(
  state: StockState,
  fact: Extract<StockFact, { fact: 'UnitsWrittenOff' }>,
  lsn: number,
): void {
  const { id, channel, movementRef, units, at: atMs } = fact;
  const sku = state.skus.names.find(fact.sku);
  const receiver = state.positions.find(sku, state.nodes.names.find(fact.to));
  state.expected.lose(receiver, movementRef, units, atMs);
  refresh(state, receiver);
  closeSku(state, sku, lsn);
  settle(state, fact, state.allocations.find(id) ?? { channel, movementRef, ...NO_LINES });
}

function refresh(state: StockState, position: number): void {
  refreshExpected(state, position);
  refreshPosition(state, position);
}
