import type { Band } from '../contract/change.ts';
import type { Sku } from '../contract/ids.ts';
import { promisableLater } from './atp.ts';
import { dueSupplies } from './due-supplies.ts';
import { positionsOf } from './position-change.ts';
import type { ChannelPlan, StockState } from './stock-state.ts';

// Where nothing is there to sell and the channel may sell what is due (rule AV6). Judged at the time of the fact that is
// applied, so the passing of a due date needs a fact of its own.

export function laterBand(state: StockState, sku: number, plan: ChannelPlan): Band {
  if (promisableLater(state, sku, plan, state.atMs) === 0) return 'out-of-stock';
  return firstDayOf(state, sku) > state.atMs ? 'pre-order' : 'back-order';
}

/** When the passing of time next changes what laterBand says; Infinity when never. */
export function nextBandDate(state: StockState, sku: number): number {
  const dates = [firstDayOf(state, sku)];
  for (const position of positionsOf(state, sku)) {
    for (const { dueAt } of dueSupplies(state, position)) dates.push(dueAt);
  }
  return Math.min(Infinity, ...dates.filter((date) => date > state.atMs));
}

/** Before that the sku was never sold: ms since the epoch, 0 when it is not said. */
function firstDayOf(state: StockState, sku: number): number {
  return state.reference.items.get(state.skus.names.name(sku) as Sku)?.ref.availableFrom ?? 0;
}
