import type { Disk } from '../journal/disk.ts';
import { CorruptionError, type Positioned } from '../journal/journal.ts';
import { readHistory } from '../journal/read-history.ts';
import { readJournal } from '../journal/read-journal.ts';
import { openSnapshotStore, type SnapshotPoint, type SnapshotStore } from '../journal/snapshot-store.ts';
import type { HostedShard } from './hosted-shard.ts';
import type { SnapshotShard } from './snapshot-schedule.ts';

export interface RecoverySettings {
  readonly journalDir: string;
  readonly snapshotsDir: string;
  /** Newest position of the journal; everything up to it is replayed. */
  readonly head: number;
  /**
   * Oldest position that is left, in a folder where an operator accepted a loss: what a snapshot still needs before it is
   * lost. That nothing else is missing, the gapless lsn of each shard says.
   */
  readonly leftFrom?: number;
  readonly shards: readonly number[];
  /** A shard with an empty machine. */
  readonly create: (shard: number) => HostedShard;
  readonly log: (line: string) => void;
  readonly disk?: Disk;
  /** ms since the epoch. */
  readonly nowMs?: () => number;
}

export interface Recovered {
  readonly shards: readonly SnapshotShard[];
  /** Facts replayed. */
  readonly facts: number;
  /** Newest time written down, ms since the epoch. */
  readonly latestAtMs: number;
}

/** Newest sound snapshot of each shard, then the journal from the oldest of their positions. */
export function recoverShards(settings: RecoverySettings): Recovered {
  const { head, leftFrom = 1, log, nowMs = Date.now } = settings;
  const shards = settings.shards.map((shard) => restore(shard, settings));
  const byNumber = new Map(shards.map(({ shard }) => [shard.number, shard]));
  // At least the newest record is read, for its time: a clock set back while we were down must not undercut it.
  const needed = Math.min(head, ...shards.map(({ kept }) => (kept.at(-1)?.position ?? 0) + 1));
  const from = Math.max(needed, leftFrom);
  let facts = 0;
  let latestAtMs = -Infinity;
  for (const { atMs, record } of head === 0 ? [] : recordsFrom(from, settings)) {
    latestAtMs = Math.max(latestAtMs, atMs);
    const at = byNumber.get(record.shard)?.replay(record);
    if (at === undefined) continue;
    latestAtMs = Math.max(latestAtMs, at);
    facts++;
  }
  if (latestAtMs > nowMs())
    log(`recovery: the newest fact is from ${new Date(latestAtMs).toISOString()}, ahead of the clock`);
  return { shards, facts, latestAtMs };
}

/**
 * The journal has all that the kept snapshots need. Where none of a shard's can be used (both rotten, or written by
 * another version), the archive goes back further: a longer start, the same state. Should it not reach, the gap in the
 * shard's count of facts stops the start.
 */
function recordsFrom(from: number, { journalDir: dir, head: to, disk }: RecoverySettings): Iterable<Positioned> {
  return disk === undefined ? readHistory({ dir, from, to }) : readJournal({ dir, from, to, disk });
}

function restore(shard: number, { snapshotsDir, create, log, disk }: RecoverySettings): SnapshotShard {
  const store = openSnapshotStore({
    dir: snapshotsDir,
    shard,
    ...(disk && { disk }),
    skipped: (file, why) => log(`recovery: ${file} is passed over: ${why}`),
  });
  for (;;) {
    const snapshot = store.newest();
    const hosted = create(shard);
    if (snapshot === undefined) return { shard: hosted, store, kept: [] };
    if (restoreInto(hosted, snapshot, log)) return { shard: hosted, store, kept: keptPoints(store.oldest(), snapshot) };
    store.distrust(snapshot);
  }
}

/** False when the state is not the one that was written; an older snapshot and a longer replay give it again. */
function restoreInto(
  hosted: HostedShard,
  snapshot: NonNullable<ReturnType<SnapshotStore['newest']>>,
  log: (line: string) => void,
): boolean {
  const { machine, number } = hosted;
  try {
    machine.restore(snapshot.header, snapshot.pages);
  } catch (error) {
    // The file changed since it was checked: that disk is not to be trusted.
    if (error instanceof CorruptionError) throw error;
    log(`recovery: snapshot ${snapshot.lsn} of shard ${number} does not restore: ${String(error)}`);
    return false;
  }
  hosted.lsn = snapshot.lsn;
  const digest = machine.digest();
  if (snapshot.digest === undefined || snapshot.digest === digest) return true;
  log(`recovery: snapshot ${snapshot.lsn} of shard ${number} restores to ${digest}, was ${snapshot.digest}`);
  return false;
}

function keptPoints(oldest: SnapshotPoint | undefined, newest: SnapshotPoint): SnapshotPoint[] {
  return oldest === undefined || oldest.position >= newest.position ? [newest] : [oldest, newest];
}
