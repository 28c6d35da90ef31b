import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StateImage } from '../contract/machine.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import { CorruptionError } from './journal.ts';
import type { SnapshotPage } from './snapshot-file.ts';
import { SnapshotFault, readHead, readPages } from './snapshot-file.ts';
import { SnapshotWriter } from './snapshot-writer.ts';

/** Snapshots kept per shard: when the newest is damaged, the one before and a longer replay give the same state. */
const KEPT = 2;

export interface SnapshotPoint {
  readonly lsn: number;
  readonly position: number;
  readonly digest?: string;
}

export interface Snapshot extends SnapshotPoint {
  readonly header: Uint8Array;
  /** Streamed from the file, each page checked again. Throws CorruptionError. Iterate once. */
  readonly pages: Iterable<SnapshotPage>;
}

export interface SnapshotStore {
  /** One at a time per shard. */
  begin(point: SnapshotPoint, image: StateImage): SnapshotWriter;
  /**
   * The newest snapshot that is whole, or with `beforeLsn` the newest one older than that (when the state of the newer
   * one turned out wrong). Undefined: replay from the beginning.
   */
  newest(beforeLsn?: number): Snapshot | undefined;
  /** The oldest kept snapshot that is whole: the journal must be kept from its position on. */
  oldest(): SnapshotPoint | undefined;
}

export interface SnapshotStoreOptions {
  readonly dir: string;
  readonly shard: number;
  readonly disk?: Disk;
  /** Called for each file that `newest` passes over. */
  readonly skipped?: (file: string, why: string) => void;
}

interface Place {
  readonly disk: Disk;
  readonly dir: string;
  readonly shard: number;
}

/** Snapshots of one shard. Leftovers of a crash (files without their trailer, under a name aside) are removed here. */
export function openSnapshotStore(options: SnapshotStoreOptions): SnapshotStore {
  const place: Place = { dir: options.dir, shard: options.shard, disk: options.disk ?? nodeDisk };
  const { disk, dir, shard } = place;
  disk.makeDir(dir);
  for (const name of disk.list(dir)) {
    if (name.startsWith(prefixOf(shard)) && name.endsWith('.tmp')) disk.remove(join(dir, name));
  }
  return {
    begin: (point, image) => {
      const path = join(dir, nameOf(shard, point.lsn));
      return new SnapshotWriter(disk, path, { head: { ...point, shard, header: image.header }, image }, () =>
        settle(place),
      );
    },
    newest: (beforeLsn = Infinity) => {
      for (const lsn of kept(place).toReversed()) {
        const found = lsn < beforeLsn ? readIfWhole(place, lsn, options.skipped) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
    oldest: () => {
      for (const lsn of kept(place)) {
        const found = readIfWhole(place, lsn, options.skipped);
        if (found !== undefined) return pointOf(found);
      }
      return undefined;
    },
  };
}

/**
 * The newest whole snapshot with at most this lsn, for readers of another thread: nothing in the folder is touched.
 * Undefined also when it was replaced while being looked at; look again.
 */
export function findSnapshot(options: { dir: string; shard: number; lsnMax: number }): Snapshot | undefined {
  const place: Place = { dir: options.dir, shard: options.shard, disk: nodeDisk };
  if (!existsSync(options.dir)) return undefined;
  for (const lsn of kept(place).toReversed()) {
    if (lsn > options.lsnMax) continue;
    try {
      const found = readIfWhole(place, lsn, undefined);
      if (found !== undefined) return found;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

/** Files of a shard's snapshots with their lsn, oldest first. */
export function snapshotFiles(dir: string, shard: number): readonly { readonly name: string; readonly lsn: number }[] {
  if (!existsSync(dir)) return [];
  return kept({ dir, shard, disk: nodeDisk }).map((lsn) => ({ name: nameOf(shard, lsn), lsn }));
}

const prefixOf = (shard: number): string => `shard-${String(shard).padStart(5, '0')}-`;
const nameOf = (shard: number, lsn: number): string => `${prefixOf(shard)}${String(lsn).padStart(15, '0')}.snapshot`;

/** lsns of the shard's snapshots, ascending. */
function kept({ disk, dir, shard }: Place): readonly number[] {
  const prefix = prefixOf(shard);
  return disk
    .list(dir)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.snapshot'))
    .map((name) => Number(name.slice(prefix.length, -'.snapshot'.length)));
}

/** The new name is durable first; only then may an older one go. */
async function settle(place: Place): Promise<void> {
  const { disk, dir, shard } = place;
  await disk.syncDirLater(dir);
  for (const lsn of kept(place).slice(0, -KEPT)) await disk.removeLater(join(dir, nameOf(shard, lsn)));
}

/** Reads the whole file once, so that a shard never begins to restore what it cannot finish. */
function readIfWhole(place: Place, lsn: number, skipped: SnapshotStoreOptions['skipped']): Snapshot | undefined {
  const path = join(place.dir, nameOf(place.shard, lsn));
  const file = place.disk.open(path, 'read');
  try {
    const start = readHead(file);
    if (start.head.shard !== place.shard || start.head.lsn !== lsn) {
      throw new SnapshotFault(`it is of shard ${start.head.shard}, lsn ${start.head.lsn}`, 0);
    }
    for (const page of readPages(file, start)) void page;
    return { ...pointOf(start.head), header: start.head.header, pages: pagesOf(place, path, lsn) };
  } catch (error) {
    if (!(error instanceof SnapshotFault)) throw error;
    skipped?.(path, `${error.message} (byte ${error.offset})`);
    return undefined;
  } finally {
    file.close();
  }
}

function* pagesOf({ disk }: Place, path: string, lsn: number): Generator<SnapshotPage> {
  const file = disk.open(path, 'read');
  try {
    yield* readPages(file, readHead(file));
  } catch (error) {
    if (!(error instanceof SnapshotFault)) throw error;
    throw new CorruptionError(`snapshot of lsn ${lsn}: ${error.message}`, {
      file: path,
      offset: error.offset,
      position: lsn,
    });
  } finally {
    file.close();
  }
}

function pointOf({ lsn, position, digest }: SnapshotPoint): SnapshotPoint {
  return { lsn, position, ...(digest === undefined ? {} : { digest }) };
}
