import { shardOf } from '../contract/digest.ts';
import type { NodeId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import { stockShardOf } from './ask-step.ts';
import { needsPlace } from './needs-place.ts';
import { offerOf } from './offer-work.ts';
import type { AskedStep, OrderFile } from './order-file.ts';
import type { World } from './world.ts';

// What is asked of other shards and not answered yet, from state alone: what is new of it leaves with a decision, all of it
// after a crash. Whoever is asked twice does it once.

/** By a name that stays while the question does. */
export function openRequests(file: OrderFile, world: World): Map<string, ShardRequest> {
  return new Map([...steps(file), ...reads(file, world), ...offers(file, world), ...pulls(file, world)]);
}

type Named = readonly [name: string, request: ShardRequest];

/** One step per stock shard at a time: it refuses one that is older than what it knows. */
function steps({ steps: asked }: OrderFile): Named[] {
  const firsts = new Map<number, AskedStep>();
  for (const step of asked) if (!firsts.has(step.shard)) firsts.set(step.shard, step);
  return [...firsts.values()].map(({ step, shard, what }) => [`step ${step}`, { shard, command: what }]);
}

export function isReading(file: OrderFile): boolean {
  return file.asks > file.asksOver && needsPlace(file.order);
}

function reads(file: OrderFile, world: World): Named[] {
  if (!isReading(file)) return [];
  const { order, asks: ask, askedSkus, askedNodes } = file;
  const replyTo = world.settings.shard;
  const { id, group } = order;
  const stock = Map.groupBy(askedSkus, (sku) => stockShardOf(world, sku));
  const nodes = Map.groupBy(askedNodes, (node) => nodeShardOf(world, node));
  return [
    ...[...stock].map(([shard, skus]): Named => {
      return [`read ${ask} ${shard}`, { shard, command: { do: 'read-nodes', replyTo, order: id, ask, group, skus } }];
    }),
    ...[...nodes].map(([shard, names]): Named => {
      return [`read ${ask} ${shard}`, { shard, command: { do: 'read-load', replyTo, order: id, ask, nodes: names } }];
    }),
  ];
}

/** Shards whose answer a decision waits for. */
export function readShards(file: OrderFile, world: World): number[] {
  return reads(file, world).map(([, { shard }]) => shard);
}

function nodeShardOf({ settings }: World, node: NodeId): number {
  return settings.nodes + shardOf(node, settings.nodeShards);
}

function offers(file: OrderFile, world: World): Named[] {
  return file.order.works
    .filter(({ state }) => state === 'offered')
    .map((work) => [
      `offer ${work.work}`,
      { shard: nodeShardOf(world, work.node), command: offerOf(file, work, world) },
    ]);
}

function pulls({ pulls: asked, order }: OrderFile, world: World): Named[] {
  return asked.flatMap(({ work, ask, aim, state }): Named[] => {
    const node = order.works.find((each) => each.work === work)?.node;
    if (state !== 'asked' || node === undefined) return [];
    const why = { reason: aim === 'cancel' ? 'no-longer-wanted' : 'pulled-back', by: 'order' };
    const command = { do: 'pull-back', replyTo: world.settings.shard, work, node, ask, ...why } as const;
    return [[`pull ${ask}`, { shard: nodeShardOf(world, node), command }]];
  });
}
