import type { ChannelId, GroupId, NodeId, SourceId } from '../../../engine/contract/ids.ts';
import type { ChannelRef, NodeGroupRef, NodeRef, OpeningHours, SourceRef } from '../../../engine/contract/reference.ts';
import { ZONE } from '../local-time.ts';
import { titleCase } from './items.ts';
import type { OriginAddress } from './origin.ts';

// Where the retailer is, and which of its systems speaks for which place.

export interface Store {
  /** The sample's own store number, as its tills print it. */
  readonly code: string;
  readonly node: NodeId;
  readonly dc: Dc;
  readonly ref: NodeRef;
}

export interface Dc {
  readonly node: NodeId;
  readonly code: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  readonly postcode: string;
  readonly wms: SourceId;
}

/** Ours, at real towns with room for a warehouse. */
export const DCS: readonly Dc[] = [
  dc('DC-COL', '9001', 'Grove City', 39.8814, -83.093, '43123'),
  dc('DC-AKR', '9002', 'Hudson', 41.2401, -81.4407, '44236'),
  dc('DC-DAY', '9003', 'Vandalia', 39.8906, -84.1988, '45377'),
];

function dc(node: string, code: string, town: string, lat: number, lon: number, postcode: string): Dc {
  const name = `Marlow & Finch Distribution ${town}`;
  return {
    node: node as NodeId,
    code,
    name,
    lat,
    lon,
    postcode,
    wms: `wms-${node.slice(3).toLowerCase()}` as SourceId,
  };
}

export const ERP = 'erp' as SourceId;
export const BACK_ROOM = 'back-room' as SourceId;
export const HANDHELDS = 'handhelds' as SourceId;
export const STATE = 'OH';
export const STORES = 120;

const DAY_MS = 86_400_000;
/** Tills may be offline over a long weekend. */
const TILL_LATE_MS = 7 * DAY_MS;
const LATE_MS = 2 * DAY_MS;
/** Back-office systems are called old after three minutes of silence: at the replay's default speed that is ten days. */
const FRESH_MS = 180_000;
/** The ledger owns every node and speaks of a store once a year, 88 minutes at that speed: longer, or all stores were stale (AV5). */
const LEDGER_FRESH_MS = 7_200_000;
/** Tills after ten times their usual silence at that speed: POSLog has no heartbeat, and small stores ring seldom. */
const TILL_FRESH_MS_MIN = 90_000;
const YEAR_AT_DEFAULT_SPEED_MS = (365 * DAY_MS) / 6_000;

/** The busiest stores take the addresses in the order of their numbers; the last addresses stay empty. */
export function placeStores(codes: readonly string[], addresses: readonly OriginAddress[]): Store[] {
  const names = new Set<string>();
  return codes.map((code, rank) => {
    const address = addresses[rank];
    if (address === undefined)
      throw new Error(`${codes.length} stores need as many addresses, got ${addresses.length}`);
    return storeAt(code, address, names);
  });
}

function storeAt(code: string, address: OriginAddress, names: Set<string>): Store {
  const city = address.STRCITY.replace(/\s*\(.*\)/, '').trim();
  const town = `Marlow & Finch ${city}`;
  // A town with several stores tells them apart by street.
  const name = names.has(town) ? `${town}, ${titleCase(address.STREETADDR.replace(/^[0-9-]+[A-Z]? /i, ''))}` : town;
  names.add(name);
  const [lat, lon] = [Number(address.LAT), Number(address.LON)];
  const node = `S${code}` as NodeId;
  const ref: NodeRef = {
    id: node,
    kind: 'store',
    name,
    lat,
    lon,
    timeZone: ZONE,
    postcode: address.ZIPCODE.padStart(5, '0'),
    capabilities: ['ship', 'pickup'],
    hours: STORE_HOURS,
    owner: ERP,
    // One unit stays back: what the book has and the shelf has not.
    safety: 1,
    enabled: true,
  };
  return { code, node, dc: nearestDc(lat, lon), ref };
}

/** 6 to midnight, Sundays 7 to 23. 98 % of the sample's lines lie inside. */
const STORE_HOURS: readonly OpeningHours[] = [1, 2, 3, 4, 5, 6, 7].map((day) =>
  day === 7 ? { day, open: 420, close: 1380 } : { day, open: 360, close: 1440 },
);

function nearestDc(lat: number, lon: number): Dc {
  const far = (dc: Dc): number => (dc.lat - lat) ** 2 + ((dc.lon - lon) * Math.cos((lat * Math.PI) / 180)) ** 2;
  return DCS.toSorted((a, b) => far(a) - far(b))[0] as Dc;
}

