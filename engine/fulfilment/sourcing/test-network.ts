import type { ChannelId, NodeId, Sku, SourceId } from '../../contract/ids.ts';
import type { NodeKind, NodeRef } from '../../contract/reference.ts';
import type {
  CarrierRef,
  SkuAtNodes,
  SourcingNeed,
  SourcingOrder,
  SourcingRef,
  SourcingStep,
  SourcingWorld,
} from '../../contract/sourcing.ts';
import type { NodeLoad } from '../../contract/work-order.ts';

// A made-up retailer for tests and benches of sourcing, and orders for it that look like a shop's.

export interface Case {
  readonly world: SourcingWorld;
  readonly order: SourcingOrder;
  readonly skus: readonly SkuAtNodes[];
  readonly loads: readonly NodeLoad[];
  readonly atMs: number;
}

export type Next = (below: number) => number;

/** Tuesday 2026-11-24, 15:00 in New York. */
export const TUESDAY_MS = 1_795_550_400_000;

export const PARCEL: CarrierRef = {
  id: 'parcel',
  name: 'Parcel',
  gramsMax: 30_000,
  zones: [
    { zone: '2', kmMax: 240, baseMinor: 620, perKgMinor: 48, days: 1 },
    { zone: '3', kmMax: 480, baseMinor: 710, perKgMinor: 63, days: 2 },
    { zone: '5', kmMax: 1_600, baseMinor: 890, perKgMinor: 110, days: 3 },
    { zone: '8', kmMax: 25_000, baseMinor: 1_240, perKgMinor: 215, days: 5 },
  ],
};
const COURIER: CarrierRef = {
  id: 'courier',
  name: 'Courier from the store',
  from: ['store'],
  days: [1, 2, 3, 4, 5, 6, 7],
  zones: [
    { zone: 'town', kmMax: 15, baseMinor: 450, perKgMinor: 20, days: 0 },
    { zone: 'county', kmMax: 60, baseMinor: 590, perKgMinor: 85, days: 0 },
  ],
};
const FREIGHT: CarrierRef = {
  id: 'freight',
  name: 'Freight',
  from: ['dc'],
  zones: [{ zone: 'all', kmMax: 25_000, baseMinor: 2_900, perKgMinor: 21, days: 4 }],
};

export function node(id: string, fields: Partial<NodeRef> = {}): NodeRef {
  return {
    id: id as NodeId,
    kind: 'store',
    name: id,
    lat: 40,
    lon: -83,
    timeZone: 'America/New_York',
    postcode: '43001',
    capabilities: ['ship', 'pickup'],
    hours: [],
    owner: 'erp' as SourceId,
    safety: 0,
    enabled: true,
    ...fields,
  };
}

export function rules(steps: readonly SourcingStep[], costs: Partial<SourcingRef['costs']> = {}): SourcingRef {
  const handlingMinor: Record<NodeKind, number> = { dc: 90, store: 140, supplier: 60, 'third-party': 110 };
  return { id: 'live', name: 'Live', steps, costs: { splitMinor: 200, pressureMinor: 400, handlingMinor, ...costs } };
}

export const CHEAPEST: SourcingStep = { name: 'cheapest', rank: ['cost', 'distance'] };

export function world(
  nodes: readonly NodeRef[],
  ref: SourcingRef = rules([CHEAPEST]),
  carriers: readonly CarrierRef[] = [PARCEL, COURIER, FREIGHT],
): SourcingWorld {
  return {
    rules: ref,
    carriers: new Map(carriers.map((carrier) => [carrier.id, carrier])),
    nodes: new Map(nodes.map((one) => [one.id, one])),
    groups: new Map(),
    group: nodes.map(({ id }) => id),
  };
}

export function order(needs: readonly SourcingNeed[], fields: Partial<SourcingOrder> = {}): SourcingOrder {
  return {
    channel: 'web' as ChannelId,
    method: 'ship',
    tags: [],
    valueMinor: 5_000,
    country: 'US',
    lat: 40,
    lon: -83,
    needs,
    excluded: [],
    ...fields,
  };
}

/** The same numbers for the same seed. */
export function chance(seed: number): Next {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 13), 3_266_489_917) >>> 0;
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32) * below);
  };
}

/** Three distribution centres, and stores over a land some 400 km wide. */
export function network(stores: number, next: Next): readonly NodeRef[] {
  const place = (): { lat: number; lon: number } => ({
    lat: 38.5 + next(3_600) / 1_000,
    lon: -84.8 + next(4_300) / 1_000,
  });
  const dcs = [0, 1, 2].map((at) => node(`DC${at}`, { kind: 'dc', capabilities: ['ship'], ...place() }));
  return [...dcs, ...Array.from({ length: stores }, (_, at) => node(`S${1_000 + at}`, place()))];
}

/** Carts of `lines` lines: most of one unit, some of many; a sku lies in many stores, in few, or in no distribution centre. */
export function someOrder(nodes: readonly NodeRef[], lines: number, next: Next): Omit<Case, 'world'> {
  const needs = Array.from({ length: lines }, (_, at): SourcingNeed => {
    const units = [1, 1, 1, 2, 2, 3, 6, 12][next(8)]!;
    return { line: `${at + 1}`, sku: `sku-${at}` as Sku, units, grams: [120, 300, 450, 900, 2_000, 7_500][next(6)]! };
  });
  const skus = needs.map(({ sku }): SkuAtNodes => {
    const commonness = [95, 60, 25, 8][next(4)]!;
    const inDcs = next(100) < 60;
    const units = (kind: NodeKind): number => {
      if (kind === 'dc') return inDcs && next(100) < 70 ? 5 + next(400) : 0;
      return next(100) < commonness ? 1 + next(8) : 0;
    };
    const at = nodes.map(({ id, kind }) => ({ node: id, available: units(kind) }));
    return { sku, nodes: at.filter(({ available }) => available > 0) };
  });
  const loads = nodes.map(({ id, kind }): NodeLoad => {
    const perDay = kind === 'dc' ? 5_000 : 40;
    return { node: id, open: next(30), today: next(perDay), perDay };
  });
  const to = { lat: 38.5 + next(3_600) / 1_000, lon: -84.8 + next(4_300) / 1_000 };
  return { order: order(needs, { ...to, valueMinor: 1_000 + next(30_000) }), skus, loads, atMs: TUESDAY_MS };
}
