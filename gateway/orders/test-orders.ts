import type { Engine } from '../../engine/api.ts';
import type { NodeId, OrderId } from '../../engine/contract/ids.ts';
import type { Order, OrderLine, Piece } from '../../engine/contract/order.ts';
import type { ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';
import type { WorkOrder } from '../../engine/contract/work-order.ts';

// Orders for tests of what is in front of the engine.

export const TOKEN = '0123456789abcdef0123456789abcdef';

/** As the engine holds it: two units of milk, one of bread, nothing promised yet. */
export function heldOrder(about: Partial<Order> = {}): Order {
  return {
    id: 'o9-1' as OrderId,
    channel: 'web' as never,
    channelOrderId: '1001',
    number: '#1001',
    client: 'shop' as never,
    placedAt: 1_000,
    receivedAt: 2_000,
    currency: 'USD',
    customer: { name: 'Ann', email: 'ann@customer.example' },
    method: 'ship',
    group: 'all' as never,
    tags: [],
    priority: 5,
    lines: [
      heldLine('1', 'MILK-1', [{ units: 2, state: 'asked' }]),
      heldLine('2', 'BREAD', [{ units: 1, state: 'asked' }]),
    ],
    charges: [],
    holds: [],
    works: [],
    returns: [],
    refunds: [],
    token: TOKEN,
    version: 1,
    at: 2_000,
    ...about,
  };
}

export function heldLine(
  line: string,
  sku: string,
  pieces: readonly Piece[],
  about: Partial<OrderLine> = {},
): OrderLine {
  const units = pieces.reduce((sum, piece) => sum + piece.units, 0);
  return { line, sku: sku as never, units, unitMinor: 100, discountMinor: 0, taxMinor: 0, pieces, ...about };
}

/** To be collected at S-1. */
export function pickupOrder(channelOrderId: string, units: Readonly<Record<string, number>>): ShopMessage {
  return placing(channelOrderId, units, { method: 'pickup', pickupNode: 'S-1' as NodeId });
}

/** From whichever node is nearest: S-1. */
export function shipOrder(channelOrderId: string, units: Readonly<Record<string, number>>): ShopMessage {
  return placing(channelOrderId, units, { method: 'ship', shipTo: { lines: ['1 Main Street'], lat: 41, lon: -93 } });
}

function placing(
  channelOrderId: string,
  units: Readonly<Record<string, number>>,
  how: Pick<ShopOrder, 'method' | 'pickupNode' | 'shipTo'>,
): ShopMessage {
  const at = Date.now();
  const lines = Object.entries(units).map(([sku, count], index) => {
    return { line: String(index + 1), sku: sku as never, units: count, unitMinor: 100 };
  });
  const order = { placedAt: at, currency: 'USD', lines, ...how };
  return { kind: 'place', channel: 'web' as never, channelOrderId, message: `placed ${channelOrderId}`, at, order };
}

/** What a node has to do for an order just placed, once it has heard that the node has it: it is sourced some ms after it was taken. */
export async function workFor(engine: Engine, message: ShopMessage): Promise<WorkOrder> {
  const taken = await engine.shopMessage('shop' as never, message);
  if (taken.status !== 'taken') throw new Error(JSON.stringify(taken));
  for (;;) {
    const [order] = await engine.orders([taken.order.id]);
    const known = order?.works.find(({ state }) => state !== 'offered');
    const work = known && (await engine.workOrder(known.node, known.work));
    if (work !== undefined) return work;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
