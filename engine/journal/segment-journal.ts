import { assert } from '../contract/assert.ts';
import type { Disk, DiskFile } from './disk.ts';
import { nodeDisk, writeWhole } from './disk.ts';
import { FRAME_BYTES_MAX, SECTOR_BYTES, frameBytes, isEpoch, writeFrame } from './frame.ts';
import type { Journal, Positioned } from './journal.ts';
import { JournalError } from './journal.ts';
import { NextSegment } from './next-segment.ts';
import { openForWriting } from './open-segments.ts';
import { readSegments } from './read-segments.ts';
import { countRecords } from './records.ts';
import type { ScannedSegment } from './recovery-scan.ts';
import { moveToArchive } from './archive-names.ts';
import { FRAMES_AT, SEGMENT_BYTES, segmentPath } from './segment.ts';

// The default journal. Background: an acknowledgement may leave only when what it rests on survives a power cut. Plain
// way: append to a growing file and sync. Why that fails: growing costs a second device write per commit, a torn write
// looks like damage and damage like a torn write. Rule: zero-filled segments (segment.ts), one checksummed frame per
// commit (frame.ts), and recovery that tells torn from damaged by what follows (recovery-scan.ts).
//
// Decision, seals: an empty frame when idle and at close. Nothing follows the newest commit, so its damage would pass
// for a torn write; the seal is what follows. Costs one sector and one sync per idle moment, none under load. Refused:
// a second file with the durable mark, which would double the syncs of every commit.

export interface SegmentJournalOptions {
  readonly dir: string;
  /** The data folder's; frames of another folder are refused. */
  readonly epoch: string;
  readonly segmentBytes?: number;
  /** Highest position known durable from elsewhere (newest snapshot): a journal that ends before it is damaged. */
  readonly durableTo?: number;
  /** Only at an operator's explicit word: go on before the first damage; what follows is kept aside in lost/. */
  readonly acceptLoss?: boolean;
  readonly disk?: Disk;
  /** Repairs at opening, one line each. */
  readonly log?: (line: string) => void;
}

export function openSegmentJournal(options: SegmentJournalOptions): Journal {
  return new SegmentJournal(options);
}

class SegmentJournal implements Journal {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #epoch: string;
  readonly #next: NextSegment;
  /** Reused for every frame; grows to twice the largest one seen, 16 MiB at most. */
  #frame = Buffer.alloc(2 * SECTOR_BYTES);
  #segments: ScannedSegment[];
  #file: DiskFile;
  #fileBytes: number;
  #offset: number;
  #head: number;
  #checksum: number;
  #atMs: number;
  #sealed: boolean;
  #ended: JournalError | undefined;

