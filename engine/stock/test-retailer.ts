import type { ChannelId, EventId, GroupId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import type { ChannelRef, ItemRef, NodeGroupRef, NodeRef, ReferenceBatch, SourceRef } from '../contract/reference.ts';
import type { DeltaEvent } from '../contract/stock-event.ts';

// A small retailer for tests: nodes n0, n1 …, skus sku-0 …, channels web, app and till, sources wms, pos and handheld.

export const WMS = 'wms' as SourceId;
export const POS = 'pos' as SourceId;
export const HANDHELD = 'handheld' as SourceId;
export const DAY_MS = 86_400_000;

export const nodeId = (index: number): NodeId => `n${index}` as NodeId;
export const skuId = (index: number): Sku => `sku-${index}` as Sku;

export function nodeRef(id: NodeId, changes?: Partial<NodeRef>): NodeRef {
  return {
    id,
    kind: 'store',
    name: id,
    lat: 41,
    lon: -93,
    timeZone: 'America/Chicago',
    postcode: '50301',
    capabilities: ['ship', 'pickup'],
    hours: [],
    owner: WMS,
    safety: 0,
    enabled: true,
    ...changes,
  };
}

export function itemRef(sku: Sku, changes?: Partial<ItemRef>): ItemRef {
  return { sku, name: `item ${sku}`, scale: 0, enabled: true, ...changes };
}

export function channelRef(id: string, group: string, changes?: Partial<ChannelRef>): ChannelRef {
  const limits = { unitsPublic: true, lowAt: 5, clearAt: 8 };
  return { id: id as ChannelId, name: id, group: group as GroupId, ...limits, ...changes };
}

export function groupRef(id: string, nodes: readonly NodeId[]): NodeGroupRef {
  return { id: id as GroupId, nodes };
}

export function sourceRef(id: SourceId, changes?: Partial<SourceRef>): SourceRef {
  return {
    id,
    name: id,
    kind: 'wms',
    format: 'json',
    grants: [{ nodes: 'all', kinds: ['snapshot', 'complete', 'delta', 'move', 'inbound', 'void', 'heartbeat'] }],
    unknownSku: 'refuse',
    lateMs: 2 * DAY_MS,
    freshMs: 600_000,
    ...changes,
  };
}

export function retailer(size: { readonly nodes: number; readonly skus: number }): ReferenceBatch[] {
  const nodes = Array.from({ length: size.nodes }, (_, index) => nodeId(index));
  const tills = sourceRef(POS, {
    kind: 'pos',
    grants: [{ nodes: 'all', kinds: ['delta', 'void'], reasons: ['sale', 'return'] }],
  });
  const counters = sourceRef(HANDHELD, { kind: 'handheld', grants: [{ nodes: 'all', kinds: ['snapshot'] }] });
  return [
    { of: 'sources', rows: [sourceRef(WMS), tills, counters] },
    { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
    {
      of: 'groups',
      rows: [groupRef('all', nodes), groupRef('first', nodes.slice(0, 1)), groupRef('rest', nodes.slice(1))],
    },
    { of: 'channels', rows: [channelRef('web', 'all'), channelRef('app', 'all'), channelRef('till', 'first')] },
    { of: 'items', rows: Array.from({ length: size.skus }, (_, index) => itemRef(skuId(index))) },
  ];
}

export function delta(
  event: Partial<Omit<DeltaEvent, 'id'>> & { readonly id: string; readonly at: number; readonly quantity: number },
): DeltaEvent {
  const usual = { kind: 'delta', source: WMS, sku: skuId(0), node: nodeId(0), reason: 'sale' } as const;
  return { ...usual, ...event, id: event.id as EventId };
}
