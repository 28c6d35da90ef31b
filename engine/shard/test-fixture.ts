import type { ChannelId, ClientId, EventId, GroupId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';

// A retailer with two nodes, one channel and two systems, for tests of the whole engine; also without a test around it.

export const sku = (name: string | number): Sku => `s${name}` as Sku;
export const NODE = 'DC-1' as NodeId;
const STORE = 'S-1' as NodeId;
const WMS = 'wms' as SourceId;
const TILL = 'pos' as SourceId;
/** Longer than any test takes, in ms. */
export const HOLD_MS = 3_600_000;
export const CLIENT = 'shop' as ClientId;

export const REFERENCE: readonly ReferenceBatch[] = [
  {
    of: 'sources',
    rows: [WMS, TILL].map((id) => ({
      id,
      name: id,
      kind: id === WMS ? 'wms' : 'pos',
      format: 'json',
      grants: [{ nodes: 'all', kinds: ['snapshot', 'complete', 'delta', 'move', 'inbound', 'void', 'heartbeat'] }],
      unknownSku: 'create',
      lateMs: 48 * 3_600_000,
      freshMs: 3_600_000,
    })),
  },
  {
    of: 'nodes',
    rows: [NODE, STORE].map((id) => ({
      id,
      kind: id === NODE ? 'dc' : 'store',
      name: id,
      lat: 41,
      lon: -93,
      timeZone: 'America/Chicago',
      postcode: '50309',
      capabilities: ['ship', 'pickup'],
      hours: [],
      owner: WMS,
      safety: 0,
      enabled: true,
    })),
  },
  { of: 'groups', rows: [{ id: 'all' as GroupId, nodes: [NODE, STORE] }] },
  {
    of: 'channels',
    rows: [{ id: 'web' as ChannelId, name: 'Web', group: 'all' as GroupId, unitsPublic: true, lowAt: 2, clearAt: 4 }],
  },
];

let clock = Date.now() - 3_600_000;

/** The warehouse says how much it has. */
export function counted(name: string | number, quantity: number, id = `count-${name}-${quantity}`): StockEvent {
  const head = { source: WMS, id: id as EventId, at: clock++, node: NODE };
  return { ...head, kind: 'snapshot', sku: sku(name), quantity, covers: 'book', carries: 'on-hand' };
}

/** The till sells one. */
export function sold(name: string | number, id: string): StockEvent {
  const head = { source: TILL, id: id as EventId, at: clock++, node: NODE };
  return { ...head, kind: 'delta', sku: sku(name), quantity: -1, reason: 'sale' };
}

export function reserving(key: string, names: readonly (string | number)[], holdMs = HOLD_MS): ReserveRequest {
  const lines = names.map((name) => ({ sku: sku(name), units: 1, node: NODE }));
  return { key, client: CLIENT, channel: 'web' as ChannelId, lines, holdMs, partial: false };
}
