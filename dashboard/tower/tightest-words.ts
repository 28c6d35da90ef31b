import type { ChannelExplained, DemandExplained } from '../../gateway/protocol/history-bodies.ts';

/** Which of the promises without a node make this channel's number what it is (rule AV2). */
export function tightestWords(
  { nodes, tightest }: Pick<ChannelExplained, 'nodes' | 'tightest'>,
  demand: readonly Pick<DemandExplained, 'pool'>[],
): string {
  const places = `its ${nodes.length} nodes`;
  if (tightest.groups.length === 0) return `Of ${places}; no promise without a node makes it tighter.`;
  const pools = tightest.groups.flatMap((group) => demand[group]?.pool ?? []);
  const others = tightest.groups.length - pools.length;
  const named = [
    ...(others > 0 ? [`${others} ${others === 1 ? 'group' : 'groups'} of promises without a node`] : []),
    ...pools.map((pool) => `the pool of ${pool}`),
  ];
  const more = tightest.nodes.length - nodes.length;
  const reach = more > 0 ? `, counted over ${more} more ${more === 1 ? 'node' : 'nodes'} that may serve them` : '';
  return `Of ${places}; what ties it down: ${named.join(' and ')}${reach}.`;
}
