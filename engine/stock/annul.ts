import { applyDelta } from './apply-delta.ts';
import { bookMovement } from './expect.ts';
import { ID_KIND } from './id-table.ts';
import type { PendingVoid } from './pending-voids.ts';
import type { StockState } from './stock-state.ts';

/**
 * Takes back what a remembered id did (SPEC.md, Void): a delta with the opposite units and the time of what it annuls,
 * but booked and numbered as the void was. Once only; other kinds have nothing to take back.
 */
export function annul(
  state: StockState,
  row: number,
  annulled: { readonly source: string; readonly id: string; readonly recordedAt: number },
  by: PendingVoid,
): void {
  const { ids, inbound } = state;
  if (ids.voided.get(row) === 1) return;
  ids.voided.set(row, 1);
  const at = ids.at.get(row);
  switch (ids.kind.get(row)) {
    case ID_KIND.delta:
    case ID_KIND.move: {
      const units = -ids.units.get(row);
      applyDelta(state, by.position, { ...by, at, units, effect: ids.effect.get(row) });
      const inboundRef = state.receipts.get(row);
      if (inboundRef !== undefined) inbound.receive(by.position, inboundRef, units, at);
      const booking = state.booked.get(row);
      if (booking !== undefined) bookMovement(state, by.position, { ...booking, units }, annulled.recordedAt);
      return;
    }
    case ID_KIND.inbound:
      inbound.annul(by.position, annulled.source, annulled.id);
      return;
    default:
      return;
  }
}
