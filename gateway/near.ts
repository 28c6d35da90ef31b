import type { NodeId } from '../engine/contract/ids.ts';
import type { NodeGroupRef, NodeRef } from '../engine/contract/reference.ts';
import type { Near } from './protocol/wire.ts';

/** Pickup nodes shown at most: a page lists a handful, and the list is part of what topics are shared by. */
export const NEAR_NODES_MAX = 5;

export interface NearNode {
  readonly node: NodeId;
  readonly name: string;
  readonly km: number;
}

export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Nearest first: enabled nodes of the channel's group where customers collect, within the distance. */
export function nearestPickups(
  place: Near,
  nodes: ReadonlyMap<NodeId, NodeRef>,
  group: NodeGroupRef | undefined,
): readonly NearNode[] {
  const found: NearNode[] = [];
  for (const id of group?.nodes ?? []) {
    const node = nodes.get(id);
    if (node === undefined || !node.enabled || !node.capabilities.includes('pickup')) continue;
    const km = Math.round(kmBetween(place, node) * 10) / 10;
    if (km <= (place.km ?? Number.POSITIVE_INFINITY)) found.push({ node: id, name: node.name, km });
  }
  return found.sort((a, b) => a.km - b.km || (a.node < b.node ? -1 : 1)).slice(0, NEAR_NODES_MAX);
}

/** To 0.01°, about 1 km: callers of one neighbourhood share topics, and nobody's exact place is kept. */
export function roundPlace({ lat, lon, km }: Near): Near {
  return { lat: Math.round(lat * 100) / 100, lon: Math.round(lon * 100) / 100, ...(km === undefined ? {} : { km }) };
}

/** Great-circle distance by the haversine formula, km. Des Moines (41.59, −93.62) to Chicago (41.88, −87.63) -> 498. */
export function kmBetween(a: Place, b: Place): number {
  const radians = Math.PI / 180;
  const dLat = ((b.lat - a.lat) * radians) / 2;
  const dLon = ((b.lon - a.lon) * radians) / 2;
  const h = Math.sin(dLat) ** 2 + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * Math.sin(dLon) ** 2;
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)));
}
