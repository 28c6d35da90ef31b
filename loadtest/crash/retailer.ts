import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../../engine/contract/ids.ts';
import type { FeedFormat, Grant, SourceRef } from '../../engine/contract/reference.ts';
import type { CarrierRef, SourcingRef } from '../../engine/contract/sourcing.ts';
import { ZONE } from '../../ingest/samples/local-time.ts';
import { placeUri } from '../../ingest/samples/build/places.ts';
import type { Reference } from '../reference-folder.ts';
import type { Geography } from '../verify/rush-world.ts';

// A small retailer on which everything can be accounted for to the unit.
//
//   moving skus     plenty of them; sold and received all the time, so every event shows in on-hand
//   contested skus  a few units, fought over; feeds only ever add to them, so less on hand than promised is an oversell
//   ordered skus    sold by orders, some out of a cart's hold; they leave by our own word and by the warehouse's, and come
//                   in again from time to time

export const NODES = ['C-DC', 'C-1', 'C-2', 'C-3'] as const;
export const CHANNEL = 'crash-web';
/** Overlapping, which is where naive sums oversell (rule AV2). */
export const GROUPS = {
  'crash-all': [0, 1, 2, 3],
  'crash-east': [0, 1, 2],
  'crash-west': [1, 2, 3],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export const WMS = 'crash-wms';
export const TILL = 'crash-till';
export const POS = 'crash-pos';
export const DOCK = 'crash-dock';

const MOVING = 16;
const CONTESTED = 12;
const ORDERED = 8;
/** More than all tills can sell in the longest run. */
export const MOVING_UNITS = 100_000_000;

/** GTIN-14, so that every format can name them. */
export const MOVING_SKUS: readonly string[] = Array.from({ length: MOVING }, (_, i) => gtin(1_000 + i));
export const CONTESTED_SKUS: readonly string[] = Array.from({ length: CONTESTED }, (_, i) => gtin(2_000 + i));
export const ORDERED_SKUS: readonly string[] = Array.from({ length: ORDERED }, (_, i) => gtin(3_000 + i));
export const SKUS: readonly string[] = [...MOVING_SKUS, ...CONTESTED_SKUS, ...ORDERED_SKUS];

export const GEOGRAPHY: Geography = {
  groups: new Map(Object.entries(GROUPS).map(([id, members]) => [id, members.map((i) => NODES[i] ?? '')])),
  channels: new Map([[CHANNEL, 'crash-all']]),
};

const HOUR = 3_600_000;

export function crashReference(): Reference {
  const nodes = NODES.map((id) => id as NodeId);
  return {
    nodes: nodes.map((id, i) => ({
      id,
      kind: i === 0 ? 'dc' : 'store',
      name: `Crash ${i}`,
      lat: 40 + i / 10,
      lon: -83 + i / 10,
      timeZone: ZONE,
      postcode: '43000',
      capabilities: ['ship', 'pickup'],
      hours: [],
      owner: WMS as SourceId,
      safety: 0,
      enabled: true,
    })),
    groups: [...GEOGRAPHY.groups].map(([id, members]) => ({ id: id as GroupId, nodes: members as readonly NodeId[] })),
    channels: [
      {
        id: CHANNEL as ChannelId,
        name: 'Crash',
        group: 'crash-all' as GroupId,
        unitsPublic: true,
        lowAt: 2,
        clearAt: 4,
      },
    ],
    sources: [
      sourceRef(WMS, 'wms', 'json', { nodes, kinds: ['snapshot', 'delta', 'heartbeat'] }),
      sourceRef(TILL, 'pos', 'csv', { nodes, kinds: ['delta'], reasons: ['sale', 'return'] }),
      sourceRef(POS, 'pos', 'poslog', { nodes, kinds: ['delta'], reasons: ['sale', 'return'] }),
      {
        ...sourceRef(DOCK, 'wms', 'epcis', { nodes, kinds: ['delta'] }),
        nodeCodes: Object.fromEntries(nodes.map((node) => [placeUri(placeCode(node)), node])),
      },
    ],
    items: SKUS.map((sku) => ({ sku: sku as Sku, name: `Crash ${sku}`, scale: 0, enabled: true })),
    carriers: [PARCEL],
    sourcing: [RULES],
  };
}

const PARCEL: CarrierRef = {
  id: 'parcel',
  name: 'Parcel',
  zones: [{ zone: 'all', kmMax: 25_000, baseMinor: 500, perKgMinor: 50, days: 2 }],
};

/** As much as there is, from wherever it is; nobody's time runs out, so nothing moves but by what the run does. */
const RULES: SourcingRef = {
  id: 'live',
  name: 'Cheapest',
  steps: [
    { name: 'all of it', rank: ['cost', 'open-work'], constraints: { mayBeLate: true } },
    { name: 'what there is', rank: ['cost'], constraints: { mayBeLate: true, partial: true }, otherwise: 'queue' },
  ],
  costs: {
    splitMinor: 200,
    handlingMinor: { dc: 90, store: 100, supplier: 60, 'third-party': 110 },
    pressureMinor: 0,
  },
};

/** How the dock names a node. */
export const placeCode = (node: string): string => String(NODES.findIndex((id) => id === node) + 1);

function sourceRef(id: string, kind: SourceRef['kind'], format: FeedFormat, grant: Grant): SourceRef {
  return {
    id: id as SourceId,
    name: id,
    kind,
    format,
    grants: [grant],
    unknownSku: 'refuse',
    lateMs: 48 * HOUR,
    freshMs: HOUR,
    timeZone: ZONE,
  };
}

/** Fourteen digits, the last one checking the others. */
function gtin(item: number): string {
  const digits = `00400${String(item).padStart(8, '0')}`;
  const sum = Array.from(digits).reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return digits + String((10 - (sum % 10)) % 10);
}
