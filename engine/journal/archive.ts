import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { Piscina } from 'piscina';
import { parseArchiveName } from './archive-names.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import { FRAME_BYTES_MAX, parseFrame } from './frame.ts';
import type { Positioned } from './journal.ts';
import { CorruptionError } from './journal.ts';
import { recordsOf } from './read-segments.ts';
import { EPOCH_AT, FRAMES_AT, SEGMENT_BYTES_MAX } from './segment.ts';

// What releaseBefore moved away. The folder itself is the list of what is left to do, so nothing is queued in memory
// and a restart goes on where a crash stopped.

/** A segment of 64 MiB takes about a second; a disk that needs longer than this is not working. */
const COMPRESS_MS_MAX = 5 * 60_000;

export interface Archiver {
  /** Compresses every released segment, one at a time. While a run is under way a second call joins it. Returns the new paths. */
  run(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** One pool thread, started when there is work. `dir` is the journal's. */
export function openArchiver(dir: string): Archiver {
  const pool = new Piscina({
    filename: new URL('./archive.worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 1000,
  });
  let running: Promise<readonly string[]> | undefined;
  const compressAll = async (): Promise<readonly string[]> => {
    const made: string[] = [];
    for (let path = oldestReleased(dir); path !== undefined; path = oldestReleased(dir)) {
      made.push((await pool.run(path, { signal: AbortSignal.timeout(COMPRESS_MS_MAX) })) as string);
    }
    return made;
  };
  return {
    run: () => {
      running ??= compressAll().finally(() => (running = undefined));
      return running;
    },
    close: () => pool.destroy(),
  };
}

function oldestReleased(dir: string): string | undefined {
  const name = listArchive(nodeDisk, dir).find((entry) => parseArchiveName(entry)?.compressed === false);
  return name === undefined ? undefined : join(dir, 'archive', name);
}

/** Names in the archive of a journal folder, oldest first; unfinished files are left out. */
function listArchive(disk: Disk, dir: string): readonly string[] {
  if (!disk.list(dir).includes('archive')) return [];
  return disk.list(join(dir, 'archive')).filter((name) => parseArchiveName(name) !== undefined);
}

/** Archived files that hold positions from `from` to `to`, oldest first. */
export function findArchives(dir: string, { from, to }: { from: number; to: number }): readonly string[] {
  const wanted = listArchive(nodeDisk, dir).filter((name) => {
    const entry = parseArchiveName(name);
    return entry !== undefined && entry.first <= to && entry.last >= from;
  });
  return wanted.map((name) => join(dir, 'archive', name));
}

/** First position of the oldest archived file; undefined when there is none. */
export function oldestArchived(dir: string): number | undefined {
  const [name] = listArchive(nodeDisk, dir);
  return name === undefined ? undefined : parseArchiveName(name)?.first;
}

/** Deletes archived segments whose newest fact is older than a moment (ms since the epoch). Returns their names. */
export function dropOldArchives(dir: string, olderThanMs: number): readonly string[] {
  const old = listArchive(nodeDisk, dir).filter((name) => (parseArchiveName(name)?.lastAtMs ?? Infinity) < olderThanMs);
  for (const name of old) nodeDisk.remove(join(dir, 'archive', name));
  return old;
}

/** Records of one archived segment, compressed or not, in order. Holds the whole segment in memory: not for a shard thread. */
export function* readArchive(file: string): Generator<Positioned> {
  const name = parseArchiveName(basename(file));
  const bytes = load(file, name?.compressed ?? file.endsWith('.zst'));
  const epoch = bytes.toString('latin1', EPOCH_AT, EPOCH_AT + 8);
  let next = name?.first ?? 1;
  let offset = FRAMES_AT;
  for (let previous: number | undefined; offset < bytes.length;) {
    const parsed = parseFrame(bytes, offset, epoch);
    if (parsed.kind !== 'frame' || (previous !== undefined && parsed.frame.previous !== previous)) break;
    yield* recordsOf(parsed.frame, next);
    next = parsed.frame.first + parsed.frame.count;
    previous = parsed.frame.checksum;
    offset += parsed.frame.bytes;
  }
  if (name !== undefined && next !== name.last + 1) {
    throw new CorruptionError(`the archive ends before position ${name.last}`, { file, offset, position: next });
  }
}

function load(file: string, compressed: boolean): Buffer {
  const bytes = readFileSync(file);
  if (!compressed) return bytes;
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: SEGMENT_BYTES_MAX + 2 * FRAME_BYTES_MAX });
  } catch (error) {
    throw new CorruptionError('cannot be decompressed', { file, offset: 0, position: 0 }, { cause: error });
  }
}
