import { isOfSku, type ReferenceBatch } from '../contract/reference.ts';
import { LiveReference } from '../views/reference-view.ts';
import { type Partition, splitReference } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/**
 * What the shards hold. A crash in the middle of apply() leaves some shards with a batch and others without; nobody was
 * told it was applied, so either would be right, but all must agree: where they do not, what was found is applied again.
 */
export async function loadReference(calls: ShardCalls, partition: Partition): Promise<LiveReference> {
  const queries = Array.from({ length: partition.stockShards }, (_, shard) => ({
    shard,
    query: { ask: 'reference' } as const,
  }));
  const answers = await calls.queries(queries, 'reference');
  const reference = new LiveReference();
  for (const { batches } of answers) for (const batch of batches) reference.apply(batch);

  const everywhere = new Set(answers.map(({ batches }) => JSON.stringify(batches.filter(({ of }) => !isOfSku(of)))));
  if (everywhere.size > 1) {
    const commands = commonBatches(reference).flatMap((batch) =>
      splitReference(partition, batch).map(({ shard, batch: part }) => ({
        shard,
        command: { do: 'apply', batch: part } as const,
      })),
    );
    await calls.commands(commands);
  }
  return reference;
}

/** In the order in which they refer to each other. */
function commonBatches({ sources, nodes, groups, channels, safety }: LiveReference): ReferenceBatch[] {
  return [
    { of: 'sources', rows: [...sources.values()] },
    { of: 'nodes', rows: [...nodes.values()] },
    { of: 'groups', rows: [...groups.values()] },
    { of: 'channels', rows: [...channels.values()] },
    { of: 'safety', rows: [...safety.values()] },
  ];
}