export function nodesOf(stores: readonly Store[]): NodeRef[] {
  const dcs = DCS.map((place): NodeRef => ({
    id: place.node,
    kind: 'dc',
    name: place.name,
    lat: place.lat,
    lon: place.lon,
    timeZone: ZONE,
    postcode: place.postcode,
    capabilities: ['ship'],
    hours: [],
    owner: ERP,
    safety: 0,
    enabled: true,
  }));
  return [...dcs, ...stores.map((store) => store.ref)];
}

export const DC_GROUP = 'dcs' as GroupId;

export function groupsOf(stores: readonly Store[]): NodeGroupRef[] {
  const dcs = DCS.map((place) => place.node);
  const shops = stores.map((store) => store.node);
  return [
    { id: 'everywhere' as GroupId, nodes: [...dcs, ...shops] },
    { id: DC_GROUP, nodes: dcs },
    { id: 'stores' as GroupId, nodes: shops },
  ];
}

export const CHANNELS: readonly ChannelRef[] = [
  {
    id: 'web' as ChannelId,
    name: 'Web shop',
    group: 'everywhere' as GroupId,
    unitsPublic: true,
    lowAt: 5,
    clearAt: 8,
  },
  { id: 'marketplace' as ChannelId, name: 'Marketplace', group: DC_GROUP, unitsPublic: false, lowAt: 5, clearAt: 10 },
  { id: 'store' as ChannelId, name: 'Stores', group: 'stores' as GroupId, unitsPublic: false, lowAt: 3, clearAt: 5 },
];

const posOf = (store: Store): SourceId => `pos-${store.code}` as SourceId;

/** GLN of a place, in the range GS1 keeps for a company's own use (it begins with 2): EPCIS names places by it. */
export const placeUri = (code: string): string => `urn:epc:id:sgln:2000000.${code.padStart(5, '0')}.0`;

/**
 * The ERP's ledger owns every node's absolute; tills, warehouses and back rooms report movements, handhelds count.
 * Each source knows our nodes by its own codes. `receipts`: how many a store's tills print in the year.
 */
export function sourcesOf(stores: readonly Store[], receipts: ReadonlyMap<string, number>): SourceRef[] {
  const shops = stores.map((store) => store.node);
  const gln = Object.fromEntries([
    ...DCS.map((place) => [placeUri(place.code), place.node]),
    ...stores.map((store) => [placeUri(store.code), store.node]),
  ]) as Record<string, NodeId>;
  const numbers = Object.fromEntries([
    ...DCS.map((place) => [place.code, place.node]),
    ...stores.map((store) => [store.code, store.node]),
  ]) as Record<string, NodeId>;
  const common = { unknownSku: 'refuse', lateMs: LATE_MS, freshMs: FRESH_MS, timeZone: ZONE } as const;
  return [
    {
      ...common,
      freshMs: LEDGER_FRESH_MS,
      id: ERP,
      name: 'ERP ledger and purchasing',
      kind: 'erp',
      format: 'x12',
      grants: [{ nodes: 'all', kinds: ['snapshot', 'complete', 'inbound', 'void', 'heartbeat'] }],
      nodeCodes: numbers,
      strict: true,
    },
    ...DCS.map((place): SourceRef => ({
      ...common,
      id: place.wms,
      name: `WMS ${place.name.slice('Marlow & Finch Distribution '.length)}`,
      kind: 'wms',
      format: 'epcis',
      grants: [{ nodes: [place.node], kinds: ['delta', 'move', 'void', 'heartbeat'] }],
      nodeCodes: { [placeUri(place.code)]: place.node },
    })),
    {
      ...common,
      id: BACK_ROOM,
      name: 'Back rooms of the stores',
      kind: 'wms',
      format: 'epcis',
      grants: [{ nodes: shops, kinds: ['delta', 'move', 'void', 'heartbeat'] }],
      nodeCodes: gln,
    },
    {
      ...common,
      id: HANDHELDS,
      name: 'Handhelds counting shelves',
      kind: 'handheld',
      format: 'csv',
      grants: [{ nodes: shops, kinds: ['snapshot', 'heartbeat'] }],
      nodeCodes: numbers,
    },
    ...stores.map((store): SourceRef => ({
      ...common,
      id: posOf(store),
      name: `Tills ${store.ref.name.slice('Marlow & Finch '.length)}`,
      kind: 'pos',
      format: 'poslog',
      lateMs: TILL_LATE_MS,
      freshMs: Math.max(
        TILL_FRESH_MS_MIN,
        Math.round((10 * YEAR_AT_DEFAULT_SPEED_MS) / (receipts.get(store.code) ?? 1)),
      ),
      grants: [{ nodes: [store.node], kinds: ['delta', 'void', 'heartbeat'], reasons: ['sale', 'return'] }],
      nodeCodes: { [store.code]: store.node },
    })),
  ];
}
