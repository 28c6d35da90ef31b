import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelId, ClientId, SafetyId } from '../contract/ids.ts';
import type { NodeStock } from '../contract/change.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from './test-history.ts';
import { nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

/** One unit after the other, as demand takes them: ordinary stock as long as there is any, then safety stock. */
function takenOneByOne({ onHand, unavailable, departed, reserved, allocated, safety }: NodeStock) {
  const there = Math.max(0, onHand - unavailable - departed);
  let [ordinary, kept] = [Math.max(0, there - safety), Math.min(there, safety)];
  let used = 0;
  for (let unit = 0; unit < reserved + allocated; unit++) {
    if (ordinary > 0) ordinary--;
    else if (kept > 0) [kept, used] = [kept - 1, used + 1];
  }
  return { available: ordinary, safetyUsed: used };
}

test('[AV4] whatever happened, the terms that are said make up the number that is said, unit by unit', () => {
  const reserve = fc.record({
    sku: fc.nat(HISTORY_SKUS - 1),
    node: fc.nat(HISTORY_NODES - 1),
    units: fc.integer({ min: 1, max: 4 }),
  });
  const safety = fc.array(fc.nat(3), { minLength: HISTORY_NODES, maxLength: HISTORY_NODES });
  fc.assert(
    fc.property(histories, fc.array(reserve, { maxLength: 12, size: 'max' }), safety, (events, holds, kept) => {
      const shard = new TestShard(HISTORY_END_MS).apply(...retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS }));
      shard.apply({
        of: 'safety',
        rows: kept.map((units, node) => ({ id: `s${node}` as SafetyId, node: nodeId(node), units })),
      });
      const rest = [...events];
      for (const [index, { sku, node, units }] of holds.entries()) {
        const event = rest.shift();
        if (event !== undefined) shard.record(event);
        const about = { client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: 3_600_000, partial: true };
        const lines = [{ sku: skuId(sku), units, node: nodeId(node) }];
        shard.run({ do: 'reserve', request: { key: `k${index}`, ...about, lines } });
      }
      for (const event of rest) shard.record(event);
      for (let sku = 0; sku < HISTORY_SKUS; sku++) {
        for (const node of shard.stock(skuId(sku))?.nodes ?? []) {
          const { available, safetyUsed = 0, states, unavailable } = node;
          expect({ available, safetyUsed }).toEqual(takenOneByOne(node));
          const sum = Object.values(states).reduce((total, each) => total + Math.max(0, each), 0);
          expect(unavailable).toBe(sum);
        }
      }
    }),
  );
});
