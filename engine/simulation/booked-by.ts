import type { DeltaReason } from '../contract/stock-event.ts';
import type { StockModel } from './stock-model.ts';

/** Units the owner's events say have left under the reference, those that were annulled apart. */
export function bookedBy(model: StockModel, position: string, ref: string, reason: DeltaReason): number {
  const events = model.events.get(position) ?? [];
  let units = 0;
  for (const event of events) {
    if (event.kind !== 'delta' || event.movementRef !== ref || event.reason !== reason) continue;
    const isVoid = events.some((one) => one.kind === 'void' && one.source === event.source && one.voids === event.id);
    if (!isVoid) units -= event.quantity;
  }
  return units;
}
