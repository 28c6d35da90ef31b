import { piecesOf, statusOf } from '../../engine/contract/order-status.ts';
import type { Order, OrderWork, PieceState } from '../../engine/contract/order.ts';
import type { WorkState } from '../../engine/contract/work-order.ts';
import type { CustomerStep } from '../protocol/customer-order.ts';

/** What happened to an order in its customer's words, the oldest first; what several nodes do is told once, by the first. */
export function customerSteps(order: Order): readonly CustomerStep[] {
  const { placedAt, receivedAt, works, returns } = order;
  const steps: (CustomerStep | undefined)[] = [
    { what: 'placed', at: placedAt },
    isPromised(order) ? { what: 'confirmed', at: Math.max(placedAt, receivedAt) } : undefined,
    first('preparing', times(works, ['accepted', 'picking'])),
    first('moved', movedAt(order)),
    first('ready', times(works, ['ready-for-pickup'])),
    first('shipped', times(works, ['shipped'])),
    last('delivered', order, times(works, ['delivered'])),
    last('collected', order, times(works, ['collected'])),
    first(
      'returned',
      returns.filter(({ state }) => state === 'received').map(({ at }) => at),
    ),
    statusOf(order) === 'cancelled' ? { what: 'cancelled', at: order.at } : undefined,
  ];
  return steps.filter((step) => step !== undefined).toSorted((a, b) => a.at - b.at);
}

const PROMISED: readonly PieceState[] = ['unplaced', 'backordered', 'allocated'];

/** Some of it is, or was when a node was told. */
function isPromised(order: Order): boolean {
  return order.works.length > 0 || piecesOf(order).some(({ state }) => PROMISED.includes(state));
}

function times(works: readonly OrderWork[], states: readonly WorkState[]): number[] {
  return works.flatMap(({ steps }) => steps.find(({ state }) => states.includes(state))?.at ?? []);
}

/** When the first node gave something back that another one has now. */
function movedAt({ works, lines }: Order): number[] {
  const nodes = new Set(
    lines.flatMap(({ pieces }) => pieces.flatMap(({ failed = [] }) => failed.map(({ node }) => node))),
  );
  return times(
    works.filter(({ node }) => nodes.has(node)),
    ['rejected', 'pulled-back', 'picked'],
  );
}

function first(what: CustomerStep['what'], at: readonly number[]): CustomerStep | undefined {
  return at.length === 0 ? undefined : { what, at: Math.min(...at) };
}

/** Only when all of it is: of an order in two parcels the first is no delivery. */
function last(what: 'delivered' | 'collected', order: Order, at: readonly number[]): CustomerStep | undefined {
  const isAll = statusOf(order) === what || order.returns.length > 0;
  if (!isAll) return undefined;
  // A till's sale has no work: the customer left with it.
  if (at.length === 0) return statusOf(order) === what ? { what, at: order.placedAt } : undefined;
  return { what, at: Math.max(...at) };
}
