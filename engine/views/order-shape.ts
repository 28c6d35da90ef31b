import type { NodeId } from '../contract/ids.ts';
import { statusOf } from '../contract/order-status.ts';
import { orderTotals } from '../contract/order-totals.ts';
import type { Order, PieceState } from '../contract/order.ts';
import type { OrderRow } from '../contract/order-view.ts';

const NOWHERE: readonly PieceState[] = ['cancelled', 'refused'];

/** An order as a list shows it, but for who ordered over all channels. */
export function rowOf(order: Order): Omit<OrderRow, 'customerId'> {
  const { id, number, channel, channelOrderId, placedAt, customer, shipTo, currency, queue, at, version } = order;
  const asOrdered = order.lines.filter(({ of }) => of === undefined);
  const name = customer.name ?? shipTo?.name;
  const phone = customer.phone ?? shipTo?.phone;
  return {
    id,
    number,
    channel,
    channelOrderId,
    placedAt,
    status: statusOf(order),
    ...(name !== undefined && { customer: name }),
    ...(customer.email !== undefined && { email: customer.email }),
    ...(phone !== undefined && { phone }),
    ...(shipTo?.city !== undefined && { city: shipTo.city }),
    units: asOrdered.reduce((sum, { units }) => sum + units, 0),
    lines: asOrdered.length,
    totalMinor: orderTotals(order).totalMinor,
    currency,
    nodes: nodesOf(order),
    ...(queue !== undefined && { queue: queue.queue, queueWhy: queue.why, queueSince: queue.since }),
    at,
    version,
  };
}

/** Where its units are promised or have left from. */
function nodesOf({ lines }: Order): NodeId[] {
  const pieces = lines.flatMap((line) => line.pieces).filter(({ state }) => !NOWHERE.includes(state));
  return [...new Set(pieces.flatMap(({ node }) => node ?? []))].toSorted();
}
