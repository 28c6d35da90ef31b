import type { Disk, DiskFile } from './disk.ts';
import { readWhole, writeWhole } from './disk.ts';
import { isZero } from './frame.ts';
import { CorruptionError } from './journal.ts';
import type { Scan, ScannedSegment } from './recovery-scan.ts';
import { scanJournal } from './recovery-scan.ts';
import { createSegment, removeUnfinished, segmentPath } from './segment.ts';
import { setAside } from './set-aside.ts';
import type { FrameAt } from './walk-frames.ts';

// Opening = scanning, then the few repairs that make the folder writable. Each repair leaves a folder that scans to
// the same records, so a crash between any two of them is harmless.

export interface OpenOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly epoch: string;
  readonly segmentBytes: number;
  readonly durableTo?: number;
  readonly acceptLoss?: boolean;
  readonly log?: (line: string) => void;
}

export interface OpenedSegments {
  readonly segments: readonly ScannedSegment[];
  /** The segment the next frame goes to, and where in it. */
  readonly file: DiskFile;
  readonly offset: number;
  readonly head: number;
  readonly checksum: number;
  readonly atMs: number;
  readonly sealed: boolean;
  /** Positions continue, but no frame on disk says so yet: seal at once. */
  readonly beginsAnew: boolean;
}

export function openForWriting(options: OpenOptions): OpenedSegments {
  const { disk, dir, epoch, segmentBytes } = options;
  disk.makeDir(dir);
  removeUnfinished(disk, dir);
  const { scan, anew, startIndex, startHead } = scanOrSetAside(options);
  removePrepared(disk, dir, scan);
  const index = scan.last?.index ?? scan.indexes[0] ?? startIndex;
  if (scan.indexes.length === 0) createSegment(disk, { dir, index, epoch, bytes: segmentBytes });
  const file = disk.open(segmentPath({ dir, index }), 'update');
  const { offset } = scan.end;
  try {
    const cutBytes = cut(file, offset);
    if (cutBytes > 0)
      options.log?.(`journal: cut a torn commit after position ${scan.head} (segment ${index}, byte ${offset})`);
    if (scan.last !== undefined) writeAgain(file, scan.last);
    file.sync();
    // Names a crashed process created or moved may be in the kernel's memory only.
    disk.syncDir(dir);
  } catch (error) {
    file.close();
    throw error;
  }
  const head = Math.max(scan.head, startHead);
  const fresh = { index, first: head + 1, last: head, lastAtMs: scan.atMs };
  return {
    segments: scan.segments.length > 0 ? scan.segments : [fresh],
    file,
    offset,
    head,
    checksum: scan.checksum,
    atMs: scan.atMs,
    sealed: !anew && (scan.last === undefined || scan.last.frame.count === 0),
    beginsAnew: anew,
  };
}

interface Start {
  readonly scan: Scan;
  /** Every segment was set aside: positions go on after `startHead`, in a new segment. */
  readonly anew: boolean;
  readonly startIndex: number;
  readonly startHead: number;
}

function scanOrSetAside(options: OpenOptions): Start {
  const scan = scanJournal(options);
  if (scan.damage === undefined) return { scan, anew: false, startIndex: 1, startHead: 0 };
  const { why, place } = scan.damage;
  if (options.acceptLoss !== true) throw new CorruptionError(why, place);
  const { durableTo = 0 } = options;
  options.log?.(
    `journal: ${place.file} at byte ${place.offset}: ${why}; going on without position ${place.position} and later`,
  );
  // Positions must not fall back behind a snapshot: what is recorded next would be taken for what it already holds.
  const anew = scan.last === undefined || scan.head < durableTo;
  setAside(options.disk, options.dir, scan, anew);
  const { durableTo: _, ...rest } = options;
  const again = scanJournal(rest);
  if (again.damage !== undefined) throw new CorruptionError(again.damage.why, again.damage.place);
  return {
    scan: again,
    anew,
    // Never the very first one, which must begin at position 1: the next start would refuse it.
    startIndex: anew ? Math.max(1, scan.indexes.at(-1) ?? 0) + 1 : 1,
    startHead: anew ? Math.max(scan.head, durableTo) : 0,
  };
}

/** Segments behind the end hold nothing valid, but perhaps the rest of a torn commit: they are made anew when needed. */
function removePrepared(disk: Disk, dir: string, scan: Scan): void {
  const behind = scan.indexes.filter((index) => index > scan.end.index);
  for (const index of behind) disk.remove(segmentPath({ dir, index }));
  if (behind.length > 0) disk.syncDir(dir);
}

/** Looked through at once for what a torn commit left. */
const CUT_BYTES = 1024 * 1024;

/** Zeroes what a torn commit left, so it can never be taken for part of a later one. Returns how many bytes that were. */
function cut(file: DiskFile, from: number): number {
  const chunk = Buffer.alloc(Math.min(CUT_BYTES, Math.max(1, file.size - from)));
  let cutBytes = 0;
  for (let at = from; at < file.size; at += chunk.length) {
    const bytes = chunk.subarray(0, readWhole(file, chunk, at));
    if (isZero(bytes)) continue;
    writeWhole(file, Buffer.alloc(bytes.length), at);
    cutBytes += bytes.length;
  }
  return cutBytes;
}

/**
 * The newest frame may be in the kernel's memory only, even marked as written after a failed sync: then syncing again
 * does nothing and a power cut would lose a frame that others were built on. The same bytes again make it dirty, so
 * the sync that follows is a real one. The only time a written sector is written again, and with what it holds.
 */
function writeAgain(file: DiskFile, { offset, frame }: FrameAt): void {
  const bytes = Buffer.alloc(frame.bytes);
  readWhole(file, bytes, offset);
  writeWhole(file, bytes, offset);
}
