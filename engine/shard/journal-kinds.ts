import type { Disk } from '../journal/disk.ts';
import type { JournalKind } from '../journal/folder.ts';
import type { Journal } from '../journal/journal.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import { openSnapshotStore } from '../journal/snapshot-store.ts';
import { openSqliteJournal } from '../journal/sqlite-journal.ts';

export interface JournalPlace {
  readonly journal: JournalKind;
  readonly journalDir: string;
  readonly snapshotsDir: string;
  readonly epoch: string;
  readonly shards: number;
  /** Only at an operator's explicit word: go on before the first damage. */
  readonly acceptLoss: boolean;
  readonly log: (line: string) => void;
  /** For segments: another disk, and another size of a segment in bytes. */
  readonly disk?: Disk;
  readonly segmentBytes?: number;
}

/** Opens and repairs the folder's journal. Throws CorruptionError. */
export function openJournal(place: JournalPlace): Journal {
  const { journal, journalDir: dir, epoch, acceptLoss, log, disk, segmentBytes } = place;
  if (journal === 'sqlite') return openSqliteJournal({ dir, epoch });
  const durableTo = newestSnapshotPosition(place);
  const size = segmentBytes === undefined ? {} : { segmentBytes };
  return openSegmentJournal({ dir, epoch, durableTo, acceptLoss, log, ...(disk && { disk }), ...size });
}

/** A snapshot is finished only when its position is durable: a journal that ends before it has lost facts. */
function newestSnapshotPosition({ snapshotsDir: dir, shards, disk }: JournalPlace): number {
  let newest = 0;
  for (let shard = 0; shard < shards; shard++) {
    newest = Math.max(newest, openSnapshotStore({ dir, shard, ...(disk && { disk }) }).newest()?.position ?? 0);
  }
  return newest;
}
