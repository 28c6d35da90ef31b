import type { NodeId, Sku } from '../../contract/ids.ts';
import type { NodeRef } from '../../contract/reference.ts';
import type { CarrierRef, SkuAtNodes, SourcingNeed, SourcingOrder, SourcingWorld } from '../../contract/sourcing.ts';
import type { NodeLoad } from '../../contract/work-order.ts';

/** Of one whole unit when neither order nor item master says: a small parcel. */
const GRAMS_UNKNOWN = 500;

/** All lines of one sku: they are served together, and their units shared out in the order of the lines. */
export interface NeededSku {
  readonly sku: Sku;
  readonly units: number;
  /** Of one of them. */
  readonly grams: number;
  /** Whole units that one of them is: 0.001 of what is counted in grams and named in kg. */
  readonly wholes: number;
  readonly department?: string;
  readonly lines: readonly SourcingNeed[];
}

interface NodeStock {
  /** By index of the sku. */
  readonly available: number[];
  stale: boolean;
}

/** What one decision looks at, looked up once for all its steps. */
export interface View {
  readonly world: SourcingWorld;
  readonly order: SourcingOrder;
  readonly atMs: number;
  readonly skus: readonly NeededSku[];
  readonly grams: number;
  readonly departments: ReadonlySet<string>;
  readonly group: ReadonlySet<NodeId>;
  readonly excluded: ReadonlySet<NodeId>;
  readonly servedBy: ReadonlySet<NodeId>;
  readonly stock: ReadonlyMap<NodeId, NodeStock>;
  readonly loads: ReadonlyMap<NodeId, NodeLoad>;
  /** Those that drive to its country and take its heaviest unit, by id. */
  readonly carriers: readonly CarrierRef[];
  /** Where it goes; absent: nobody knows. */
  readonly to?: { readonly lat: number; readonly lon: number };
  readonly pickupNode?: NodeRef;
}

export function lookUp(
  world: SourcingWorld,
  order: SourcingOrder,
  advice: readonly SkuAtNodes[],
  loads: readonly NodeLoad[],
  atMs: number,
): View {
  const skus = neededSkus(order, advice);
  const pickupNode = order.pickupNode === undefined ? undefined : world.nodes.get(order.pickupNode);
  const to = order.method === 'ship' ? addressOf(order) : pickupNode;
  return {
    world,
    order,
    atMs,
    skus,
    grams: skus.reduce((sum, { grams, units }) => sum + grams * units, 0),
    departments: new Set(skus.flatMap(({ department }) => department ?? [])),
    group: new Set(world.group),
    excluded: new Set(order.excluded.map(({ node }) => node)),
    servedBy: new Set(order.with),
    stock: stockByNode(skus, advice),
    loads: new Map(loads.map((load) => [load.node, load])),
    carriers: carriersFor(world, order, Math.max(0, ...skus.map(({ grams }) => grams))),
    ...(to !== undefined && { to }),
    ...(pickupNode !== undefined && { pickupNode }),
  };
}

function addressOf({ lat, lon }: SourcingOrder): View['to'] {
  return lat === undefined || lon === undefined ? undefined : { lat, lon };
}

function neededSkus({ needs }: SourcingOrder, advice: readonly SkuAtNodes[]): readonly NeededSku[] {
  const lines = new Map<Sku, SourcingNeed[]>();
  for (const need of needs) {
    if (need.units <= 0) continue;
    const known = lines.get(need.sku);
    if (known === undefined) lines.set(need.sku, [need]);
    else known.push(need);
  }
  const items = new Map(advice.map((item) => [item.sku, item]));
  return [...lines].map(([sku, of]) => {
    const department = of.find((line) => line.department !== undefined)?.department ?? items.get(sku)?.department;
    const wholes = 10 ** -(items.get(sku)?.scale ?? 0);
    const grams =
      wholes * (of.find((line) => line.grams !== undefined)?.grams ?? items.get(sku)?.grams ?? GRAMS_UNKNOWN);
    const units = of.reduce((sum, line) => sum + line.units, 0);
    return { sku, units, grams, wholes, lines: of, ...(department !== undefined && { department }) };
  });
}

function stockByNode(skus: readonly NeededSku[], advice: readonly SkuAtNodes[]): Map<NodeId, NodeStock> {
  const indexes = new Map(skus.map(({ sku }, index) => [sku, index]));
  const stock = new Map<NodeId, NodeStock>();
  for (const { sku, nodes } of advice) {
    const index = indexes.get(sku);
    if (index === undefined) continue;
    for (const { node, available, stale } of nodes) {
      let at = stock.get(node);
      if (at === undefined) stock.set(node, (at = { available: skus.map(() => 0), stale: false }));
      at.available[index] = Math.max(0, available);
      at.stale ||= stale === true;
    }
  }
  return stock;
}

function carriersFor({ carriers }: SourcingWorld, { country }: SourcingOrder, grams: number): readonly CarrierRef[] {
  return [...carriers.values()]
    .filter((carrier) => grams <= (carrier.gramsMax ?? grams))
    .filter(({ countries }) => country === undefined || (countries?.includes(country) ?? true))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
