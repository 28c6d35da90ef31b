import type { Order, OrderWork } from '../../engine/contract/order.ts';
import type { Parcel } from '../../engine/contract/work-order.ts';
import type { CustomerShipment } from '../protocol/customer-order.ts';

/** What left with a carrier, parcel by parcel, the oldest first. */
export function customerShipments(order: Order): readonly CustomerShipment[] {
  return order.works
    .flatMap((work) => {
      const at = work.steps.find(({ state }) => state === 'shipped')?.at;
      return at === undefined ? [] : work.parcels.map((parcel) => shipmentOf(order, work, parcel, at));
    })
    .toSorted((a, b) => a.at - b.at);
}

function shipmentOf(order: Order, { lines, state }: OrderWork, parcel: Parcel, at: number): CustomerShipment {
  const { carrier, tracking } = parcel;
  return {
    carrier,
    ...(tracking !== undefined && { tracking }),
    at,
    ...(state === 'delivered' && { delivered: true as const }),
    lines: parcel.lines.flatMap(({ line: number, units }) => {
      const line = order.lines.find((each) => each.line === lines[number - 1]);
      if (line === undefined) return [];
      return [{ sku: line.sku, ...(line.name !== undefined && { name: line.name }), units }];
    }),
  };
}
