import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
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
  /** The newest snapshot that is whole and not distrusted. Undefined: replay from the beginning. */
  newest(): Snapshot | undefined;
  /** The oldest of those: the journal must be kept from its position on. */
  oldest(): SnapshotPoint | undefined;
  /** The state of this one turned out wrong: it counts no more, and goes with the next that is finished. */
  distrust(point: SnapshotPoint): void;
}

export interface SnapshotStoreOptions {
  readonly dir: string;
  readonly shard: number;
  readonly disk?: Disk;
  /** Called for each file that is passed over, once. */
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
  // A damaged file is no generation: it must not push out a good one.
  const bad = new Set<string>();
  const skipped = (file: string, why: string): void => {
    bad.add(basename(file));
    options.skipped?.(file, why);
  };
  const good = (): readonly SnapshotName[] => kept(place).filter(({ name }) => !bad.has(name));
  const firstWhole = (names: readonly SnapshotName[]): Snapshot | undefined => {
    for (const name of names) {
      const found = readIfWhole(place, name, skipped);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    begin: (point, image) => {
      const name = nameOf(shard, point);
      return new SnapshotWriter(
        disk,
        join(dir, name),
        { head: { ...point, shard, header: image.header }, image },
        () => {
          bad.delete(name);
          return settle(place, good());
        },
      );
    },
    newest: () => firstWhole(good().toReversed()),
    oldest: () => {
      const found = firstWhole(good());
      return found === undefined ? undefined : pointOf(found);
    },
    distrust: (point) => void bad.add(nameOf(shard, point)),
  };
}

/**
 * The newest whole snapshot with at most this lsn, for readers of another thread: nothing in the folder is touched.
 * Undefined also when it was replaced while being looked at; look again.
 */
export function findSnapshot(options: { dir: string; shard: number; lsnMax: number }): Snapshot | undefined {
  const place: Place = { dir: options.dir, shard: options.shard, disk: nodeDisk };
  if (!existsSync(options.dir)) return undefined;
  for (const name of kept(place).toReversed()) {
    if (name.lsn > options.lsnMax) continue;
    try {
      const found = readIfWhole(place, name, undefined);
      if (found !== undefined) return found;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

/** Files of a shard's snapshots, oldest first. */
export function snapshotFiles(dir: string, shard: number): readonly SnapshotName[] {
  return existsSync(dir) ? kept({ dir, shard, disk: nodeDisk }) : [];
}

// shard-00003-000000000000070-000000000000912.snapshot   shard, lsn, position
//
// A quiet shard is written again at the same lsn so that the journal may go: the position makes that a second file, and
// two good generations exist at every moment.

const NAME = /^shard-(\d{5})-(\d{15})-(\d{15})\.snapshot$/;

export interface SnapshotName {
  readonly name: string;
  readonly shard: number;
  readonly lsn: number;
  readonly position: number;
}

export function parseSnapshotName(name: string): SnapshotName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  return { name, shard: Number(match[1]), lsn: Number(match[2]), position: Number(match[3]) };
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0');
const prefixOf = (shard: number): string => `shard-${digits(shard, 5)}-`;
const nameOf = (shard: number, { lsn, position }: SnapshotPoint): string =>
  `${prefixOf(shard)}${digits(lsn, 15)}-${digits(position, 15)}.snapshot`;

/** The shard's snapshots, oldest first: names sort by lsn, then position. */
function kept({ disk, dir, shard }: Place): readonly SnapshotName[] {
  return disk.list(dir).flatMap((name) => {
    const parsed = parseSnapshotName(name);
    return parsed?.shard === shard ? [parsed] : [];
  });
}

/** The new name is durable first; only then may an older one go, what is damaged, and what an older version named. */
async function settle(place: Place, good: readonly SnapshotName[]): Promise<void> {
  const { disk, dir, shard } = place;
  await disk.syncDirLater(dir);
  const stay = new Set(good.slice(-KEPT).map(({ name }) => name));
  for (const name of disk.list(dir)) {
    const isSnapshot = name.startsWith(prefixOf(shard)) && name.endsWith('.snapshot');
    if (isSnapshot && !stay.has(name)) await disk.removeLater(join(dir, name));
  }
}

/** Reads the whole file once, so that a shard never begins to restore what it cannot finish. */
function readIfWhole(
  place: Place,
  { name, lsn, position }: SnapshotName,
  skipped: SnapshotStoreOptions['skipped'],
): Snapshot | undefined {
  const path = join(place.dir, name);
  const file = place.disk.open(path, 'read');
  try {
    const start = readHead(file);
    const { head } = start;
    if (head.shard !== place.shard || head.lsn !== lsn || head.position !== position) {
      throw new SnapshotFault(`it is of shard ${head.shard}, lsn ${head.lsn}, position ${head.position}`, 0);
    }
    for (const page of readPages(file, start)) void page;
    return { ...pointOf(head), header: head.header, pages: pagesOf(place, path, lsn) };
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
