import { isOpen, isUncertain, judge, type DeltaTimes } from './coverage.ts';
import { REMEMBERED_MAX } from './delta-log.ts';
import { FLAG } from './position-table.ts';
import { statesRow } from './states-row.ts';
import { eachState, EFFECT_ON_HAND } from './states.ts';
import type { StockState } from './stock-state.ts';

export interface Delta extends DeltaTimes {
  readonly units: number;
  readonly effect: number;
  readonly window: number;
}

/** Counts a delta unless the newest snapshot covers it, and remembers it for snapshots to come (rules FD2–FD4). */
export function applyDelta(state: StockState, position: number, delta: Delta): void {
  const { positions } = state;
  if (delta.effect === EFFECT_ON_HAND) {
    const base = positions.snapshots.base(position);
    const judgement = base === undefined ? 'open' : judge(base, delta);
    if (isOpen(judgement)) {
      positions.onHand.set(position, positions.onHand.get(position) + delta.units);
    }
    if (isUncertain(judgement)) positions.mark(position, FLAG.uncertain, true);
  } else {
    moveUnits(state, position, delta);
  }
  rememberDelta(state, position, delta);
}

function moveUnits(state: StockState, position: number, delta: Delta): void {
  const { states, positions } = state;
  const row = statesRow(state, position);
  eachState(delta.effect, delta.units, (at, units) => {
    const base = states.baseOf(at).base(row);
    if (base === undefined || isOpen(judge(base, delta))) states.set(row, at, states.get(row, at) + units);
  });
  positions.unavailable.set(position, states.unavailable(row));
}

function rememberDelta(state: StockState, position: number, delta: Delta): void {
  const { positions, deltas, windows } = state;
  const list = positions.deltas(position);
  deltas.forgetOld(list, windows);
  if (delta.at >= windows.floorOf(delta.window)) deltas.add(list, delta);
  const { rememberedMax = REMEMBERED_MAX } = state.settings;
  if (list.count > Math.max(rememberedMax, positions.mergeAt.get(position))) {
    deltas.merge(list, rememberedMax);
    // Merging reads the whole list: the next try waits until half as many again have come, so it costs O(1) each.
    positions.mergeAt.set(position, Math.ceil(list.count * 1.5));
  }
  positions.setDeltas(position, list);
}
