// Reads the bundled samples for benches and for people's eyes; it is no part of a pure decision.
/* oxlint-disable no-restricted-imports */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ChannelId, NodeId, Sku } from '../../contract/ids.ts';
import type { ItemRef, NodeGroupRef, NodeRef } from '../../contract/reference.ts';
import type { CarrierRef, SkuAtNodes, SourcingOrder, SourcingRef, SourcingWorld } from '../../contract/sourcing.ts';
import { chance, TUESDAY_MS, type Case } from './test-network.ts';

// The demo retailer's online baskets, sourced by its own rules and carriers from what it had on the first morning.

const SAMPLES = new URL('../../../ingest/samples/', import.meta.url);

export interface RealCase extends Case {
  readonly id: string;
  readonly names: ReadonlyMap<Sku, string>;
}

interface Basket {
  readonly id: string;
  readonly channel: ChannelId;
  readonly isPickup: boolean;
  readonly node?: NodeId;
  readonly group: NodeGroupRef['id'];
  readonly units: Map<Sku, number>;
}

/** In the order in which they came in, `ordersMax` at most. */
export function realCases(ordersMax: number): readonly RealCase[] {
  const nodes = rowsOf<NodeRef>('nodes');
  const groups = new Map(rowsOf<NodeGroupRef>('groups').map((row) => [row.id, row]));
  const items = new Map(rowsOf<ItemRef>('items').map((row) => [row.sku, row]));
  const known = {
    rules: rowsOf<SourcingRef>('sourcing')[0]!,
    carriers: new Map(rowsOf<CarrierRef>('carriers').map((row) => [row.id, row])),
    nodes: new Map(nodes.map((row) => [row.id, row])),
    groups,
  };
  const stock = openingStock(known.nodes);
  const stores = nodes.filter(({ kind }) => kind === 'store');
  return readBaskets(ordersMax).map((basket) => {
    const skus = [...basket.units.keys()].map((sku): SkuAtNodes => {
      const { department } = items.get(sku) ?? {};
      return { sku, ...(department !== undefined && { department }), nodes: stock.get(sku) ?? [] };
    });
    const valueMinor = [...basket.units].reduce(
      (sum, [sku, units]) => sum + units * (items.get(sku)?.priceMinor ?? 0),
      0,
    );
    const world: SourcingWorld = { ...known, group: groups.get(basket.group)?.nodes ?? [] };
    const names = new Map(skus.map(({ sku }) => [sku, items.get(sku)?.name ?? sku]));
    return {
      id: basket.id,
      names,
      world,
      order: orderOf(basket, stores, valueMinor),
      skus,
      loads: [],
      atMs: TUESDAY_MS,
    };
  });
}

/** Who shops online lives some km from a store; the sample says nothing of homes, so which one follows from the order's id. */
function orderOf(basket: Basket, stores: readonly NodeRef[], valueMinor: number): SourcingOrder {
  const next = chance(Number.parseInt(basket.id.replaceAll(/\D/g, ''), 10) % 1_000_003);
  const near = stores[next(stores.length)]!;
  const to = { country: 'US', lat: near.lat + (next(400) - 200) / 1_000, lon: near.lon + (next(400) - 200) / 1_000 };
  return {
    channel: basket.channel,
    ...(basket.isPickup ? { method: 'pickup', pickupNode: basket.node! } : { method: 'ship', ...to }),
    tags: [],
    valueMinor,
    needs: [...basket.units].map(([sku, units], at) => ({ line: `${at + 1}`, sku, units })),
    excluded: [],
  };
}

function readBaskets(ordersMax: number): readonly Basket[] {
  const baskets = new Map<string, Basket>();
  for (const [id = '', channel, method, , , sku, quantity, node] of csv('baskets')) {
    let basket = baskets.get(id);
    if (basket === undefined) {
      if (baskets.size === ordersMax) break;
      const group = channel === 'marketplace' ? 'dcs' : 'everywhere';
      const at = node === '' ? {} : { node: node as NodeId };
      const of = { channel: channel as ChannelId, group: group as NodeGroupRef['id'], isPickup: method === 'pickup' };
      baskets.set(id, (basket = { id, ...of, ...at, units: new Map() }));
    }
    basket.units.set(sku as Sku, (basket.units.get(sku as Sku) ?? 0) + Number(quantity));
  }
  return [...baskets.values()];
}

/** What may be promised of it: less what the node keeps back. */
function openingStock(nodes: ReadonlyMap<string, NodeRef>): ReadonlyMap<Sku, SkuAtNodes['nodes']> {
  const stock = new Map<Sku, SkuAtNodes['nodes'][number][]>();
  for (const [, , , node = '', sku, quantity] of csv('opening')) {
    const available = Number(quantity) - (nodes.get(node)?.safety ?? 0);
    if (available <= 0) continue;
    const rows = stock.get(sku as Sku) ?? [];
    stock.set(sku as Sku, rows);
    rows.push({ node: node as NodeId, available });
  }
  return stock;
}

/** Without quotes and without commas inside fields; the header is left out. */
function csv(name: string): readonly string[][] {
  const text = gunzipSync(readFileSync(new URL(`data/${name}.csv.gz`, SAMPLES))).toString();
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

function rowsOf<T>(kind: string): readonly T[] {
  const file = (ending: string): URL => new URL(`reference/${kind}.json${ending}`, SAMPLES);
  const text = kind === 'items' ? gunzipSync(readFileSync(file('.gz'))).toString() : readFileSync(file(''), 'utf8');
  return JSON.parse(text) as readonly T[];
}
