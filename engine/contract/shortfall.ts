import type { EventId, NodeId, Sku, SourceId } from './ids.ts';

/** Fewer units at a node than are promised there: something took them away, nothing was cancelled (rule AV7). */
export interface Shortfall {
  readonly sku: Sku;
  readonly node: NodeId;
  /** Units promised beyond what is there; 0 in a change: resolved. */
  readonly units: number;
  /** Journal time since when there are any, ms since the epoch. */
  readonly since: number;
  /** What made it, or made it grow last. */
  readonly by: ShortfallCause;
}

/** A fact; of an event also who sent it, and its id there. */
export interface ShortfallCause {
  readonly position: string;
  readonly fact: string;
  readonly source?: SourceId;
  readonly id?: EventId;
}

export interface ShortfallsAsked {
  readonly node?: NodeId;
  /** Place of the last one of the page before. */
  readonly after?: ShortfallPlace;
  readonly limit: number;
}

/** What orders them: those open longest first. */
export type ShortfallPlace = Pick<Shortfall, 'since' | 'sku' | 'node'>;

export function shortfallPage(all: readonly Shortfall[], { after, limit }: ShortfallsAsked): Shortfall[] {
  const open = after === undefined ? all : all.filter((one) => compare(one, after) > 0);
  return open.toSorted(compare).slice(0, limit);
}

function compare(a: ShortfallPlace, b: ShortfallPlace): number {
  if (a.since !== b.since) return a.since - b.since;
  if (a.sku !== b.sku) return a.sku < b.sku ? -1 : 1;
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return 0;
}
