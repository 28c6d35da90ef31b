import type { Disk } from './disk.ts';
import type { Frame } from './frame.ts';
import { SECTOR_BYTES } from './frame.ts';
import { FrameWindow } from './frame-window.ts';
import { FRAMES_AT, readSegmentHead, segmentPath } from './segment.ts';

// One way through the frames of a folder, taken by the opener, by readers of other threads and by the archive's check.

export interface FrameAt {
  readonly index: number;
  readonly offset: number;
  readonly frame: Frame;
}

/** Where no further frame continues the chain. Offset 0: the segment itself cannot be read. */
export interface Stop {
  readonly index: number;
  readonly offset: number;
  readonly why: string;
}

export interface JournalFolder {
  readonly disk: Disk;
  readonly dir: string;
  readonly epoch: string;
}

/** Frames from a segment's beginning, or from a stop reached earlier, as long as each continues the one before. */
export function* walkFrames(
  folder: JournalFolder,
  indexes: readonly number[],
  resume?: { readonly stop: Stop; readonly previous: Frame | undefined },
): Generator<FrameAt, Stop> {
  let previous = resume?.previous;
  let stop: Stop = resume?.stop ?? { index: indexes[0] ?? 1, offset: FRAMES_AT, why: 'the folder has no segment' };
  for (const [i, index] of indexes.entries()) {
    if (index < stop.index) continue;
    const file = folder.disk.open(segmentPath({ ...folder, index }), 'read');
    try {
      const head = readSegmentHead(file, index);
      if ('why' in head) return { index, offset: 0, why: head.why };
      if (head.epoch !== folder.epoch) {
        return { index, offset: 0, why: `segment has epoch ${head.epoch}, the folder ${folder.epoch}` };
      }
      const window = new FrameWindow(file, folder.epoch);
      let offset = resume?.stop.index === index ? Math.max(resume.stop.offset, FRAMES_AT) : FRAMES_AT;
      for (;;) {
        const parsed = window.at(offset);
        const why = whyNot(parsed, previous, index);
        if (why !== undefined || parsed.kind !== 'frame') {
          stop = { index, offset, why: why ?? 'no frame' };
          break;
        }
        yield { index, offset, frame: parsed.frame };
        previous = parsed.frame;
        offset += parsed.frame.bytes;
      }
    } finally {
      file.close();
    }
    const next = indexes[i + 1];
    if (next === undefined || previous === undefined) return stop;
    if (next !== index + 1) return { ...stop, why: `segment ${index + 1} is missing` };
    const first = firstFrame(folder, next);
    if (first === undefined || whyNot({ kind: 'frame', frame: first }, previous, next) !== undefined) return stop;
  }
  return stop;
}

type Seen = ReturnType<FrameWindow['at']>;

function whyNot(parsed: Seen, previous: Frame | undefined, index: number): string | undefined {
  if (parsed.kind === 'empty') return 'no frame was written here';
  if (parsed.kind === 'more') return 'the file ends inside the frame';
  if (parsed.kind === 'bad') return parsed.why;
  const { frame } = parsed;
  if (previous === undefined) {
    // The oldest kept segment begins anywhere; the very first one at position 1.
    return index > 1 || (frame.first === 1 && frame.previous === 0) ? undefined : 'the journal does not begin here';
  }
  if (frame.previous !== previous.checksum) return 'the frame does not continue the one before';
  if (frame.first !== previous.first + previous.count) return `the frame begins at position ${frame.first}`;
  return frame.atMs >= previous.atMs ? undefined : 'journal time runs backwards';
}

/** The frame a segment begins with, or undefined when it has none (or cannot be opened any more). */
export function firstFrame(folder: JournalFolder, index: number): Frame | undefined {
  const file = folder.disk.open(segmentPath({ ...folder, index }), 'read');
  try {
    const parsed = new FrameWindow(file, folder.epoch, SECTOR_BYTES).at(FRAMES_AT);
    return parsed.kind === 'frame' ? parsed.frame : undefined;
  } finally {
    file.close();
  }
}

/** A valid frame at or behind a stop: what stands before it had been durable. */
export function findBehind(folder: JournalFolder, indexes: readonly number[], stop: Stop): FrameAt | undefined {
  for (const index of indexes) {
    if (index < stop.index) continue;
    const file = folder.disk.open(segmentPath({ ...folder, index }), 'read');
    try {
      const window = new FrameWindow(file, folder.epoch);
      const start = index === stop.index ? Math.max(stop.offset, FRAMES_AT) : FRAMES_AT;
      for (let offset = start; offset < window.size; offset += SECTOR_BYTES) {
        const parsed = window.at(offset);
        if (parsed.kind === 'frame') return { index, offset, frame: parsed.frame };
      }
    } finally {
      file.close();
    }
  }
  return undefined;
}
