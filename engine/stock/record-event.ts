import { digest } from '../contract/digest.ts';
import type { StockFact } from '../contract/fact.ts';
import { unreachable } from '../contract/assert.ts';
import type { CompleteEvent, InboundEvent, SnapshotEvent, VoidEvent } from '../contract/stock-event.ts';
import { applyComplete, applySnapshot, snapshotHead } from './apply-snapshot.ts';
import { applyDelta } from './apply-delta.ts';
import { annul } from './annul.ts';
import { keyText, type EventIdentity, type RecordedEvent } from './event-identity.ts';
import { ID_KIND } from './id-table.ts';
import { openPosition, openSku } from './open-position.ts';
import { closeSku, hearOf, refreshPosition } from './position-change.ts';
import { EFFECT_ON_HAND, moveEffect } from './states.ts';
import type { StockState } from './stock-state.ts';
import { seriesName, streamName } from './streams.ts';

// evolve() for StockRecorded.

type Recorded = Extract<StockFact, { fact: 'StockRecorded' }>;

/** An event with its names turned into numbers. */
interface Resolved {
  readonly source: number;
  readonly node: number;
  readonly window: number;
  readonly series: number;
  readonly seq: number;
  readonly postedAt: number;
}

export function recordEvent(state: StockState, fact: Recorded, identity: EventIdentity, lsn: number): void {
  const { event } = fact;
  const resolved = resolve(state, event);
  const position = event.kind === 'complete' ? 0 : openPosition(state, openSku(state, event.sku), resolved.node);
  const effect = effectOf(event);
  const row = remember(state, { ...identity, lsn, at: event.at, units: fact.units, position, effect }, event, resolved);
  if (event.kind === 'complete') recordComplete(state, event, resolved, lsn);
  else recordAtPosition(state, fact, position, row, resolved);
  // The window moves last, so an event is never judged by a floor it set itself.
  hearWindow(state, event, resolved);
  state.ids.sweep((gone) => state.receipts.delete(gone));
  if (position !== 0) closeSku(state, state.positions.sku.get(position), lsn);
}

function resolve(state: StockState, event: RecordedEvent): Resolved {
  const source = state.sources.intern(event.source);
  const node = state.nodes.intern(event.node);
  const stream = state.streams.intern(streamName(event));
  return {
    source,
    node,
    window: state.windows.open(source, stream, node),
    series: event.seq === undefined ? 0 : state.series.intern(seriesName(event)),
    seq: event.seq ?? -1,
    postedAt: event.postedAt ?? -1,
  };
}

function effectOf(event: RecordedEvent): number {
  return event.kind === 'move' ? moveEffect(event.from, event.to) : EFFECT_ON_HAND;
}

function remember(
  state: StockState,
  entry: EventIdentity & { lsn: number; at: number; units: number; position: number; effect: number },
  event: RecordedEvent,
  { window }: Resolved,
): number {
  const after = state.windows.bucketHead(window, entry.at);
  const row = state.ids.add({ ...entry, kind: ID_KIND[event.kind], window }, after);
  state.windows.setBucketHead(window, entry.at, row);
  return row;
}

function recordAtPosition(
  state: StockState,
  { event, units, carryMicros }: Recorded,
  position: number,
  row: number,
  resolved: Resolved,
): void {
  if (carryMicros !== undefined) state.positions.carry.set(position, carryMicros);
  switch (event.kind) {
    case 'delta':
      applyDelta(state, position, { ...resolved, at: event.at, units, effect: EFFECT_ON_HAND });
      if (event.inboundRef !== undefined) {
        state.inbound.receive(position, event.inboundRef, units, event.at);
        state.receipts.set(row, event.inboundRef);
      }
      break;
    case 'move':
      applyDelta(state, position, { ...resolved, at: event.at, units, effect: moveEffect(event.from, event.to) });
      break;
    case 'snapshot':
      recordSnapshot(state, event, { position, units }, resolved);
      break;
    case 'inbound':
      recordInbound(state, event, { position, units }, resolved);
      break;
    case 'void':
      recordVoid(state, event, position, resolved);
      break;
    case 'complete':
      break;
    default:
      unreachable(event);
  }
  if (event.kind !== 'complete') afterRecording(state, event, { position, row, source: resolved.source });
}

/** What came early to annul this one has its effect now; then sources and sums follow. */
function afterRecording(
  state: StockState,
  event: Exclude<RecordedEvent, CompleteEvent>,
  { position, row, source }: { readonly position: number; readonly row: number; readonly source: number },
): void {
  const early = state.pendingVoids.take(keyText(event.source, event.sku, event.id), position);
  if (early !== undefined) annul(state, row, event, early);
  if (event.kind !== 'inbound') hearOf(state, position, source, event.at);
  refreshPosition(state, position);
}

function recordSnapshot(
  state: StockState,
  event: SnapshotEvent,
  { position, units }: { readonly position: number; readonly units: number },
  resolved: Resolved,
): void {
  applySnapshot(state, position, { head: snapshotHead(event, resolved), source: resolved.source, units, event });
}

function recordInbound(
  state: StockState,
  event: InboundEvent,
  { position, units }: { readonly position: number; readonly units: number },
  { window }: Resolved,
): void {
  const { source, id, at, dueAt } = event;
  const version = { source, id, at, units, dueAt, voided: false };
  state.inbound.set(position, event.inboundRef, version, state.windows.at(window).floor);
}

function recordVoid(state: StockState, event: VoidEvent, position: number, resolved: Resolved): void {
  const { series, seq, postedAt, window } = resolved;
  const waiting = { position, window, series, seq, postedAt, at: event.at };
  const text = keyText(event.source, event.sku, event.voids);
  const target = state.ids.find(digest(text));
  if (target === 0) state.pendingVoids.add(text, waiting, (number) => state.windows.at(number).floor);
  else if (state.ids.position.get(target) === position) annul(state, target, { ...event, id: event.voids }, waiting);
}

function recordComplete(state: StockState, event: CompleteEvent, resolved: Resolved, lsn: number): void {
  const node = state.nodes.at(resolved.node);
  applyComplete(state, resolved.node, { head: snapshotHead(event, resolved), source: resolved.source });
  for (let position = node.first; position !== 0; position = state.positions.nextOfNode.get(position)) {
    hearOf(state, position, resolved.source, event.at);
    refreshPosition(state, position);
    closeSku(state, state.positions.sku.get(position), lsn);
  }
}

function hearWindow(state: StockState, event: RecordedEvent, { window }: Resolved): void {
  const lateMs = state.reference.sources.get(event.source)?.lateMs ?? 0;
  state.windows.hear(window, { atMs: event.at, lateMs }, (head) => state.ids.drop(head));
}
