import type { CompleteEvent, SnapshotEvent } from '../contract/stock-event.ts';
import { UNAVAILABLE_STATES } from '../contract/stock-event.ts';
import { assert } from '../contract/assert.ts';
import { refreshExpected } from './expect.ts';
import { isNewer, judge, type SnapshotHead } from './coverage.ts';
import { isCount, statesRow } from './states-row.ts';
import { FLAG } from './position-table.ts';
import { wholeUnits } from './quantities.ts';
import { eachState, EFFECT_ON_HAND, SUSPECT } from './states.ts';
import type { StockState } from './stock-state.ts';
import { countZeroing } from './zeroings.ts';

export interface Snapshot {
  readonly head: SnapshotHead;
  readonly source: number;
  readonly units: number;
  /** Journal time at which it counts against the brakes what this takes to 0; absent: somebody approved it (rule FD12). */
  readonly brakedAt: number | undefined;
}

export function snapshotHead(
  event: SnapshotEvent | CompleteEvent,
  { seq, series }: { readonly seq: number; readonly series: number },
): SnapshotHead {
  const { at, covers, id, source } = event;
  return { at, seq, series, covers, id, source, complete: event.kind === 'complete' };
}

/** On-hand, and states where the snapshot speaks of them: each follows its own newest snapshot (rule FD3). */
export function applySnapshot(
  state: StockState,
  position: number,
  snapshot: Snapshot & { event: SnapshotEvent },
): void {
  const { states, covers } = snapshot.event;
  const { head, source } = snapshot;
  if (states !== undefined) applyStates(state, position, { head, source, states, resting: OF_LEDGERS });
  // Whoever looked at the shelf knows what is suspect there, also by saying nothing of it (SPEC.md, Suspect).
  if (covers === 'count' && (states !== undefined || !isKnownByOnHand(state, position, head))) {
    applyStates(state, position, { head, source, states: states ?? {}, resting: [SUSPECT] });
  }
  applyOnHand(state, position, snapshot);
}

/** A position without states needs no row for them while the newest snapshot of on-hand is the newest count too. */
function isKnownByOnHand(state: StockState, position: number, count: SnapshotHead): boolean {
  if (state.positions.states.get(position) !== 0) return false;
  const newest = state.positions.snapshots.get(position);
  return newest === undefined || isCount(newest) || isNewer(count, newest);
}

/** States that a snapshot speaks of when it names any. */
const OF_LEDGERS = UNAVAILABLE_STATES.map((_, at) => at).filter((at) => at !== SUSPECT);

function applyOnHand(state: StockState, position: number, { head, source, units, brakedAt }: Snapshot): void {
  const { positions } = state;
  const after = onHandBy(state, position, { head, units });
  if (after === undefined) return;
  // What is suspect goes on resting on the count: it needs a place of its own from now on.
  const before = positions.snapshots.get(position);
  if (before !== undefined && isCount(before) && !isCount(head)) statesRow(state, position);
  positions.snapshots.set(position, head, source);
  if (brakedAt !== undefined && positions.onHand.get(position) > 0 && after.onHand <= 0) {
    countZeroing(state.nodes.at(positions.node.get(position)).zeroings, source, brakedAt);
  }
  positions.onHand.set(position, after.onHand);
  positions.mark(position, FLAG.uncertain, after.uncertain);
  // What it covers of our movements is in its number now.
  if (positions.has(position, FLAG.expected)) refreshExpected(state, position);
}

/** onHand = value + Σ units of remembered deltas the snapshot does not cover. Undefined: it is older and changes nothing. */
export function onHandBy(
  state: StockState,
  position: number,
  { head, units }: Pick<Snapshot, 'head' | 'units'>,
): { readonly onHand: number; readonly uncertain: boolean } | undefined {
  const { positions, deltas, windows } = state;
  const before = positions.snapshots.get(position);
  if (before !== undefined && !isNewer(head, before)) return undefined;
  let onHand = units;
  const uncertain = deltas.sumOpen(
    positions.deltas(position),
    windows,
    (effect) => effect === EFFECT_ON_HAND,
    (delta) => judge(head, delta),
    (_, open) => (onHand += open),
  );
  return { onHand, uncertain };
}

interface NamedStates extends Pick<Snapshot, 'head' | 'source'> {
  readonly states: NonNullable<SnapshotEvent['states']>;
  /** The states that rest on it from now on, when it is the newest they have seen. */
  readonly resting: readonly number[];
}

function applyStates(state: StockState, position: number, { head, source, states: named, resting }: NamedStates): void {
  const { states, positions, deltas, windows } = state;
  const row = statesRow(state, position);
  const bases = states.baseOf(resting[0] ?? 0);
  const before = bases.get(row);
  if (before !== undefined && !isNewer(head, before)) return;
  bases.set(row, head, source);
  const scale = state.skus.scale.get(positions.sku.get(position));
  for (const at of resting) states.set(row, at, unitsOfState(named, at, scale));
  deltas.sumOpen(
    positions.deltas(position),
    windows,
    (effect) => effect !== EFFECT_ON_HAND,
    (delta) => judge(head, delta),
    (effect, open) =>
      eachState(effect, open, (at, units) => {
        if (resting.includes(at)) states.set(row, at, states.get(row, at) + units);
      }),
  );
  positions.unavailable.set(position, states.unavailable(row));
}

function unitsOfState(named: NonNullable<SnapshotEvent['states']>, at: number, scale: number): number {
  const name = UNAVAILABLE_STATES[at];
  const units = name === undefined ? 0 : wholeUnits(named[name] ?? 0, scale);
  assert(typeof units === 'number', () => `a recorded snapshot has a state of ${units}`);
  return units;
}

/** Every position of the node whose newest snapshot is older becomes 0, and those to come start so (SPEC.md, Complete). */
export function applyComplete(
  state: StockState,
  node: number,
  { head, source, brakedAt }: Omit<Snapshot, 'units'>,
): void {
  const row = state.nodes.at(node);
  hearComplete(row.completes, source, head.at);
  if (row.complete !== null && !isNewer(head, row.complete)) return;
  row.complete = head;
  // A position that took an older complete keeps no id of it, so any newer one of the node replaces it.
  for (let position = row.first; position !== 0; position = state.positions.nextOfNode.get(position)) {
    applyOnHand(state, position, { head, source, units: 0, brakedAt });
  }
}

function hearComplete(completes: [source: number, atMs: number][], source: number, atMs: number): void {
  const known = completes.find(([of]) => of === source);
  if (known === undefined) completes.push([source, atMs]);
  else known[1] = Math.max(known[1], atMs);
}
