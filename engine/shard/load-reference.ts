import { assert } from '../contract/assert.ts';
import type { Outcome } from '../contract/command.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import { REFERENCE_KINDS } from '../contract/reference.ts';
import { BY_ENGINE, CHANGE_ROWS_MAX } from '../contract/reference-change.ts';
import { LiveReference } from '../views/reference-view.ts';
import type { Partition } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/**
 * What the book holds, once every shard has it: a crash in the middle of a change left some shards without it, and the book
 * has sent it again.
 */
export async function loadReference(calls: ShardCalls, partition: Partition): Promise<LiveReference> {
  const { intake } = partition;
  await calls.command<Outcome>(intake, { do: 'await-changes' });
  const book = await calls.query(intake, { ask: 'reference' }, 'book');
  if (book.version === 0 && (await takeOver(calls, partition))) return loadReference(calls, partition);
  const reference = new LiveReference();
  for (const batch of book.batches) reference.apply(batch);
  return reference;
}

/** A folder from before there was a book: its shards have rows that the book lacks. True when there were some. */
async function takeOver(calls: ShardCalls, { stockShards, intake }: Partition): Promise<boolean> {
  const queries = Array.from({ length: stockShards }, (_, shard) => ({ shard, query: { ask: 'reference' } as const }));
  const found = new LiveReference();
  for (const { batches } of await calls.queries(queries, 'reference')) for (const batch of batches) found.apply(batch);
  let isFound = false;
  for (const of of REFERENCE_KINDS) {
    const rows = [...found[of].values()];
    for (let from = 0; from < rows.length; from += CHANGE_ROWS_MAX) {
      const batch = { of, rows: rows.slice(from, from + CHANGE_ROWS_MAX) } as unknown as ReferenceBatch;
      const taken = await calls.command<Outcome>(intake, {
        do: 'change',
        batch,
        by: BY_ENGINE,
        reason: 'held before there was a book',
        partial: true,
      });
      assert(taken.status === 'applied', () => `the book does not take ${of}: ${JSON.stringify(taken)}`);
      isFound = true;
    }
  }
  return isFound;
}
