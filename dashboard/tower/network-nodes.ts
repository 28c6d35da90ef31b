import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import type { OpsNode, OpsState } from '../../gateway/protocol/wire.ts';
import { healthOf, HEALTH_LOOKS, nodeFreshMs } from './freshness.ts';
import type { NodeHealth } from './freshness.ts';

/** A place on the map. */
export interface MapNode {
  readonly id: string;
  readonly dc: boolean;
  readonly lat: number;
  readonly lon: number;
  readonly tone: string;
}

/** A place with its figures: what the map and the list show. */
export interface NetworkNode extends MapNode {
  readonly name: string;
  /** The name without what every name begins with: the list is narrow. */
  readonly label: string;
  readonly health: NodeHealth;
  readonly figures: OpsNode;
}

const WORST_FIRST: readonly NodeHealth[] = ['short', 'late', 'never', 'fresh'];

/** Places joined with the operator's figures, worst first, distribution centres before stores. */
export function networkNodes(
  places: readonly NodeInfo[],
  ops: OpsState | undefined,
  nowMs: number,
): readonly NetworkNode[] {
  const figuresOf = new Map(ops?.nodes.map((node) => [node.node, node]));
  const labels = nodeLabels(places);
  return places
    .map((place) => ({
      ...joined(place, figuresOf.get(place.id), ops, nowMs),
      label: labels.get(place.id) ?? place.name,
    }))
    .toSorted(
      (a, b) =>
        WORST_FIRST.indexOf(a.health) - WORST_FIRST.indexOf(b.health) ||
        Number(b.dc) - Number(a.dc) ||
        a.name.localeCompare(b.name),
    );
}

function joined(
  place: NodeInfo,
  known: OpsNode | undefined,
  ops: OpsState | undefined,
  nowMs: number,
): Omit<NetworkNode, 'label'> {
  const figures = known ?? { node: place.id, positions: 0, stocked: 0, low: 0, short: 0, heardAt: null };
  const health = healthOf(figures, nodeFreshMs(place.kind, ops?.sources ?? []), nowMs);
  return {
    id: place.id,
    name: place.name,
    dc: place.kind !== 'store',
    lat: place.lat,
    lon: place.lon,
    tone: HEALTH_LOOKS[health].tone,
    health,
    figures,
  };
}

/** Share of a node's positions with anything on hand, for people: "92 %". */
export function stockedShare({ positions, stocked }: OpsNode): string {
  return positions === 0 ? '–' : `${Math.round((100 * stocked) / positions)} %`;
}

/** Names by node id, without what most of them begin with: lists are narrow. */
export function nodeLabels(places: readonly NodeInfo[]): ReadonlyMap<string, string> {
  const shared = sharedWords(places.map((place) => place.name));
  return new Map(places.map(({ id, name }) => [id, name.startsWith(shared) ? name.slice(shared.length) : name]));
}

/**
 * Words that more than half of the names begin with, with the space behind them; empty when there are none:
 * "Finch Akron", "Finch Lima", "Depot" -> "Finch ".
 */
export function sharedWords(names: readonly string[]): string {
  let shared = '';
  // Names have few words; the bound only says so.
  for (let count = 1; count <= 6; count++) {
    const heads = Map.groupBy(names, (name) => name.split(' ').slice(0, count).join(' '));
    const [head, same] = [...heads].toSorted((a, b) => b[1].length - a[1].length)[0] ?? ['', []];
    if (same.length * 2 <= names.length || same.some((name) => name === head)) break;
    shared = `${head} `;
  }
  return shared;
}
