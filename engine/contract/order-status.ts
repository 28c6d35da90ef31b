import type { Order, OrderStatus, Piece, PieceState } from './order.ts';

// What an order is, derived from its pieces and never stored beside them (rule OR3).

const LEFT: readonly PieceState[] = ['shipped', 'delivered', 'collected', 'returned'];
const NEVER: readonly PieceState[] = ['cancelled', 'refused'];

export function statusOf(order: Order): OrderStatus {
  const pieces = piecesOf(order);
  const live = pieces.filter(({ state }) => !NEVER.includes(state));
  if (live.length === 0) return pieces.some(({ state }) => state === 'refused') ? 'refused' : 'cancelled';
  const all = (...states: PieceState[]): boolean => live.every(({ state }) => states.includes(state));
  if (all('returned')) return 'returned';
  if (all('collected', 'returned')) return 'collected';
  if (all('delivered', 'collected', 'returned')) return 'delivered';
  if (all(...LEFT)) return 'shipped';
  if (order.holds.length > 0) return 'on-hold';
  if (order.queue?.queue === 'unfillable') return 'unfillable';
  if (live.some(({ state }) => LEFT.includes(state))) return 'partly-shipped';
  if (all('ready')) return 'ready-for-pickup';
  if (all('backordered')) return 'backordered';
  return all('asked') ? 'received' : 'processing';
}

export function piecesOf({ lines }: Pick<Order, 'lines'>): Piece[] {
  return lines.flatMap(({ pieces }) => [...pieces]);
}

export function hasLeft({ state }: Piece): boolean {
  return LEFT.includes(state);
}

/** Nothing of it is promised or waited for any more: all has left, was cancelled or refused. */
export function isOver(order: Pick<Order, 'lines'>): boolean {
  return piecesOf(order).every((piece) => hasLeft(piece) || NEVER.includes(piece.state));
}
