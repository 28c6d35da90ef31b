import { collectCode } from '../contract/collect-code.ts';
import { workOrderId, type NodeId } from '../contract/ids.ts';
import type { Order, OrderLine, Piece } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import type { NodePortCommand } from '../contract/node-port.ts';
import type { WorkLine } from '../contract/work-order.ts';
import { isOpenPlacing } from './ask-step.ts';
import type { OrderFile } from './order-file.ts';
import { become, hasFailedHere, takePieces } from './pieces.ts';
import { rulesOf, type World } from './world.ts';

// Units that have a node are offered to it as a work order (rule OR8), unless the order is on hold (rule OR4).

/** To one node at a time, and not while a place is being looked for, or a node would get a work order per stock shard. */
export function offerWork(file: OrderFile, { at }: World): OrderFact[] {
  const { order } = file;
  if (order.holds.length > 0 || isPlacing(file)) return [];
  const [node] = order.lines.flatMap(({ pieces }) => pieces.filter(isOfferable).flatMap((piece) => piece.node ?? []));
  if (node === undefined) return [];
  const work = workOrderId(order.id, order.works.length + 1);
  const pieces = order.lines.flatMap((line) => {
    const which = (piece: Piece): boolean => isOfferable(piece) && piece.node === node;
    return takePieces(line, Infinity, which, (piece) => become('released', piece, { node, work }));
  });
  return [{ fact: 'WorkOffered', at, order: order.id, work, node, pieces }];
}

export function isPlacing({ steps, asks, asksOver, givenUp }: OrderFile): boolean {
  return steps.some(isOpenPlacing) || (asks > asksOver && givenUp === undefined);
}

function isOfferable(piece: Piece): boolean {
  return piece.state === 'allocated' && !hasFailedHere(piece);
}

type Offer = Extract<NodePortCommand, { do: 'offer-work' }>;

/** The same whenever it is sent again: a work order's pieces stay as they are until the node has answered. */
export function offerOf(
  { order, secret }: OrderFile,
  { work, node, from }: Order['works'][number],
  world: World,
): Offer {
  const { live } = rulesOf(world);
  const lines = workLines(order.lines, work);
  const due = order.lines.flatMap(({ pieces }) =>
    pieces.filter((piece) => piece.work === work).flatMap(({ dueAt }) => dueAt ?? []),
  );
  return {
    do: 'offer-work',
    replyTo: world.settings.shard,
    work: {
      id: work,
      order: order.id,
      number: order.number,
      node,
      method: order.method,
      ...(order.pickupNode !== undefined && { pickupNode: order.pickupNode }),
      ...(from !== undefined && { from }),
      lines,
      ...(order.shipTo !== undefined && { shipTo: order.shipTo }),
      ...(order.customer.name !== undefined && { customer: order.customer.name }),
      priority: order.priority,
      ...(due.length > 0 && { dueAt: Math.min(...due) }),
      ...(isHandedOver(order, node) && { collectCode: collectCode(secret) }),
    },
    // What is on its way already need not be accepted.
    ...(live.acceptMs !== undefined && from === undefined && { acceptMs: live.acceptMs }),
    collectMs: live.collectMs ?? COLLECT_MS,
  };
}

/** The customer collects there what the node has. */
function isHandedOver({ method, pickupNode }: Order, node: NodeId): boolean {
  return method === 'pickup' || (method === 'ship-to-store' && node === pickupNode);
}

/** How long the customer may take to collect when the rules do not say, in ms: a week. */
const COLLECT_MS = 7 * 86_400_000;

function workLines(lines: readonly OrderLine[], work: Piece['work'] & string): WorkLine[] {
  const own = lines.flatMap(({ line, sku, name, pieces }) => {
    const units = pieces.reduce((sum, piece) => sum + (piece.work === work ? piece.units : 0), 0);
    return units === 0 ? [] : [{ orderLine: line, sku, ...(name !== undefined && { name }), units }];
  });
  return own.map((each, index) => ({ line: index + 1, ...each }));
}
