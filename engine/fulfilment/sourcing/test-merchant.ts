import type { NodeId, Sku } from '../../contract/ids.ts';
import type {
  CarrierRef,
  SkuAtNodes,
  SourcingDecision,
  SourcingNeed,
  SourcingOrder,
  SourcingRef,
  SourcingStep,
} from '../../contract/sourcing.ts';
import type { NodeLoad } from '../../contract/work-order.ts';
import { source } from './source.ts';
import { CHEAPEST, node, order, rules, TUESDAY_MS, world } from './test-network.ts';

// A shop with one distribution centre (DC, 500 km away) and three stores around the customer (S1 5 km, S2 20 km, S3 50 km).

const NORTH_KM = 111.2;
export const NODES = [
  node('DC', { kind: 'dc', capabilities: ['ship'], lat: 40 + 500 / NORTH_KM }),
  node('S1', { lat: 40 + 5 / NORTH_KM }),
  node('S2', { lat: 40 + 20 / NORTH_KM }),
  node('S3', { lat: 40 + 50 / NORTH_KM }),
];
/** 4.50 up to 100 km and 8.00 beyond, 1.00 per kg; next working day, beyond in three. */
export const POST: CarrierRef = {
  id: 'post',
  name: 'Post',
  zones: [
    { zone: 'near', kmMax: 100, baseMinor: 450, perKgMinor: 100, days: 1 },
    { zone: 'far', kmMax: 1_000, baseMinor: 800, perKgMinor: 100, days: 3 },
  ],
};
export const FREE_HANDS = { dc: 0, store: 0, supplier: 0, 'third-party': 0 };

export interface Asked {
  /** `A 2` is line 1, sku A, 2 units of 1 kg. */
  readonly cart: string;
  /** `DC: A 9, B 9 | S1: A 1`. */
  readonly stock: string;
  readonly step?: Partial<SourcingStep>;
  readonly steps?: readonly SourcingStep[];
  readonly costs?: Partial<SourcingRef['costs']>;
  readonly order?: Partial<SourcingOrder>;
  readonly loads?: readonly NodeLoad[];
  readonly atMs?: number;
}

const items = (text: string): [Sku, number][] =>
  text.split(',').map((item) => {
    const [sku, units] = item.trim().split(' ');
    return [sku as Sku, Number(units)];
  });

export function decide({
  cart,
  stock,
  step,
  steps,
  costs,
  order: fields,
  loads = [],
  atMs = TUESDAY_MS,
}: Asked): SourcingDecision {
  const needs = items(cart).map(([sku, units], at): SourcingNeed => ({ line: `${at + 1}`, sku, units, grams: 1_000 }));
  const skus = new Map<Sku, SkuAtNodes['nodes'][number][]>();
  for (const [where, what] of stock.split('|').map((text) => text.split(':'))) {
    const isStale = where!.includes('?');
    for (const [sku, available] of items(what!)) {
      const at = {
        node: where!.replace('?', '').trim() as NodeId,
        available,
        ...(isStale && { stale: true as const }),
      };
      skus.set(sku, [...(skus.get(sku) ?? []), at]);
    }
  }
  const ref = rules(steps ?? [{ ...CHEAPEST, ...step }], { handlingMinor: FREE_HANDS, pressureMinor: 0, ...costs });
  const advice = [...skus].map(([sku, nodes]): SkuAtNodes => ({ sku, nodes }));
  return source(world(NODES, ref, [POST]), order(needs, fields), advice, loads, atMs);
}

/** `S1: A 1, B 2 | DC: C 1 = 13.50`, or what is done without a plan. */
export function told({ plan, otherwise }: SourcingDecision): string {
  if (plan === undefined)
    return typeof otherwise === 'object' ? `cancel after ${otherwise.cancelAfterMs}` : `${otherwise}`;
  const parts = plan.parts.map(
    ({ node: at, lines }) => `${at}: ${lines.map((line) => `${line.sku} ${line.units}`).join(', ')}`,
  );
  const missing = plan.missing.map(({ sku, units }) => ` without ${sku} ${units}`).join('');
  return `${parts.join(' | ')}${missing} = ${(plan.costMinor / 100).toFixed(2)}`;
}

export function outs({ candidates }: SourcingDecision): Record<string, string> {
  return Object.fromEntries(candidates.map(({ node: at, out }) => [at, out ?? 'in']));
}
