import { refuse, type EventOutcome } from '../contract/outcome.ts';
import type { SourceRef } from '../contract/reference.ts';
import type { CompleteEvent, SnapshotEvent } from '../contract/stock-event.ts';
import { onHandBy, snapshotHead } from './apply-snapshot.ts';
import type { RecordedEvent } from './event-identity.ts';
import type { StockState } from './stock-state.ts';
import { seriesName } from './streams.ts';

// Brakes on one number (rule FD12). The share of a node's skus concerns more than one shard: main weighs it (weigh.ts).

/** Whether the event would move a number by more than its source may without being asked. */
export function moveRefusal(
  state: StockState,
  event: RecordedEvent,
  by: { readonly source: SourceRef; readonly position: number; readonly units: number },
): EventOutcome | undefined {
  const { moveUnitsMax } = by.source.brakes ?? {};
  if (moveUnitsMax === undefined || movedBy(state, event, by) <= moveUnitsMax) return undefined;
  return refuse('waits-for-approval', { field: 'quantity' });
}

function movedBy(
  state: StockState,
  event: RecordedEvent,
  { position, units }: { readonly position: number; readonly units: number },
): number {
  switch (event.kind) {
    case 'delta':
    case 'move':
      return Math.abs(units);
    case 'snapshot':
      return position === 0 ? 0 : changeBy(state, event, position, units).moved;
    case 'complete':
    case 'inbound':
    case 'void':
      return 0;
  }
}

/** What an absolute number would do to a position. The first one moves nothing: there was no number before it. */
export function changeBy(
  state: StockState,
  event: SnapshotEvent | CompleteEvent,
  position: number,
  units: number,
): { readonly moved: number; readonly zeroes: boolean } {
  const seq = event.seq ?? -1;
  // A series nobody has used has no delta that could be compared with it.
  const series = seq < 0 ? 0 : state.series.find(seriesName(event));
  const after = onHandBy(state, position, { head: snapshotHead(event, { seq, series }), units });
  if (after === undefined) return { moved: 0, zeroes: false };
  const before = state.positions.onHand.get(position);
  const isFirst = state.positions.snapshots.base(position) === undefined;
  return { moved: isFirst ? 0 : Math.abs(after.onHand - before), zeroes: before > 0 && after.onHand <= 0 };
}
