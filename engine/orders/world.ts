import type { KnownRows } from '../contract/known-rows.ts';
import type { GroupId, NodeId } from '../contract/ids.ts';
import type { Order } from '../contract/order.ts';
import type { ChannelRef, NodeGroupRef, NodeRef } from '../contract/reference.ts';
import type { CarrierRef, SkuAtNodes, Source, SourcingRef } from '../contract/sourcing.ts';
import type { NodeLoad } from '../contract/work-order.ts';

export interface OrderSettings {
  readonly shard: number;
  readonly stockShards: number;
  /** Where a node's work is decided about. */
  readonly nodeShards: number;
  readonly nodes: number;
  readonly source: Source;
}

/** What a decision about an order looks at beside the order. */
export interface World {
  readonly rows: KnownRows;
  readonly settings: OrderSettings;
  /** What stock and nodes said since they were asked; undefined while somebody has not answered. */
  readonly advice?: Advice | undefined;
  readonly at: number;
}

export interface Advice {
  /** The question it answers. */
  readonly ask: number;
  readonly skus: readonly SkuAtNodes[];
  readonly loads: readonly NodeLoad[];
}

/** Row of the rules that decide, and of those tried beside them. */
const LIVE = 'live';
const SHADOW = 'shadow';

/** Until somebody writes rules: any nodes of the group, as few as can be and the nearest; what cannot be served is left. */
const ANY_NODE: SourcingRef = {
  id: LIVE,
  name: 'any node of the group',
  steps: [{ name: 'any node', rank: ['cost', 'distance'], constraints: { partial: true, mayBeLate: true } }],
  costs: { splitMinor: 100, handlingMinor: { dc: 0, store: 0, supplier: 0, 'third-party': 0 }, pressureMinor: 0 },
};
/** Until somebody writes down a carrier: one that drives anywhere, in three days, for nothing. */
const ANY_CARRIER: CarrierRef = {
  id: 'any',
  name: 'any carrier',
  zones: [{ zone: 'any', kmMax: 25_000, baseMinor: 0, perKgMinor: 0, days: 3 }],
};
const ANY_CARRIERS: ReadonlyMap<string, CarrierRef> = new Map([[ANY_CARRIER.id, ANY_CARRIER]]);

interface Rules {
  readonly live: SourcingRef;
  readonly shadow?: SourcingRef;
}

export function rulesOf({ rows }: World): Rules {
  return rulesAmong(rows.of<SourcingRef>('sourcing'));
}

export function rulesAmong(sets: ReadonlyMap<string, SourcingRef>): Rules {
  const shadow = sets.get(SHADOW);
  return { live: sets.get(LIVE) ?? ANY_NODE, ...(shadow !== undefined && { shadow }) };
}

export function carriersOf({ rows }: World): ReadonlyMap<string, CarrierRef> {
  return carriersAmong(rows.of<CarrierRef>('carriers'));
}

export function carriersAmong(carriers: ReadonlyMap<string, CarrierRef>): ReadonlyMap<string, CarrierRef> {
  return carriers.size === 0 ? ANY_CARRIERS : carriers;
}

export function nodesOf({ rows }: World): ReadonlyMap<string, NodeRef> {
  return rows.of<NodeRef>('nodes');
}

export function groupsOf({ rows }: World): ReadonlyMap<string, NodeGroupRef> {
  return rows.of<NodeGroupRef>('groups');
}

export function nodesOfGroup(world: World, group: GroupId): readonly NodeId[] {
  return groupsOf(world).get(group)?.nodes ?? [];
}

export function channelOf({ rows }: World, { channel }: Pick<Order, 'channel'>): ChannelRef | undefined {
  return rows.of<ChannelRef>('channels').get(channel);
}
