import type { ChannelExplanation, DemandExplanation } from '../contract/explain.ts';
import type { ChannelId, NodeId } from '../contract/ids.ts';

type Demand = readonly Pick<DemandExplanation, 'nodes' | 'units' | 'pool'>[];

interface ChannelOf {
  /** Its own pool is no demand for it. */
  readonly channel: ChannelId;
  readonly nodes: readonly NodeId[];
}

/**
 * Rule AV2 by its words: of every choice of demand groups, the one that leaves least. At most 2^8 choices of a few hundred
 * nodes; the shard's own way (stock/headroom.ts) is quicker and is its judge in tests. Of equals the smallest choice.
 */
export function tightestChoice(
  { channel, nodes: channelNodes }: ChannelOf,
  available: ReadonlyMap<NodeId, number>,
  demand: Demand,
): Pick<ChannelExplanation, 'tightest' | 'headroom'> {
  const own = demand.reduce((mask, { pool }, group) => (pool === channel ? mask | (1 << group) : mask), 0);
  let least = choice(channelNodes, available, demand, 0);
  for (let mask = 1; mask < 1 << demand.length; mask++) {
    if ((mask & own) !== 0) continue;
    const next = choice(channelNodes, available, demand, mask);
    const fewer = next.tightest.groups.length < least.tightest.groups.length;
    if (next.headroom < least.headroom || (next.headroom === least.headroom && fewer)) least = next;
  }
  return least;
}

function choice(
  channelNodes: readonly NodeId[],
  available: ReadonlyMap<NodeId, number>,
  demand: Demand,
  mask: number,
): Pick<ChannelExplanation, 'tightest' | 'headroom'> {
  const groups = demand.map((_, group) => group).filter((group) => (mask & (1 << group)) !== 0);
  const reached = new Set([...channelNodes, ...groups.flatMap((group) => demand[group]?.nodes ?? [])]);
  const nodes = [...reached].filter((node) => available.has(node));
  const units = nodes.reduce((sum, node) => sum + (available.get(node) ?? 0), 0);
  const promised = groups.reduce((sum, group) => sum + (demand[group]?.units ?? 0), 0);
  return { tightest: { groups, nodes, available: units, demand: promised }, headroom: units - promised };
}
