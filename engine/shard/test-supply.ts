import type { EventId, NodeId, Sku } from '../contract/ids.ts';
import type { Source, SourcingDecision } from '../contract/sourcing.ts';
import { nodeId, WMS } from '../stock/test-retailer.ts';

/** Supply that is announced. */
export function inboundAt(sku: Sku, node: number, quantity: number, dueAt: number, at: number) {
  const event = {
    kind: 'inbound',
    source: WMS,
    id: 'po' as EventId,
    sku,
    node: nodeId(node),
    inboundRef: 'PO-1',
    quantity,
    dueAt,
    at,
  };
  return event as never;
}

/** Takes each line from the first nodes that have it: what is decided is stock's and the machine's business, not this one's. */
export const nearest: Source = (_world, order, skus) => {
  const out = new Set(order.excluded.map(({ node }) => node));
  const parts = new Map<NodeId, { line: string; sku: Sku; units: number }[]>();
  const left = new Map(skus.map(({ sku, nodes }) => [sku, nodes.map((each) => ({ ...each }))]));
  for (const { line, sku, units } of order.needs) {
    let open = units;
    for (const at of left.get(sku) ?? []) {
      const taken = out.has(at.node) ? 0 : Math.min(open, at.available);
      open -= taken;
      at.available -= taken;
      if (taken > 0) parts.set(at.node, [...(parts.get(at.node) ?? []), { line, sku, units: taken }]);
    }
  }
  const plan = [...parts].map(([node, lines]) => ({ node, grams: 0, costMinor: 0, lines }));
  const about = { rules: 'live', tried: [], candidates: [], candidatesInAll: 0, compared: [], bounded: false };
  const decided: SourcingDecision = {
    ...about,
    step: 'nearest',
    plan: { parts: plan, costMinor: 0, splitMinor: 0, pressureMinor: 0, missing: [] },
  };
  return plan.length === 0 ? about : decided;
};
