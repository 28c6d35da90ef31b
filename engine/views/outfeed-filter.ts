import type { ChannelRef, NodeGroupRef, OutfeedRef } from '../contract/reference.ts';
import type { Draft } from './movements.ts';

/** Groups and channels as the journal has them at this moment. */
export interface Places {
  readonly groups: ReadonlyMap<string, Pick<NodeGroupRef, 'nodes'>>;
  readonly channels: ReadonlyMap<string, Pick<ChannelRef, 'group'>>;
}

export type Matches = (draft: Draft) => boolean;

/** Which movements are in the outfeed (rule OF1). */
export function outfeedFilter({ nodes, channels, skus, kinds }: OutfeedRef, places: Places): Matches {
  const tests: Matches[] = [kindTest(kinds)];
  if (nodes !== undefined) tests.push(nodeTest(new Set(nodes)));
  if (skus !== undefined) tests.push(skuTest(new Set(skus)));
  if (channels !== undefined) tests.push(channelTest(channels, places));
  return (draft) => tests.every((test) => test(draft));
}

function kindTest(kinds: OutfeedRef['kinds']): Matches {
  if (kinds === undefined) return ({ kind }) => kind !== 'reference';
  const wanted = new Set(kinds);
  return ({ kind }) => wanted.has(kind);
}

/** Units promised of no certain node are no node's: who is limited to one must not learn of the others. */
function nodeTest(nodes: ReadonlySet<string>): Matches {
  return ({ node }) => node !== undefined && nodes.has(node);
}

/** What names no sku concerns all: a complete snapshot of a node, a release of what nobody remembers. */
function skuTest(skus: ReadonlySet<string>): Matches {
  return ({ sku }) => sku === undefined || skus.has(sku);
}

/** What moves at a node changes what every channel may sell that the node serves, whoever sold it. */
function channelTest(channels: readonly string[], { groups, channels: known }: Places): Matches {
  const own = new Set<string>(channels);
  const served = channels.flatMap((channel) => known.get(channel)?.group ?? []);
  const nodes = new Set<string>(served.flatMap((group) => groups.get(group)?.nodes ?? []));
  const sharing = new Set(
    [...groups].filter(([, group]) => group.nodes.some((node) => nodes.has(node))).map(([id]) => id),
  );
  return ({ channel, node, group }) => {
    if (channel !== undefined && own.has(channel)) return true;
    if (node !== undefined) return nodes.has(node);
    if (group !== undefined) return sharing.has(group);
    return channel === undefined;
  };
}
