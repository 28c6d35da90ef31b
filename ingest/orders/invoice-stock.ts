import type { NodeId, Sku } from '../../engine/contract/ids.ts';
import type { DeltaEvent } from '../../engine/contract/stock-event.ts';
import { fail } from './fields.ts';
import type { InvoiceRow } from './invoice-rows.ts';
import type { OrderContext } from './source.ts';

/** Stock that moved without an order. Its id is its row's place in the invoice, so the same file again counts once. */
export function movement(
  row: InvoiceRow,
  at: number,
  { source, warehouse }: OrderContext,
  units = row.units,
): DeltaEvent {
  const node: NodeId = warehouse ?? fail('no-warehouse', 'the invoice moves stock, and its channel has no warehouse');
  const { invoice, index, code } = row;
  const reason = invoice.startsWith('C') ? 'return' : units < 0 ? 'damage' : 'other';
  const id = `${invoice}#${index}` as DeltaEvent['id'];
  return { kind: 'delta', source: source.id, id, at, sku: code as Sku, node, quantity: units, reason, ref: invoice };
}
