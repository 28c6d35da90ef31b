import type { StockFact } from '../contract/stock-fact.ts';
import type { SafetyRef } from '../contract/reference.ts';
import { closeSku } from './close-sku.ts';
import { positionsAt, positionsOf, refreshPosition } from './position-change.ts';
import { plannedSafety } from './safety.ts';
import type { StockState } from './stock-state.ts';

// evolve() for safety rules: rows that came, and dates that were reached. Positions whose figure stays are not touched.

export function applySafetyDates(
  state: StockState,
  { at }: Extract<StockFact, { fact: 'SafetyDatesReached' }>,
  lsn: number,
): void {
  turn(state, at, undefined, lsn);
}

/** The rows stand in the reference data already. */
export function applySafetyRows(state: StockState, atMs: number, lsn: number): void {
  turn(state, atMs, [...state.reference.safety.values()], lsn);
}

function turn(state: StockState, atMs: number, rules: readonly SafetyRef[] | undefined, lsn: number): void {
  const before = state.safety.current;
  const changed = state.safety.turnTo(atMs, rules);
  const moved = new Set<number>();
  for (const position of reached(state, changed)) {
    const sku = state.positions.sku.get(position);
    const node = state.positions.node.get(position);
    const was = plannedSafety(state, before, sku, node);
    if (was === plannedSafety(state, state.safety.current, sku, node)) continue;
    refreshPosition(state, position);
    moved.add(sku);
  }
  for (const sku of moved) closeSku(state, sku, lsn);
}

/** Positions that the rules could concern: of the named skus or nodes when each rule names one, else all. */
function* reached(state: StockState, rules: readonly SafetyRef[]): Generator<number> {
  if (rules.every((rule) => rule.sku !== undefined)) {
    for (const name of new Set(rules.map((rule) => rule.sku ?? ''))) {
      const sku = state.skus.names.find(name);
      if (sku !== 0) yield* positionsOf(state, sku);
    }
  } else if (rules.every((rule) => rule.node !== undefined)) {
    for (const name of new Set(rules.map((rule) => rule.node ?? ''))) {
      const node = state.nodes.names.find(name);
      if (node !== 0) yield* positionsAt(state, node);
    }
  } else {
    for (let sku = 1; sku <= state.skus.count; sku++) yield* positionsOf(state, sku);
  }
}
