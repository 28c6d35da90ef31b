import { assert } from '../contract/assert.ts';
import type { Outcome } from '../contract/command.ts';
import type { Answer, OrderStats } from '../contract/query.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import { REFERENCE_KINDS } from '../contract/reference.ts';
import { BY_ENGINE, CHANGE_ROWS_MAX } from '../contract/reference-change.ts';
import { LiveReference } from '../views/reference-view.ts';
import { type Partition, splitReference } from './partition.ts';
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
  await tellNewcomers(calls, partition, book);
  return reference;
}

/**
 * Shards of orders and nodes of a folder from before there were any: changes of before were never sent to them. The last
 * piece says that it is all, so a crash in the middle begins anew.
 */
async function tellNewcomers(
  calls: ShardCalls,
  partition: Partition,
  { batches, version }: Extract<Answer, { answer: 'book' }>,
): Promise<void> {
  if (version === 0) return;
  const behind = Array.from({ length: partition.shards - partition.orders }, (_, index) => partition.orders + index);
  const answers = await calls.queries(
    behind.map((shard) => ({ shard, query: { ask: 'stats' } as const })),
    'stats',
  );
  const newcomers = new Set(behind.filter((_, index) => (answers[index]!.stats as OrderStats).bookVersion === 0));
  const parts = batches.flatMap(({ of, rows }) =>
    inPieces(rows as readonly object[], CHANGE_ROWS_MAX).map((piece) => ({ of, rows: piece })),
  );
  for (const shard of newcomers) {
    const own = parts.flatMap((batch) => {
      const told = splitReference(partition, { batch: batch as unknown as ReferenceBatch });
      return told.filter((part) => part.shard === shard).map((part) => part.batch);
    });
    for (const [index, batch] of own.entries()) {
      const isLast = index === own.length - 1;
      await calls.command<Outcome>(shard, { do: 'apply', batch, ...(isLast && { asOf: version }) });
    }
  }
}

function inPieces<T>(rows: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / most) }, (_, n) => rows.slice(n * most, (n + 1) * most));
}

/** A folder from before there was a book: its shards have rows that the book lacks. True when there were some. */
async function takeOver(calls: ShardCalls, { stockShards, intake }: Partition): Promise<boolean> {
  const queries = Array.from({ length: stockShards }, (_, shard) => ({ shard, query: { ask: 'reference' } as const }));
  const found = new LiveReference();
  for (const { batches } of await calls.queries(queries, 'reference')) for (const batch of batches) found.apply(batch);
  let isFound = false;
  for (const of of REFERENCE_KINDS) {
    const rows = [...found[of].values()];
    for (const piece of inPieces(rows as object[], CHANGE_ROWS_MAX)) {
      const batch = { of, rows: piece } as unknown as ReferenceBatch;
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
