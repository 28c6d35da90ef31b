import { digest } from '../contract/digest.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { unreachable } from '../contract/assert.ts';
import type { CompleteEvent, InboundEvent, SnapshotEvent, VoidEvent } from '../contract/stock-event.ts';
import { applyComplete, applySnapshot, snapshotHead } from './apply-snapshot.ts';
import { applyDelta, type Delta } from './apply-delta.ts';
import { annul } from './annul.ts';
import { keyText, type EventIdentity, type RecordedEvent } from './event-identity.ts';
import { ID_KIND } from './id-table.ts';
import { openPosition, openSku } from './open-position.ts';
import { bookingOf, bookMovement } from './expect.ts';
import type { Booking } from './expected-movements.ts';
import { closeSku } from './close-sku.ts';
import { hearOf, refreshPosition } from './position-change.ts';
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
  /** As in Snapshot. */
  readonly brakedAt: number | undefined;
}

export function recordEvent(state: StockState, fact: Recorded, identity: EventIdentity, lsn: number): void {
  const { event } = fact;
  const resolved = resolve(state, fact);
  const position = event.kind === 'complete' ? 0 : openPosition(state, openSku(state, event.sku), resolved.node);
  const row = remember(state, fact, identity, { position, lsn, window: resolved.window });
  if (event.kind === 'complete') recordComplete(state, event, resolved, lsn);
  else recordAtPosition(state, fact, position, row, resolved);
  // The window moves last, so an event is never judged by a floor it set itself.
  hearWindow(state, event, resolved);
  state.ids.sweep((gone) => {
    state.receipts.delete(gone);
    state.booked.delete(gone);
  });
  if (position !== 0) closeSku(state, state.positions.sku.get(position), lsn);
}

function resolve(state: StockState, { event, at, approvedBy }: Recorded): Resolved {
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
    brakedAt: approvedBy === undefined ? at : undefined,
  };
}

function effectOf(event: RecordedEvent): number {
  return event.kind === 'move' ? moveEffect(event.from, event.to) : EFFECT_ON_HAND;
}

// Objects are written out here and below, not spread: this runs for every event, and spreading costs as much as the rest.
function remember(
  state: StockState,
  { event, units }: Recorded,
  { key, content }: EventIdentity,
  { position, lsn, window }: { readonly position: number; readonly lsn: number; readonly window: number },
): number {
  const { at } = event;
  const entry = { key, content, lsn, at, units, position, kind: ID_KIND[event.kind], effect: effectOf(event), window };
  const row = state.ids.add(entry, state.windows.bucketHead(window, at));
  state.windows.setBucketHead(window, at, row);
  return row;
}

function recordAtPosition(
  state: StockState,
  { event, units, carryMicros, at }: Recorded,
  position: number,
  row: number,
  resolved: Resolved,
): void {
  if (carryMicros !== undefined) state.positions.carry.set(position, carryMicros);
  switch (event.kind) {
    case 'delta':
      applyDelta(state, position, deltaOf(event, units, resolved));
      if (event.inboundRef !== undefined) {
        state.inbound.receive(position, event.inboundRef, units, event.at);
        state.receipts.set(row, event.inboundRef);
      }
      if (event.movementRef !== undefined) recordBooking(state, bookingOf(event, units), { position, row, atMs: at });
      break;
    case 'move':
      applyDelta(state, position, deltaOf(event, units, resolved));
      break;
    case 'snapshot':
      recordSnapshot(state, event, { position, units }, resolved);
      break;
    case 'inbound':
      recordInbound(state, event, { position, units }, resolved);
      break;
    case 'void':
      recordVoid(state, event, { position, recordedAt: at }, resolved);
      break;
    case 'complete':
      break;
    default:
      unreachable(event);
  }
  if (event.kind !== 'complete')
    afterRecording(state, event, { position, row, source: resolved.source, recordedAt: at });
}

function recordBooking(
  state: StockState,
  booking: Booking | undefined,
  { position, row, atMs }: { readonly position: number; readonly row: number; readonly atMs: number },
): void {
  if (booking === undefined) return;
  bookMovement(state, position, booking, atMs);
  state.booked.set(row, booking);
}

function deltaOf(event: RecordedEvent, units: number, { postedAt, seq, series, window }: Resolved): Delta {
  return { at: event.at, postedAt, seq, series, window, units, effect: effectOf(event) };
}

/** What came early to annul this one has its effect now; then sources and sums follow. */
function afterRecording(
  state: StockState,
  event: Exclude<RecordedEvent, CompleteEvent>,
  { position, row, source, recordedAt }: { position: number; row: number; source: number; recordedAt: number },
): void {
  if (state.pendingVoids.count > 0) {
    const early = state.pendingVoids.take(keyText(event.source, event.sku, event.id), position);
    if (early !== undefined) annul(state, row, { source: event.source, id: event.id, recordedAt }, early);
  }
  if (event.kind !== 'inbound') hearOf(state, position, source, event.at);
  refreshPosition(state, position);
}

function recordSnapshot(
  state: StockState,
  event: SnapshotEvent,
  { position, units }: { readonly position: number; readonly units: number },
  resolved: Resolved,
): void {
  const { source, brakedAt } = resolved;
  applySnapshot(state, position, { head: snapshotHead(event, resolved), source, units, brakedAt, event });
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

function recordVoid(
  state: StockState,
  event: VoidEvent,
  { position, recordedAt }: { readonly position: number; readonly recordedAt: number },
  resolved: Resolved,
): void {
  const { series, seq, postedAt, window } = resolved;
  const waiting = { position, window, series, seq, postedAt, at: event.at };
  const text = keyText(event.source, event.sku, event.voids);
  const target = state.ids.find(digest(text));
  if (target === 0) state.pendingVoids.add(text, waiting, state.windows);
  else if (state.ids.position.get(target) === position) {
    annul(state, target, { source: event.source, id: event.voids, recordedAt }, waiting);
  }
}

function recordComplete(state: StockState, event: CompleteEvent, resolved: Resolved, lsn: number): void {
  const node = state.nodes.at(resolved.node);
  const { source, brakedAt } = resolved;
  applyComplete(state, resolved.node, { head: snapshotHead(event, resolved), source, brakedAt });
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
