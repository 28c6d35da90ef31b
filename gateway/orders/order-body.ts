import type { Order, PieceState } from '../../engine/contract/order.ts';
import { piecesOf, statusOf } from '../../engine/contract/order-status.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import type { OrderBody } from '../protocol/order-bodies.ts';

/** An order as staff see it. The token is the customer's alone. */
export function orderBodyOf(order: Order): OrderBody {
  const { token: _token, ...shown } = order;
  return { order: shown, status: statusOf(order), totals: orderTotals(order), units: unitsByState(order) };
}

function unitsByState(order: Order): OrderBody['units'] {
  const sums: { [State in PieceState]?: number } = {};
  for (const { state, units } of piecesOf(order)) sums[state] = (sums[state] ?? 0) + units;
  return sums;
}
