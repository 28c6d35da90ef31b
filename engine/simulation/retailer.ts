import type { ChannelId, ClientId, GroupId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import type { ChannelRef, NodeGroupRef, NodeRef, ReferenceBatch, SourceRef } from '../contract/reference.ts';

// The simulated retailer: few places and goods, so that everything collides.

export const NODES = ['n0', 'n1', 'n2', 'n3'] as NodeId[];
/** Enough that two or three stock shards each own some. */
export const SKUS = ['a', 'b', 'c', 'd', 'e'] as Sku[];
export const CLIENTS = ['shop', 'app'] as ClientId[];
export const WMS = 'wms' as SourceId;
export const POS = 'pos' as SourceId;
export const HANDHELD = 'handheld' as SourceId;

/** The warehouse may move a number by so many units at once (rule FD12). */
export const MOVE_UNITS_MAX = 20;

const DAY_MS = 86_400_000;
/** Two days, more than a run lasts: nothing leaves a window, which the slow model does not know. */
const LATE_MS = 3 * DAY_MS;
/** A book snapshot this much later has what left before (rule FD8): one step of the grid of times. */
export const POSTS_WITHIN_MS = 20 * 60_000;

export const GROUPS: Readonly<Record<string, readonly NodeId[]>> = {
  all: NODES,
  west: NODES.slice(0, 2),
  mid: NODES.slice(1, 3),
  east: NODES.slice(2),
};
export const CHANNELS: Readonly<Record<string, string>> = { web: 'all', app: 'mid', till: 'west' };

/** One place keeps more back the longer it is not heard of, one sells nothing then, the others are only called stale. */
const WHEN_SILENT: Readonly<Record<string, Pick<NodeRef, 'whenSilent'>>> = {
  n0: { whenSilent: { widen: { units: 1, everyMs: 240_000, maxUnits: 4 } } },
  n1: { whenSilent: { switchOff: true } },
};

export function nodeRef(id: NodeId, changes: Partial<Pick<NodeRef, 'safety' | 'enabled' | 'kind'>> = {}): NodeRef {
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
    ...WHEN_SILENT[id],
    ...changes,
  };
}

export function groupRef(id: string, nodes: readonly NodeId[]): NodeGroupRef {
  return { id: id as GroupId, nodes };
}

export function channelRef(id: string, group: GroupId): ChannelRef {
  const bound = id === 'till' ? { unitsPerCustomerMax: 4 } : {};
  const sellsInbound = id !== 'app';
  return { id: id as ChannelId, name: id, group, unitsPublic: true, lowAt: 3, clearAt: 6, sellsInbound, ...bound };
}

function sourceRef(id: SourceId, kind: SourceRef['kind'], grants: SourceRef['grants']): SourceRef {
  return {
    id,
    name: id,
    kind,
    format: 'json',
    grants,
    unknownSku: 'create',
    lateMs: LATE_MS,
    postsWithinMs: POSTS_WITHIN_MS,
    freshMs: 600_000,
  };
}

export const REFERENCE: readonly ReferenceBatch[] = [
  {
    of: 'sources',
    rows: [
      {
        ...sourceRef(WMS, 'wms', [
          { nodes: 'all', kinds: ['snapshot', 'complete', 'delta', 'move', 'inbound', 'void', 'heartbeat'] },
        ]),
        brakes: { moveUnitsMax: MOVE_UNITS_MAX },
      },
      sourceRef(POS, 'pos', [{ nodes: 'all', kinds: ['delta', 'void'], reasons: ['sale', 'return'] }]),
      sourceRef(HANDHELD, 'handheld', [{ nodes: 'all', kinds: ['snapshot'] }]),
    ],
  },
  { of: 'nodes', rows: NODES.map((id) => nodeRef(id)) },
  { of: 'groups', rows: Object.entries(GROUPS).map(([id, nodes]) => groupRef(id, nodes)) },
  {
    of: 'channels',
    rows: Object.entries(CHANNELS).map(([id, group]) => channelRef(id, group as GroupId)),
  },
];
