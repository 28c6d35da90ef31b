import type { Engine } from '../../engine/api.ts';
import type { NodeId } from '../../engine/contract/ids.ts';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import type { WorkOrder } from '../../engine/contract/work-order.ts';

// Orders for tests of what is in front of the engine.

/** To be collected at S-1. */
export function pickupOrder(channelOrderId: string, units: Readonly<Record<string, number>>): ShopMessage {
  const at = Date.now();
  return {
    kind: 'place',
    channel: 'web' as never,
    channelOrderId,
    message: `placed ${channelOrderId}`,
    at,
    order: {
      placedAt: at,
      currency: 'USD',
      method: 'pickup',
      pickupNode: 'S-1' as never,
      lines: Object.entries(units).map(([sku, count], index) => ({
        line: String(index + 1),
        sku: sku as never,
        units: count,
        unitMinor: 100,
      })),
    },
  };
}

/** What a node has to do for an order just placed, once there is something: it is sourced some ms after it was taken. */
export async function workFor(engine: Engine, message: ShopMessage, node = 'S-1'): Promise<WorkOrder> {
  const taken = await engine.shopMessage('shop' as never, message);
  if (taken.status !== 'taken') throw new Error(JSON.stringify(taken));
  for (;;) {
    const { works } = await engine.work({ node: node as NodeId, limit: 100 });
    const work = works.find(({ order }) => order === taken.order.id);
    if (work !== undefined) return work;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
