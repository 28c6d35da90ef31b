import type { Disk } from './disk.ts';
import { SECTOR_BYTES as SECTOR } from './frame.ts';
import { EPOCH, expectedLines, lines, someRecords } from './some-records.ts';
import type { Journal } from './journal.ts';
import { encodeRecords } from './records.ts';
import { openSegmentJournal } from './segment-journal.ts';
import { SimulatedDisk } from './simulated-disk.ts';

// What the tests of the segment journal on a simulated disk share.

/** Small, so that a handful of commits crosses it. */
export const SEGMENT_BYTES = 16 * SECTOR;

/** With 200 bytes a record, 20 fill a sector. */
const FACT_BYTES = 188;

export function open(
  disk: Disk,
  options: { acceptLoss?: boolean; durableTo?: number; segmentBytes?: number } = {},
): Journal {
  return openSegmentJournal({ dir: 'j', epoch: EPOCH, segmentBytes: SEGMENT_BYTES, disk, ...options });
}

export function path(index: number): string {
  return `j/${String(index).padStart(10, '0')}.seg`;
}

export function commit(journal: Journal, count: number): void {
  journal.append([encodeRecords(someRecords(count, journal.head + 1, FACT_BYTES))], 1000);
}

/** A journal of commits with so many records each, left without closing. */
export function written(
  commits: readonly number[],
  segmentBytes = SEGMENT_BYTES,
): { disk: SimulatedDisk; acknowledged: number } {
  const disk = new SimulatedDisk();
  const journal = open(disk, { segmentBytes });
  for (const count of commits) commit(journal, count);
  return { disk, acknowledged: journal.head };
}

/** The disk, with every file ending at a byte. */
export function endingAt(disk: Disk, end: number): Disk {
  return {
    ...disk,
    list: (dir) => disk.list(dir),
    open(path, mode) {
      const file = disk.open(path, mode);
      const read = (into: Uint8Array, at: number): number =>
        at >= end ? 0 : file.read(into.subarray(0, Math.min(into.length, end - at)), at);
      return { ...file, size: Math.min(file.size, end), read, close: () => file.close() } as typeof file;
    },
  };
}

/** What a restart finds; it can also go on from there, or this throws. */
export function reopened(disk: Disk): string[] {
  const journal = open(disk);
  const read = lines(journal.read(1));
  commit(journal, 1);
  const after = lines(journal.read(1));
  journal.close();
  if (after.length !== read.length + 1) throw new Error(`after ${read.length} records, one more makes ${after.length}`);
  return read;
}

export function wanted(count: number): string[] {
  return expectedLines(someRecords(count, 1, FACT_BYTES));
}

/** Where the frames of the first segment lie. */
export function framesOf(commits: readonly number[]): { offset: number; bytes: number }[] {
  let offset = SECTOR;
  return commits.map((count) => {
    const frame = { offset, bytes: Math.ceil((64 + count * (FACT_BYTES + 12)) / SECTOR) * SECTOR };
    offset += frame.bytes;
    return frame;
  });
}

export function flip(bytes: Buffer, bit: number): void {
  bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
}

export function caught(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