  constructor(options: SegmentJournalOptions) {
    const { dir, epoch, segmentBytes = SEGMENT_BYTES, disk = nodeDisk } = options;
    assert(isEpoch(epoch), () => `epoch must be 8 of 0-9 a-z, got ${JSON.stringify(epoch)}`);
    const open = openForWriting({ ...options, disk, segmentBytes });
    this.#disk = disk;
    this.#dir = dir;
    this.#epoch = epoch;
    this.#segments = [...open.segments];
    this.#file = open.file;
    this.#fileBytes = open.file.size;
    this.#offset = open.offset;
    this.#head = open.head;
    this.#checksum = open.checksum;
    this.#atMs = open.atMs;
    this.#sealed = open.sealed;
    this.#next = new NextSegment(disk, { dir, epoch, bytes: segmentBytes }, (error) =>
      this.#end(asJournalError('making the next segment', error)),
    );
    if (open.beginsAnew) this.seal();
  }

  get head(): number {
    return this.#head;
  }

  get first(): number {
    return this.#segments[0]?.first ?? 1;
  }

  get segments(): number {
    return this.#segments.length;
  }

  append(batches: readonly Uint8Array[], atMs: number): number {
    return this.#orEnd('append', () => {
      let count = 0;
      for (const batch of batches) count += countRecords(batch);
      const first = this.#head + 1;
      if (count > 0) this.#commit(batches, count, atMs);
      return first;
    });
  }

  seal(): void {
    this.#orEnd('seal', () => {
      if (!this.#sealed) this.#commit([], 0, this.#atMs);
    });
  }

  read(from: number): Iterable<Positioned> {
    this.#requireOpen();
    assert(from >= this.first, () => `position ${from} was released, the oldest kept is ${this.first}`);
    return readSegments({ dir: this.#dir, from, to: this.#head, disk: this.#disk });
  }

  releaseBefore(position: number): readonly string[] {
    return this.#orEnd('release', () => {
      // The newest segment stays: it says where positions go on.
      const kept = this.#segments.findIndex(
        (segment, i) => segment.last >= position || i === this.#segments.length - 1,
      );
      const released = this.#segments.slice(0, kept);
      this.#segments = this.#segments.slice(kept);
      return moveToArchive(this.#disk, this.#dir, released);
    });
  }

  close(): void {
    if (this.#ended === undefined) this.seal();
    if (this.#ended === undefined) this.#end(new JournalError('the journal is closed'));
  }

  #commit(batches: readonly Uint8Array[], count: number, atMs: number): void {
    let recordBytes = 0;
    for (const batch of batches) recordBytes += batch.length;
    const bytes = frameBytes(recordBytes);
    if (bytes > FRAME_BYTES_MAX) {
      throw new RangeError(`one append holds ${recordBytes} bytes, at most ${FRAME_BYTES_MAX} fit a frame; split it`);
    }
    if (count > 0) this.#makeRoom(bytes);
    if (this.#frame.length < bytes) this.#frame = Buffer.alloc(Math.min(FRAME_BYTES_MAX, 2 * bytes));
    const time = Math.max(atMs, this.#atMs);
    const head = {
      previous: this.#checksum,
      count,
      epoch: this.#epoch,
      first: this.#head + 1,
      atMs: time,
      durable: this.#head,
    };
    const checksum = writeFrame(this.#frame, head, batches);
    writeWhole(this.#file, this.#frame.subarray(0, bytes), this.#offset);
    this.#file.sync();
    this.#checksum = checksum;
    this.#atMs = time;
    this.#offset += bytes;
    this.#head += count;
    this.#sealed = count === 0;
    this.#grow(time);
    if (this.#offset > this.#fileBytes / 2) this.#next.prepare(this.#index + 1);
  }

  get #index(): number {
    return this.#segments.at(-1)?.index ?? 1;
  }

  #grow(atMs: number): void {
    const current = this.#segments.at(-1);
    assert(current !== undefined, () => 'no segment is open');
    this.#segments[this.#segments.length - 1] = { ...current, last: this.#head, lastAtMs: atMs };
  }

  /**
   * Goes to the next segment when the frame and a seal after it do not fit. A frame larger than a segment has one for
   * itself, which then grows.
   */
  #makeRoom(bytes: number): void {
    if (this.#offset + bytes + SECTOR_BYTES <= this.#fileBytes || this.#offset === FRAMES_AT) return;
    const index = this.#index + 1;
    this.#next.take(index);
    this.#file.close();
    this.#file = this.#disk.open(segmentPath({ dir: this.#dir, index }), 'update');
    this.#fileBytes = this.#file.size;
    this.#offset = FRAMES_AT;
    this.#segments.push({ index, first: this.#head + 1, last: this.#head, lastAtMs: this.#atMs });
  }

  #requireOpen(): void {
    if (this.#ended !== undefined) throw new JournalError(this.#ended.message, { cause: this.#ended });
  }

  /** After an error nothing is written again: the kernel may have dropped what it could not write and call it clean. */
  #orEnd<T>(what: string, act: () => T): T {
    try {
      this.#requireOpen();
      return act();
    } catch (error) {
      const ended = asJournalError(what, error);
      this.#end(ended);
      throw ended;
    }
  }

  #end(why: JournalError): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#next.stop();
    try {
      this.#file.close();
    } catch {
      // The first error says what happened; a file that does not close adds nothing.
    }
  }
}

function asJournalError(what: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new JournalError(`${what} failed: ${why}`, { cause: error });
}
