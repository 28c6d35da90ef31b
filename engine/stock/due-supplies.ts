import { inTransit } from './expected-movements.ts';
import type { OpenSupply } from './inbound.ts';
import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';

// What is due at a position: what sources say they ordered, and what is on its way from another node (rules Inbound, FD8),
// unless it is on its way for somebody: then nobody else is promised it.

export function dueSupplies(state: StockState, position: number): OpenSupply[] {
  const ordered = state.inbound.open(position);
  const sent = comingAt(state, position);
  return sent.length === 0 ? ordered : [...ordered, ...sent].sort(byDate);
}

export function dueUnits(state: StockState, position: number): number {
  const sent = comingAt(state, position).reduce((sum, { units }) => sum + units, 0);
  return state.inbound.openUnits(position) + sent;
}

/** In transit to the position for nobody in particular. */
export function comingAt(state: StockState, position: number): readonly OpenSupply[] {
  const kept = new Map<string, number>();
  return transitAt(state, position).flatMap((supply) => {
    const { inboundRef: ref } = supply;
    const left = kept.get(ref) ?? state.expected.onTheWay(position, ref);
    const units = Math.max(0, supply.units - left);
    kept.set(ref, left - (supply.units - units));
    return units === 0 ? [] : [{ ...supply, units }];
  });
}

/** All that is in transit to the position, each under the transfer's reference. */
export function transitAt(state: StockState, position: number): readonly OpenSupply[] {
  if (position === 0 || !state.positions.has(position, FLAG.expected)) return NONE;
  const sent: OpenSupply[] = [];
  for (const row of state.expected.rowsAt(position)) {
    for (const { units, dueAt } of inTransit(row)) sent.push({ inboundRef: row.ref, units, dueAt });
  }
  return sent;
}

const NONE: readonly OpenSupply[] = [];

function byDate(a: OpenSupply, b: OpenSupply): number {
  return a.dueAt - b.dueAt || (a.inboundRef < b.inboundRef ? -1 : 1);
}
