import { expect, test } from 'vitest';
import { realCases } from './real-orders.ts';
import { source } from './source.ts';

test('[OR5] [OR6] the demo’s baskets by its own rules: collected ones at their store, others from nodes that ship to them, and units are missing only where none may give them', () => {
  let parts = 0;
  for (const { world, order, skus, loads, atMs } of realCases(300)) {
    const { plan, candidates, step } = source(world, order, skus, loads, atMs);
    for (const part of plan?.parts ?? []) {
      parts++;
      const isPickup = order.method === 'pickup';
      expect(isPickup ? [step, part.node] : [typeof part.carrier, world.group.includes(part.node)]).toEqual(
        isPickup ? ['collected at the store', order.pickupNode] : ['string', true],
      );
    }
    const missing = plan?.missing ?? order.needs.map(({ line, sku, units }) => ({ line, sku, units }));
    for (const { line, units } of missing) {
      const given = order.needs.find((need) => need.line === line)!.units - units;
      const may = candidates.filter(({ out }) => out === undefined);
      const has = may.reduce((sum, { available = {} }) => sum + (available[line] ?? 0), 0);
      expect(has).toBe(given);
    }
  }
  expect(parts).toBeGreaterThan(290);
});
