import { collectCode } from '../../engine/contract/collect-code.ts';
import type { NodeId } from '../../engine/contract/ids.ts';
import { statusOf } from '../../engine/contract/order-status.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import type { Order, OrderLine, Piece, PieceState } from '../../engine/contract/order.ts';
import type { CustomerOrder, CustomerState } from '../protocol/customer-order.ts';
import { customerShipments } from './customer-shipments.ts';
import { customerSteps } from './customer-steps.ts';

type Names = ReadonlyMap<NodeId, { readonly name: string }>;

/** An order as whoever holds its token sees it: nothing of people, and of nodes only where it is collected. */
export function customerOrder(order: Order, nodes: Names): CustomerOrder {
  const { id, number, channel, placedAt, method, currency } = order;
  const pickup = pickupOf(order, nodes);
  return {
    id,
    number,
    channel,
    placedAt,
    status: statusOf(order),
    method,
    currency,
    totalMinor: orderTotals(order).totalMinor,
    lines: order.lines.filter(({ of }) => of === undefined).map((line) => customerLine(order, line)),
    shipments: customerShipments(order),
    ...(pickup !== undefined && { pickup }),
    steps: customerSteps(order),
  };
}

function customerLine(
  order: Order,
  { line, sku, name, units, kit, pieces }: OrderLine,
): CustomerOrder['lines'][number] {
  const states = kit === true ? kitStates(order, line, units) : joined(pieces);
  return { line, sku, ...(name !== undefined && { name }), units, states };
}

const STATES: Readonly<Record<PieceState, CustomerState>> = {
  asked: 'received',
  unplaced: 'confirmed',
  backordered: 'backordered',
  allocated: 'confirmed',
  released: 'preparing',
  ready: 'ready',
  'in-transit': 'on-its-way',
  shipped: 'shipped',
  delivered: 'delivered',
  collected: 'collected',
  cancelled: 'cancelled',
  returned: 'returned',
  refused: 'unavailable',
};

/** What has come the least far is what a customer waits for. */
const PROGRESS: readonly CustomerState[] = [
  'received',
  'backordered',
  'confirmed',
  'preparing',
  'on-its-way',
  'ready',
  'shipped',
  'delivered',
  'collected',
  'returned',
  'cancelled',
  'unavailable',
];

function joined(pieces: readonly Piece[]): CustomerOrder['lines'][number]['states'] {
  const alike = Map.groupBy(pieces, ({ state, dueAt }) => `${STATES[state]} ${isOpen(state) ? (dueAt ?? '') : ''}`);
  const states = [...alike.values()].map(([first, ...rest]) => {
    const { state, dueAt, units } = first as Piece;
    return {
      state: STATES[state],
      units: rest.reduce((sum, piece) => sum + piece.units, units),
      ...(dueAt !== undefined && isOpen(state) && { dueAt }),
    };
  });
  return states.toSorted((a, b) => PROGRESS.indexOf(a.state) - PROGRESS.indexOf(b.state));
}

/** A promised date says something while it is to be kept. */
function isOpen(state: PieceState): boolean {
  return PROGRESS.indexOf(STATES[state]) <= PROGRESS.indexOf('shipped');
}

/** A kit is as far as the component that has come the least far. */
function kitStates(order: Order, kit: string, units: number): CustomerOrder['lines'][number]['states'] {
  const parts = order.lines.filter(({ of }) => of === kit);
  const [least] = joined(parts.flatMap(({ pieces }) => [...pieces]));
  return least === undefined ? [] : [{ ...least, units }];
}

function pickupOf(order: Order, nodes: Names): CustomerOrder['pickup'] {
  const { method, pickupNode: node, works, lines, token } = order;
  if (method === 'ship' || node === undefined) return undefined;
  const isReady = lines.some(({ pieces }) => pieces.some(({ state }) => state === 'ready'));
  const until = works.filter(({ state }) => state === 'ready-for-pickup').flatMap(({ collectBy }) => collectBy ?? []);
  return {
    node,
    name: nodes.get(node)?.name ?? node,
    ...(isReady && { code: collectCode(token) }),
    ...(until.length > 0 && { by: Math.min(...until) }),
  };
}
