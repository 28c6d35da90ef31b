import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { assert } from '../contract/assert.ts';
import type { Disk, DiskFile } from './disk.ts';
import { readWhole, writeWhole, writeWholeLater } from './disk.ts';
import { SECTOR_BYTES } from './frame.ts';

// A segment is a file of frames. It is written full of zeros and synced before its first use: a commit then changes
// data only, never the file's size or block map, and costs one device write instead of two or three.
//
//    0        4          8         12       20      28
//   +--------+----------+---------+--------+-------+--------------+--------------------------------+
//   | magic  | checksum | version | epoch  | index | zeros to 4096| frames, then zeros             |
//   | u32    | u32      | u32     | 8 char | u48   |              |                                |
//   +--------+----------+---------+--------+-------+--------------+--------------------------------+
//
// Index counts from 1 and names the file. A segment appears under its name only whole (written aside, synced,
// renamed, folder synced).

export const SEGMENT_BYTES = 64 * 1024 * 1024;
/** Largest size of a segment, 256 MiB: an archived one is read as a whole. */
export const SEGMENT_BYTES_MAX = 256 * 1024 * 1024;
/** Where a segment names its epoch. */
export const EPOCH_AT = 12;
/** Where the first frame begins. */
export const FRAMES_AT = SECTOR_BYTES;

const MAGIC = 0x3147_534f; // "OSG1"
const VERSION = 1;
/** Written at once while a segment is filled with zeros: large enough to be quick, small enough to let commits through. */
const FILL_BYTES = 1024 * 1024;
const NAME = /^(\d{10})\.seg$/;

export interface SegmentId {
  readonly dir: string;
  readonly index: number;
}

export interface SegmentShape extends SegmentId {
  readonly epoch: string;
  readonly bytes: number;
}

export function segmentPath({ dir, index }: SegmentId): string {
  return join(dir, `${String(index).padStart(10, '0')}.seg`);
}

/** Indexes of the segments in a folder, ascending. */
export function listSegments(disk: Disk, dir: string): readonly number[] {
  return disk.list(dir).flatMap((name) => {
    const match = NAME.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

/** What a crash left half made. */
export function removeUnfinished(disk: Disk, dir: string): void {
  for (const name of disk.list(dir)) if (name.endsWith('.tmp')) disk.remove(join(dir, name));
}

export function createSegment(disk: Disk, shape: SegmentShape): void {
  const path = segmentPath(shape);
  const file = disk.open(`${path}.tmp`, 'create');
  try {
    for (const { bytes, at } of fill(shape)) writeWhole(file, bytes, at);
    file.sync();
  } finally {
    file.close();
  }
  disk.rename(`${path}.tmp`, path);
  disk.syncDir(shape.dir);
}

/** The same off this thread, up to the rename; false when it was no longer wanted by then. */
export async function createSegmentLater(disk: Disk, shape: SegmentShape, wanted: () => boolean): Promise<boolean> {
  const path = segmentPath(shape);
  const aside = `${path}.later.tmp`;
  const file = disk.open(aside, 'create');
  try {
    for (const { bytes, at } of fill(shape)) {
      if (!wanted()) break;
      await writeWholeLater(file, bytes, at);
      // Slice by slice, so a commit of the journal never waits behind a whole segment.
      await file.syncLater();
    }
  } finally {
    file.close();
  }
  if (!wanted()) {
    await disk.removeLater(aside);
    return false;
  }
  // Rename and folder together, without giving way in between: nobody sees a segment whose name is not durable.
  disk.rename(aside, path);
  disk.syncDir(shape.dir);
  return true;
}

function* fill(shape: SegmentShape): Generator<{ bytes: Uint8Array; at: number }> {
  const fits = shape.bytes >= 3 * SECTOR_BYTES && shape.bytes <= SEGMENT_BYTES_MAX && shape.bytes % SECTOR_BYTES === 0;
  assert(fits, () => `segmentBytes must be a multiple of 4096 from 12288 to ${SEGMENT_BYTES_MAX}, got ${shape.bytes}`);
  const zeros = Buffer.alloc(Math.min(FILL_BYTES, shape.bytes));
  for (let at = 0; at < shape.bytes; at += zeros.length) {
    const slice = at === 0 ? withHead(zeros, shape) : zeros;
    yield { bytes: slice.subarray(0, shape.bytes - at), at };
  }
}

function withHead(zeros: Buffer, { index, epoch }: SegmentShape): Buffer {
  const head = Buffer.from(zeros);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(VERSION, 8);
  head.write(epoch, EPOCH_AT, 8, 'latin1');
  head.writeUIntLE(index, 20, 6);
  head.writeUInt32LE(crc32(head.subarray(8, FRAMES_AT)), 4);
  return head;
}

export type SegmentHead = { readonly epoch: string } | { readonly why: string };

/** Filled anew by every look at a head; nothing of it is given away. */
const head = Buffer.alloc(FRAMES_AT);

export function readSegmentHead(file: DiskFile, index: number): SegmentHead {
  if (readWhole(file, head, 0) < FRAMES_AT) return { why: 'the file is shorter than its header' };
  if (head.readUInt32LE(0) !== MAGIC) return { why: 'no segment header' };
  if (crc32(head.subarray(8)) !== head.readUInt32LE(4)) return { why: 'checksum of the segment header differs' };
  const version = head.readUInt32LE(8);
  if (version !== VERSION) return { why: `segment has version ${version}, this program reads ${VERSION}` };
  if (head.readUIntLE(20, 6) !== index) return { why: `header says segment ${head.readUIntLE(20, 6)}` };
  return { epoch: head.toString('latin1', EPOCH_AT, EPOCH_AT + 8) };
}
