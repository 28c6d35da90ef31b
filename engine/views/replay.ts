import type { PastStock } from '../contract/past.ts';
import type { Sku } from '../contract/ids.ts';
import type { HistoryRefusal } from '../contract/ledger.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import { oldestPosition, readHistory } from '../journal/read-history.ts';
import { findSnapshot, type Snapshot } from '../journal/snapshot-store.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { createShard, type MachineLimits } from '../shard/machines.ts';
import type { Partition } from '../shard/partition.ts';

/** Everything a replay needs, as it crosses to the pool. */
export interface ReplayTask {
  readonly journalDir: string;
  /** Where snapshots are: the shards' own, and those kept for questions like this. */
  readonly snapshotDirs: readonly string[];
  readonly partition: Partition;
  readonly limits: MachineLimits;
  readonly sku: Sku;
  readonly shard: number;
  /** Newest durable position of the journal. */
  readonly head: number;
  /** Up to this fact of the shard, or to every fact of a commit at or before the time. */
  readonly until: { readonly lsn: number } | { readonly atMs: number };
}

/** A shard on its way to the moment. */
interface Begun {
  readonly hosted: HostedShard;
  /** Journal position up to which its facts are in it. */
  readonly position: number;
}

/** The sku's number as it was: the newest snapshot before the moment, then the facts up to it, in a machine of its own. */
export function replayStock(task: ReplayTask): PastStock | Refused<HistoryRefusal> {
  const begun = beginReplay(task);
  if (begun === undefined) return refuse('beyond-history', { field: 'at' });
  const { hosted } = begun;
  let recordedAt = 0;
  let replayed = 0;
  for (const { atMs, record } of readHistory({ dir: task.journalDir, from: begun.position + 1, to: task.head })) {
    if (isDone(task, hosted.lsn, atMs)) break;
    if (record.shard !== task.shard || record.lsn <= hosted.lsn) continue;
    // Facts between were lost, and an operator accepted it: nobody knows this number any more.
    if (record.lsn !== hosted.lsn + 1) return refuse('beyond-history', { field: 'at' });
    hosted.replay(record);
    recordedAt = atMs;
    replayed++;
  }
  if ('lsn' in task.until && hosted.lsn < task.until.lsn) return refuse('not-yet', { field: 'at' });
  const answer = hosted.machine.answer({ ask: 'stock', skus: [task.sku] }, recordedAt);
  const stock = answer.answer === 'stock' ? answer.stock[0] : undefined;
  if (stock === undefined) return refuse('unknown-sku', { field: 'sku' });
  return { stock, position: `${task.shard}.${hosted.lsn}`, recordedAt, replayed };
}

function isDone({ until }: ReplayTask, lsn: number, atMs: number): boolean {
  return 'lsn' in until ? lsn >= until.lsn : atMs > until.atMs;
}

/** From the newest snapshot that is not too new and restores, else from the very first fact while it is still kept. */
export function beginReplay(task: Omit<ReplayTask, 'sku'>): Begun | undefined {
  const oldest = oldestPosition(task.journalDir);
  const newest = 'lsn' in task.until ? task.until.lsn : Number.MAX_SAFE_INTEGER;
  for (let lsnMax = newest; ;) {
    const snapshot = newestOf(task, lsnMax);
    if (snapshot === undefined) {
      return oldest === 1 ? { hosted: newShard(task), position: 0 } : undefined;
    }
    const hosted = isBefore(task, snapshot) && snapshot.position + 1 >= oldest ? restored(task, snapshot) : undefined;
    if (hosted !== undefined) return { hosted, position: snapshot.position };
    lsnMax = snapshot.lsn - 1;
  }
}

function newShard({ partition, shard, limits }: Omit<ReplayTask, 'sku'>): HostedShard {
  return createShard(partition, shard, limits);
}

function newestOf({ snapshotDirs, shard }: Omit<ReplayTask, 'sku'>, lsnMax: number): Snapshot | undefined {
  const found = snapshotDirs.flatMap((dir) => findSnapshot({ dir, shard, lsnMax }) ?? []);
  return found.reduce<Snapshot | undefined>(
    (best, each) => (best === undefined || each.lsn > best.lsn ? each : best),
    undefined,
  );
}

/**
 * Whether all that is in a snapshot was there by the time. Its position is where a recovery must begin, no more: facts that
 * were on their way when it was taken are in it and stand behind that position, up to its lsn.
 */
function isBefore({ journalDir, until, head, shard }: Omit<ReplayTask, 'sku'>, { position, lsn }: Snapshot): boolean {
  if ('lsn' in until) return true;
  let known = false;
  for (const { atMs, record } of readHistory({ dir: journalDir, from: position, to: head })) {
    if (!known && atMs > until.atMs) return false;
    known = true;
    if (record.shard !== shard) continue;
    if (record.lsn > lsn) return true;
    if (atMs > until.atMs) return false;
    if (record.lsn === lsn) return true;
  }
  return known;
}

/** Undefined when it was written by a version with another layout, or vanished meanwhile: an older one will do. */
function restored(task: Omit<ReplayTask, 'sku'>, snapshot: Snapshot): HostedShard | undefined {
  const hosted = newShard(task);
  try {
    hosted.machine.restore(snapshot.header, snapshot.pages);
    hosted.lsn = snapshot.lsn;
    return hosted;
  } catch {
    return undefined;
  }
}
