import { assert } from '../contract/assert.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { AllocationId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { allocationOf, type AllocationRow, NO_LINES } from './allocations.ts';
import { endHeld, placeLines } from './apply-hold.ts';
import { refreshExpected } from './expect.ts';
import { joinLines, moveLines } from './move-lines.ts';
import { openPosition } from './open-position.ts';
import type { PlacedLine } from './placed-line.ts';
import { closeSku } from './close-sku.ts';
import { refreshPosition } from './position-change.ts';
import type { StockState } from './stock-state.ts';
import { withoutTaken } from './take-units.ts';
import { placeLine } from './wanted-lines.ts';

// evolve() for the facts of allocations (rules RS3, FD8).

type Fact<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;
/** What every fact of a step says. */
type Step = { readonly id: AllocationId; readonly step: number; readonly at: number };

export function applyAllocated(state: StockState, fact: Fact<'UnitsAllocated'>, lsn: number): void {
  const { channel, movementRef, lines, drawn } = fact;
  const placed = placeLines(state, lines, { channel, drawn });
  const before = state.allocations.find(fact.id);
  const row = { channel, movementRef, ...joinLines(before ?? NO_LINES, { lines, placed }) };
  commit(state, placed, { movementRef, sign: 1, atMs: fact.at });
  close(state, placed, lsn);
  settle(state, fact, row);
}

export function applyHeldAllocated(state: StockState, fact: Fact<'HeldAllocated'>, lsn: number): void {
  const { channel, movementRef, taken } = fact;
  const held = endHeld(state, fact.from, fact.at);
  const placed = withoutTaken(held, taken).taken;
  const lines = taken.map(({ sku, units, at }): ReserveLine => ({ sku, units, ...at }));
  const before = state.allocations.find(fact.id);
  const row = { channel, movementRef, ...joinLines(before ?? NO_LINES, { lines, placed }) };
  commit(state, placed, { movementRef, sign: 1, atMs: fact.at });
  close(state, held.placed, lsn);
  settle(state, fact, row);
}

export function applyAllocationMoved(state: StockState, fact: Fact<'AllocationMoved'>, lsn: number): void {
  const { moved, at: atMs } = fact;
  const before = allocated(state, fact.id);
  const { channel, movementRef } = before;
  const line: ReserveLine = { sku: moved.sku, units: moved.units, ...moved.to };
  const at = placeLine(state, line);
  const { drawn = 0 } = moved;
  const placed = drawn === 0 ? at : { ...at, pool: { channel, units: drawn } };
  const { taken, put, after } = moveLines(before, moved, { line, placed });
  commit(state, [taken], { movementRef, sign: -1, atMs });
  commit(state, [put], { movementRef, sign: 1, atMs });
  close(state, [put], lsn);
  settle(state, fact, { ...before, ...after });
}

export function applyAllocationReduced(state: StockState, fact: Fact<'AllocationReduced'>, lsn: number): void {
  const before = allocated(state, fact.id);
  const { after, taken } = withoutTaken(before, fact.taken);
  commit(state, taken, { movementRef: before.movementRef, sign: -1, atMs: fact.at });
  close(state, taken, lsn);
  settle(state, fact, { ...before, ...after });
}

/** Allocated units become departed ones: together they are as many as before, so availability stays. */
export function applyDeparted(state: StockState, fact: Fact<'UnitsDeparted'>, lsn: number): void {
  const { movementRef, at: atMs } = fact;
  const before = allocated(state, fact.id);
  const { after, taken } = withoutTaken(before, fact.departed);
  for (const [index, { sku, units, pool, ...place }] of taken.entries()) {
    assert('node' in place, () => `units of ${fact.id} depart from no node`);
    const position = state.positions.find(sku, place.node);
    const { leftAt = 0, postedBy = 0 } = fact.departed[index] ?? {};
    state.expected.allocate(position, movementRef, -units, atMs);
    state.expected.depart(position, 'out', movementRef, { units, at: leftAt, postedBy }, atMs);
    // Sold for good: the pool never gets them back.
    if (pool !== undefined) state.pools.use(state.skus.names.name(sku), pool.channel, pool.units);
    refreshExpected(state, position);
    refreshPosition(state, position);
  }
  close(state, taken, lsn);
  settle(state, fact, { ...before, ...after });
}

/** Expected to be booked once: until it is, on-hand lacks units that are there. */
export function applyCameBack(state: StockState, fact: Fact<'UnitsCameBack'>, lsn: number): void {
  const { id, channel, movementRef, units, leftAt, postedBy, at: atMs } = fact;
  const sku = state.skus.names.find(fact.sku);
  const position = openPosition(state, sku, state.nodes.intern(fact.node));
  state.expected.depart(position, 'in', movementRef, { units, at: leftAt, postedBy }, atMs);
  refreshExpected(state, position);
  refreshPosition(state, position);
  closeSku(state, sku, lsn);
  settle(state, fact, state.allocations.find(id) ?? { channel, movementRef, ...NO_LINES });
}

export function applyAllocationRefused(state: StockState, fact: Fact<'AllocationRefused'>): void {
  const { id, step, refusal, at } = fact;
  state.steps.put(id, { step, answer: refusal }, hasEnded(state, id) ? at : undefined);
}

export function allocated(state: StockState, id: AllocationId): AllocationRow {
  const row = state.allocations.find(id);
  assert(row !== undefined, () => `${id} is changed and has nothing allocated`);
  return row;
}

/** Takes (1) or gives back (-1) the units of allocated lines. */
export function commit(
  state: StockState,
  lines: readonly PlacedLine[],
  { movementRef, sign, atMs }: { readonly movementRef: string; readonly sign: 1 | -1; readonly atMs: number },
): void {
  for (const line of lines) {
    const { sku, pool } = line;
    const units = sign * line.units;
    if (pool !== undefined) state.pools.draw(state.skus.names.name(sku), pool.channel, sign * pool.units);
    if ('set' in line) state.demand.add(sku, line.set, units);
    else commitAt(state, { sku, node: line.node, units, movementRef }, atMs);
  }
}

function commitAt(
  state: StockState,
  { sku, node, units, movementRef }: { sku: number; node: number; units: number; movementRef: string },
  atMs: number,
): void {
  const position = state.positions.find(sku, node);
  assert(position !== 0, () => `allocated units at no position: sku ${sku}, node ${node}`);
  state.expected.allocate(position, movementRef, units, atMs);
  refreshExpected(state, position);
  refreshPosition(state, position);
}

function close(state: StockState, lines: readonly PlacedLine[], lsn: number): void {
  for (const sku of new Set(lines.map((line) => line.sku))) closeSku(state, sku, lsn);
}

/** The allocation after a step, and what the step is answered from now on. A part is allocated by its coordinator's step. */
export function settle(state: StockState, fact: Step, row: AllocationRow): void {
  const { id, at } = fact;
  const step = Math.max(fact.step, state.steps.find(id)?.step ?? fact.step);
  state.allocations.put(id, row);
  const answer = { status: 'allocated', allocation: allocationOf(id, row) } as const;
  state.steps.put(id, { step, answer }, hasEnded(state, id) ? at : undefined);
}

/** Nothing is allocated any more, and nothing is waited for. */
export function hasEnded(state: StockState, id: AllocationId): boolean {
  return state.allocations.find(id) === undefined && state.waiting.anyOf(id) === undefined;
}
