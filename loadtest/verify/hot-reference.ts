import type { ChannelRef, Grant, ItemRef, NodeGroupRef, NodeRef, SourceRef } from '../../engine/contract/reference.ts';
import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../../engine/contract/ids.ts';
import type { Reference } from '../reference-folder.ts';
import {
  HANDHELD,
  HOUR,
  type HotSize,
  hotNode,
  hotSku,
  isWeighed,
  rushSku,
  SCALE_WEIGHED,
  TILL,
  WMS,
} from './hot-rows.ts';
import { HOT_CHANNELS, hotGroups } from './rush-plan.ts';

// Nodes, sources, items of the hot set, beside those of the bundled retailer.

/** Units kept back at every position of a hot node: one of them has some, so the term is not always 0. */
export const hotSafety = (node: number): number => (node === 1 ? 2 : 0);

export function hotReference(size: HotSize): Reference {
  const nodes = Array.from({ length: size.nodes }, (_, i) => nodeRef(i));
  const ids = nodes.map((node) => node.id);
  const skus = [
    ...Array.from({ length: size.skus }, (_, i) => itemRef(hotSku(i), isWeighed(i))),
    ...Array.from({ length: size.rushSkus }, (_, i) => itemRef(rushSku(i), false)),
  ];
  const groups: NodeGroupRef[] = Object.entries(hotGroups(size.nodes)).map(([id, members]) => ({
    id: id as GroupId,
    nodes: members.map((i) => hotNode(i) as NodeId),
  }));
  const channels: ChannelRef[] = Object.entries(HOT_CHANNELS).map(([id, group]) => ({
    id: id as ChannelId,
    name: id,
    group: group as GroupId,
    unitsPublic: true,
    lowAt: 5,
    clearAt: 8,
  }));
  const sources = [
    {
      ...sourceRef(WMS, 'wms', 48 * HOUR, {
        nodes: ids,
        kinds: ['snapshot', 'complete', 'delta', 'move', 'inbound', 'void'],
      }),
      // It empties a whole node on purpose, which the brakes would hold (rule FD12).
      brakes: { zeroShareMax: 1 },
    },
    sourceRef(TILL, 'pos', 168 * HOUR, { nodes: ids, kinds: ['delta', 'void'], reasons: ['sale', 'return'] }),
    sourceRef(HANDHELD, 'handheld', 48 * HOUR, { nodes: ids, kinds: ['snapshot'] }),
  ];
  return { nodes, groups, channels, sources, items: skus };
}

function nodeRef(index: number): NodeRef {
  return {
    id: hotNode(index) as NodeId,
    kind: index === 0 ? 'dc' : 'store',
    name: `Hot ${index + 1}`,
    lat: 40 + index / 10,
    lon: -82 - index / 10,
    timeZone: 'America/New_York',
    postcode: '43000',
    capabilities: ['ship', 'pickup'],
    hours: [],
    owner: WMS as SourceId,
    safety: hotSafety(index),
    enabled: true,
  };
}

function itemRef(sku: string, weighed: boolean): ItemRef {
  return { sku: sku as Sku, name: sku, scale: weighed ? SCALE_WEIGHED : 0, enabled: true };
}

function sourceRef(id: string, kind: SourceRef['kind'], lateMs: number, grant: Grant): SourceRef {
  return {
    id: id as SourceId,
    name: id,
    kind,
    format: 'json',
    grants: [grant],
    unknownSku: 'refuse',
    lateMs,
    freshMs: HOUR,
  };
}
