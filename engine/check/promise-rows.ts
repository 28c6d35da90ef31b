import type { SkuStock } from '../contract/change.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';

// Rows and sums of the second book (promise-book.ts).

export interface Demand {
  readonly nodes: readonly NodeId[];
  units: number;
}

export interface OfSku {
  /** Held at nodes, allocated there, and shipped from there. */
  readonly atNodes: Map<NodeId, number>;
  readonly allocated: Map<NodeId, number>;
  readonly shipped: Map<NodeId, number>;
  /** Ever sent there from another node. */
  readonly sent: Map<NodeId, number>;
  /** By the nodes' names. */
  readonly demands: Map<string, Demand>;
}

/** What a fact newly promises; of a group the nodes it had when the units were sold, absent: those it has now. */
export type NewLine = ReserveLine & { readonly nodes?: readonly NodeId[] };

export interface HeldRow {
  readonly sku: Sku;
  /** As the line names it: groups with the same nodes are lines apart. */
  readonly place: string;
  readonly units: number;
  readonly as: 'held' | 'allocated';
  /** The node, or the nodes of the group as they were when it was promised. */
  readonly at: NodeId | readonly NodeId[];
}

/** Units left at a node, negative when more is promised than it has; none while it is switched off. */
export function freeAt(one: SkuStock['nodes'][number], reserved: number): number {
  const free = one.onHand - one.unavailable - one.departed - one.allocated - one.safety - reserved;
  return free < 0 ? free : Math.min(free, one.available);
}

export const nameOf = (nodes: readonly NodeId[]): string => nodes.join(' ');

/** Orders may be called what reservations are called. */
export const orderKey = (id: string): string => `order ${id}`;
