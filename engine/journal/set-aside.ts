import { join } from 'node:path';
import type { Disk } from './disk.ts';
import { readWhole, writeWhole } from './disk.ts';
import type { Scan } from './recovery-scan.ts';
import { segmentPath } from './segment.ts';

/**
 * An operator accepts the loss of what follows the damage. Nothing is destroyed: the damaged segment is copied to
 * lost/ before its rest is zeroed, later ones are moved there. `whole`: the journal begins anew, every segment goes.
 * Run again after a crash in between, it leaves a second copy and the same journal.
 */
export function setAside(disk: Disk, dir: string, scan: Scan, whole: boolean): void {
  const lost = join(dir, 'lost');
  disk.makeDir(lost);
  disk.syncDir(dir);
  const { index: endIndex, offset } = scan.end;
  const damaged = scan.stop.index === endIndex;
  if (!whole && damaged) copy(disk, segmentPath({ dir, index: endIndex }), freeName(disk, lost, endIndex));
  // Newest first, so a crash leaves no gap that was not there before.
  for (const index of scan.indexes.toReversed()) {
    if (whole || index > endIndex) {
      disk.rename(segmentPath({ dir, index }), freeName(disk, lost, index));
      disk.syncDir(lost);
      disk.syncDir(dir);
    }
  }
  if (!whole && damaged) zeroFrom(disk, segmentPath({ dir, index: endIndex }), offset);
}

function freeName(disk: Disk, lost: string, index: number): string {
  const name = `${String(index).padStart(10, '0')}.seg`;
  const taken = disk.list(lost).filter((other) => other.startsWith(name)).length;
  return join(lost, taken === 0 ? name : `${name}.${taken}`);
}

function copy(disk: Disk, from: string, to: string): void {
  const source = disk.open(from, 'read');
  const target = disk.open(to, 'create');
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let at = 0; ; at += chunk.length) {
      const bytes = readWhole(source, chunk, at);
      if (bytes === 0) break;
      writeWhole(target, chunk.subarray(0, bytes), at);
    }
    target.sync();
  } finally {
    source.close();
    target.close();
  }
}

function zeroFrom(disk: Disk, path: string, offset: number): void {
  const file = disk.open(path, 'update');
  try {
    const zeros = Buffer.alloc(1024 * 1024);
    for (let at = offset; at < file.size; at += zeros.length) {
      writeWhole(file, zeros.subarray(0, Math.min(zeros.length, file.size - at)), at);
    }
    file.sync();
  } finally {
    file.close();
  }
}
