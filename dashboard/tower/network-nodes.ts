import type { NodeInfo } from '../../gateway/protocol/http.ts';
import type { OpsNode, OpsState } from '../../gateway/protocol/wire.ts';
import { healthOf, nodeFreshMs } from './freshness.ts';
import type { NodeHealth } from './freshness.ts';

/** A place with its figures: what the map and the list show. */
export interface NetworkNode {
  readonly id: string;
  readonly name: string;
  readonly dc: boolean;
  readonly lat: number;
  readonly lon: number;
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
  return places
    .map((place) => joined(place, figuresOf.get(place.id), ops, nowMs))
    .toSorted(
      (a, b) =>
        WORST_FIRST.indexOf(a.health) - WORST_FIRST.indexOf(b.health) ||
        Number(b.dc) - Number(a.dc) ||
        a.name.localeCompare(b.name),
    );
}

function joined(place: NodeInfo, known: OpsNode | undefined, ops: OpsState | undefined, nowMs: number): NetworkNode {
  const figures = known ?? { node: place.id, positions: 0, stocked: 0, low: 0, short: 0, heardAt: null };
  return {
    id: place.id,
    name: place.name,
    dc: place.kind !== 'store',
    lat: place.lat,
    lon: place.lon,
    health: healthOf(figures, nodeFreshMs(place.kind, ops?.sources ?? []), nowMs),
    figures,
  };
}

/** Share of a node's positions with anything on hand, for people: "92 %". */
export function stockedShare({ positions, stocked }: OpsNode): string {
  return positions === 0 ? '–' : `${Math.round((100 * stocked) / positions)} %`;
}
