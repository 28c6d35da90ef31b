import { join } from 'node:path';
import type { Disk } from './disk.ts';
import type { ScannedSegment } from './recovery-scan.ts';
import { segmentPath } from './segment.ts';

// archive/0000000007.1201-1899.t1764000000000.seg       moved there, not yet compressed
// archive/0000000007.1201-1899.t1764000000000.seg.zst   compressed and checked
//
// The name says what a question about the past needs, so nothing is opened in vain: segment, first and last position,
// journal time of its last frame.

const NAME = /^(\d{10})\.(\d+)-(\d+)\.t(\d+)\.seg(\.zst)?$/;

export interface ArchiveName {
  readonly index: number;
  readonly first: number;
  readonly last: number;
  readonly lastAtMs: number;
  readonly compressed: boolean;
}

export function parseArchiveName(name: string): ArchiveName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, index, first, last, lastAtMs, zst] = match;
  return {
    index: Number(index),
    first: Number(first),
    last: Number(last),
    lastAtMs: Number(lastAtMs),
    compressed: zst !== undefined,
  };
}

/** Moves released segments to `dir`/archive, oldest first and each durably, so a crash leaves no gap. Returns their new paths. */
export function moveToArchive(disk: Disk, dir: string, released: readonly ScannedSegment[]): readonly string[] {
  if (released.length === 0) return [];
  const archive = join(dir, 'archive');
  disk.makeDir(archive);
  disk.syncDir(dir);
  return released.map(({ index, first, last, lastAtMs }) => {
    const number = String(index).padStart(10, '0');
    const path = join(archive, `${number}.${first}-${last}.t${Math.ceil(lastAtMs)}.seg`);
    disk.rename(segmentPath({ dir, index }), path);
    disk.syncDir(archive);
    disk.syncDir(dir);
    return path;
  });
}
