import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Folder, FolderError, openFolder } from '../journal/folder.ts';
import { engineSettings } from '../shard/engine-settings.ts';
import { createShard } from '../shard/machines.ts';
import { createPartition, kindOf } from '../shard/partition.ts';
import { journalFacts } from './journal-facts.ts';
import { ReplayedShard } from './replayed-shard.ts';
import { Report } from './report.ts';
import { SagaBook } from './saga-book.ts';
import { restoreSnapshot, type SnapshotFile, soundSnapshots } from './snapshot-files.ts';
import { wrongSums } from './stock-sums.ts';

export interface Checked {
  readonly report: Report;
  readonly epoch: string;
  /** Positions read, 0 when there is none. */
  readonly first: number;
  readonly last: number;
  readonly shards: number;
  /** Sound ones. */
  readonly snapshots: number;
  /** Replayed facts. */
  readonly facts: number;
  readonly skus: number;
  /** Holds, and parts of holds over several shards. */
  readonly holds: number;
  /** Units promised beyond what is there, where a feed took them away (rule AV7). */
  readonly short: number;
}

/**
 * Reads a whole data folder without a server: every byte that has a checksum, every fact in its place, every state worked
 * out again. Throws FolderLockedError while a server uses it, FolderError when it is none. Changes nothing but the lock.
 */
export function checkFolder(dir: string): Checked {
  if (!existsSync(join(dir, 'onhand.json'))) throw new FolderError(`${dir} is no data folder: it has no onhand.json`);
  const folder = openFolder(dir);
  try {
    return check(folder);
  } finally {
    folder.close();
  }
}

function check(folder: Folder): Checked {
  const report = new Report();
  const snapshots = soundSnapshots(folder.snapshotsDir, report);
  const durableTo = Math.max(0, ...snapshots.map(({ position }) => position));
  const facts = journalFacts(folder, durableTo, report);
  const first = facts.next();
  // Without the first fact, states begin with the oldest snapshot of each shard.
  const oldest = first.done === true ? durableTo + 1 : first.value.position;
  const shards = beginShards(folder, snapshots, oldest === 1, report);
  const sagas = oldest === 1 ? new SagaBook() : undefined;
  let last = oldest - 1;
  let replayed = 0;
  for (let step = first; step.done !== true; step = facts.next()) {
    const entry = step.value;
    if (entry.position !== last + 1) report.fault(`position ${last + 1} is missing`, entry);
    last = entry.position;
    const shard = shards.get(entry.record.shard);
    if (shard === undefined) report.fault(`shard ${entry.record.shard} does not exist`, entry);
    const fact = shard?.replay(entry);
    if (fact === undefined) continue;
    replayed += 1;
    const broken = sagas?.apply(entry.record.shard, fact);
    if (broken !== undefined) report.fault(broken, entry);
  }
  // What a damaged journal did not give is no fault of the states.
  const whole = report.faultCount === 0;
  const sums = finish(folder, shards, whole, report);
  return {
    report,
    epoch: folder.epoch,
    first: last < oldest ? 0 : oldest,
    last: last < oldest ? 0 : last,
    shards: shards.size,
    snapshots: snapshots.length,
    facts: replayed,
    ...sums,
  };
}

function beginShards(
  folder: Folder,
  snapshots: readonly SnapshotFile[],
  fromTheBeginning: boolean,
  report: Report,
): ReadonlyMap<number, ReplayedShard> {
  const partition = createPartition(folder);
  // The bounds are enforced when a promise is made; a replay only has them because a machine asks for some.
  const empty = (shard: number): ReturnType<typeof createShard> =>
    createShard(partition, shard, engineSettings({ dataDir: '', publish: () => undefined }));
  const shards = new Map<number, ReplayedShard>();
  for (let number = 0; number < partition.shards; number++) {
    const mine = snapshots.filter(({ shard }) => shard === number).toSorted((a, b) => a.lsn - b.lsn);
    let base = empty(number);
    for (const snapshot of mine) {
      const restored = empty(number);
      const sound = restoreSnapshot(restored, snapshot, report);
      if (sound && !fromTheBeginning && base.lsn === 0) base = restored;
    }
    shards.set(
      number,
      new ReplayedShard(base, { isStock: kindOf(partition, number) === 'stock', snapshots: mine, report }),
    );
  }
  return shards;
}

function finish(
  folder: Folder,
  shards: ReadonlyMap<number, ReplayedShard>,
  journalIsWhole: boolean,
  report: Report,
): { readonly skus: number; readonly holds: number; readonly short: number } {
  const partition = createPartition(folder);
  const seen = { skus: 0, short: 0 };
  let holds = 0;
  for (const [number, replayed] of shards) {
    if (journalIsWhole) replayed.finish();
    if (!replayed.sound || kindOf(partition, number) !== 'stock') continue;
    holds += replayed.book.rows;
    for (const why of wrongSums(replayed.shard, replayed.book, seen)) {
      report.fault(`shard ${number}: ${why}`, { file: folder.journalDir, offset: 0, position: 0 });
    }
  }
  return { ...seen, holds };
}
