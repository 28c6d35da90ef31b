import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../../engine/contract/ids.ts';
import type { Grant, SourceRef } from '../../engine/contract/reference.ts';
import type { Reference } from '../reference-folder.ts';

// The retailer of the load test: many skus, twenty stores, one channel that sees them all.

const NODES = 20;
export const CHANNEL = 'load-web';
export const OWNER = 'load-wms';
export const GROUP = 'load-all';
/** Opening units of every sku: so many that no run sells out, so the number shown says how many events it has seen. */
export const OPENING_UNITS = 1_000_000;

export const skuName = (index: number): string => `L${String(index).padStart(6, '0')}`;
export const skuIndex = (name: string): number => Number(name.slice(1));
const nodeName = (index: number): string => `LN-${index + 1}`;
/** Each sku lives at one node. */
export const nodeOf = (sku: number): string => nodeName(sku % NODES);
/** Each connection speaks for a till system of its own. */
export const tillName = (lane: number): string => `load-till-${lane + 1}`;

export function loadReference(skus: number, lanes: number): Reference {
  const nodes = Array.from({ length: NODES }, (_, i) => nodeName(i) as NodeId);
  return {
    nodes: nodes.map((id, i) => ({
      id,
      kind: 'store',
      name: `Load ${i + 1}`,
      lat: 39 + i / 10,
      lon: -84 + i / 10,
      timeZone: 'America/New_York',
      postcode: '43000',
      capabilities: ['pickup', 'ship'],
      hours: [],
      owner: OWNER as SourceId,
      safety: 0,
      enabled: true,
    })),
    groups: [{ id: GROUP as GroupId, nodes }],
    channels: [
      { id: CHANNEL as ChannelId, name: 'Load', group: GROUP as GroupId, unitsPublic: true, lowAt: 5, clearAt: 8 },
    ],
    sources: [
      sourceRef(OWNER, 'wms', { nodes, kinds: ['snapshot'] }),
      ...Array.from({ length: lanes }, (_, i) =>
        sourceRef(tillName(i), 'pos', { nodes, kinds: ['delta'], reasons: ['sale'] }),
      ),
    ],
    items: Array.from({ length: skus }, (_, i) => ({
      sku: skuName(i) as Sku,
      name: `Load ${i}`,
      scale: 0,
      enabled: true,
    })),
  };
}

const HOUR = 3_600_000;

function sourceRef(id: string, kind: SourceRef['kind'], grant: Grant): SourceRef {
  return {
    id: id as SourceId,
    name: id,
    kind,
    format: 'json',
    grants: [grant],
    unknownSku: 'refuse',
    lateMs: 48 * HOUR,
    freshMs: HOUR,
  };
}
