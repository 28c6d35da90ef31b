import type { DiskFile } from './disk.ts';
import { readWhole } from './disk.ts';
import type { Parsed } from './frame.ts';
import { SECTOR_BYTES, parseFrame } from './frame.ts';

/** Read at once: many small frames for one call to the kernel. */
const WINDOW_BYTES = 1024 * 1024;

/** Frames of one file at any sector, read through a window that is never reused: records handed out stay valid. */
export class FrameWindow {
  readonly #file: DiskFile;
  readonly #epoch: string;
  readonly #windowBytes: number;
  readonly size: number;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: DiskFile, epoch: string, windowBytes = WINDOW_BYTES) {
    this.#file = file;
    this.#windowBytes = windowBytes;
    this.#epoch = epoch;
    this.size = file.size;
  }

  at(offset: number): Parsed {
    if (offset + SECTOR_BYTES > this.size) return { kind: 'empty' };
    // Two loads at most: one to see the frame's head, one to hold a frame larger than the window.
    for (let load = 0; load <= 2; load++) {
      const parsed = this.#parse(offset);
      if (parsed.kind !== 'more') return parsed;
      if (offset + parsed.bytes > this.size) return { kind: 'bad', why: 'the frame runs past the end of the file' };
      this.#load(offset, parsed.bytes);
    }
    return { kind: 'bad', why: 'the file ends inside the frame' };
  }

  #parse(offset: number): Parsed {
    const inside = offset >= this.#start && offset < this.#start + this.#bytes.length;
    return inside ? parseFrame(this.#bytes, offset - this.#start, this.#epoch) : { kind: 'more', bytes: SECTOR_BYTES };
  }

  #load(offset: number, needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.min(Math.max(needed, this.#windowBytes), this.size - offset));
    this.#start = offset;
    this.#bytes = bytes.subarray(0, readWhole(this.#file, bytes, offset));
  }
}
