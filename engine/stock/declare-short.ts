import { STAFF } from '../contract/correction.ts';
import type { AllocationId } from '../contract/ids.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { refuse } from '../contract/outcome.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { type AllocationRow, NO_LINES } from './allocations.ts';
import { applyDelta } from './apply-delta.ts';
import { settle } from './apply-allocation.ts';
import { freeOf } from './availability.ts';
import { closeSku } from './close-sku.ts';
import { LATE_MS } from './corrections.ts';
import type { Judged, No } from './judged-step.ts';
import { hearOf, refreshPosition, termsOf } from './position-change.ts';
import { UNITS_MAX } from './quantities.ts';
import { moveEffect } from './states.ts';
import type { StockState } from './stock-state.ts';

// A node could not hand over what it was asked for (rule OR8): what it says is an entry of `staff`, a move between states
// like any other, so that a count replaces it and a void, a book or a complete does what it does to any.

type Of<Name extends AllocationStep['do']> = Extract<AllocationStep, { do: Name }>;
type Short = Extract<StockFact, { fact: 'ShortDeclared' }>;

export function declareShort(state: StockState, command: Of<'declare-short'>, atMs: number): Judged | No {
  const { allocation: id, step, as, sku, node, units } = command;
  const row = lastRow(state, id);
  if (row === undefined) return refuse('unknown-allocation', { field: 'allocation' });
  if (!state.reference.nodes.has(node)) return refuse('unknown-node', { field: 'node' });
  if (state.skus.names.find(sku) === 0) return refuse('unknown-sku', { field: 'sku' });
  const position = state.positions.find(state.skus.names.find(sku), state.nodes.names.find(node));
  if (position === 0) return refuse('unknown-line', { field: 'node' });
  if (!Number.isSafeInteger(units) || units < 1 || units > UNITS_MAX) {
    return refuse('units-out-of-bounds', { field: 'units' });
  }
  const to = as === 'not-found' ? 'suspect' : 'damaged';
  const moved = as === 'not-found' ? missing(state, position, row, command) : units;
  const { at: newestAt = 0 } = state.positions.snapshots.base(position) ?? {};
  const seenAt = Math.max(atMs, newestAt + 1);
  return { facts: [{ fact: 'ShortDeclared', at: atMs, id, step, sku, node, to, units: moved, seenAt }], row };
}

/**
 * Units that become suspect, >= 0: those that this allocation was to have there, as far as it still does, and all that nobody
 * was promised. Promises of others stay as they are: they may be picked already. on-hand 10, this one 2, others 3 -> 7.
 */
function missing(
  state: StockState,
  position: number,
  row: AllocationRow,
  { sku, node, units }: Of<'declare-short'>,
): number {
  const here = row.lines.filter((line) => line.sku === sku && 'node' in line && line.node === node);
  const own = here.reduce((sum, line) => sum + line.units, 0);
  return Math.max(0, freeOf(termsOf(state, position)) + Math.min(units, own));
}

/** What the allocation has, or nothing when all of it went elsewhere since; undefined: nobody knows it. */
function lastRow(state: StockState, id: AllocationId): AllocationRow | undefined {
  const before = state.allocations.find(id);
  if (before !== undefined) return before;
  const waiter = state.waiting.anyOf(id);
  if (waiter !== undefined) return { channel: waiter.channel, movementRef: waiter.movementRef, ...NO_LINES };
  const answer = state.steps.find(id)?.answer;
  if (answer?.status !== 'allocated') return undefined;
  const { channel, movementRef } = answer.allocation;
  return { channel, movementRef, ...NO_LINES };
}

export function applyShort(state: StockState, fact: Short, lsn: number): void {
  const { id, seenAt: at, units, to } = fact;
  const sku = state.skus.names.find(fact.sku);
  const node = state.nodes.names.find(fact.node);
  const position = state.positions.find(sku, node);
  const row = lastRow(state, id);
  if (units > 0) {
    const source = state.sources.intern(STAFF);
    const window = state.windows.open(source, state.streams.intern(STAFF), node);
    const effect = moveEffect('sellable', to);
    applyDelta(state, position, { at, postedAt: at, seq: -1, series: 0, units, effect, window });
    // No ids are remembered under it, so none fall out.
    state.windows.hear(window, { atMs: at, lateMs: LATE_MS }, () => {});
    hearOf(state, position, source, at);
    refreshPosition(state, position);
    closeSku(state, sku, lsn);
  }
  if (row !== undefined) settle(state, fact, row);
}
