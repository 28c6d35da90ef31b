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

/** Right after the last frame: where the next one goes, or a later look goes on. */
export interface End {
  readonly index: number;
  readonly offset: number;
}

/** Where no further frame continues the chain, and why. Offset 0: the segment itself cannot be read. */
export interface Stop {
  readonly index: number;
  readonly offset: number;
  readonly why: string;
  /** In an earlier segment when the frame that should continue it is the first of the next one. */
  readonly end: End;
}

export interface JournalFolder {
  readonly disk: Disk;
  readonly dir: string;
  readonly epoch: string;
}

/** Frames from a segment's beginning, or from an end reached earlier, as long as each continues the one before. */
export function* walkFrames(
  folder: JournalFolder,
  indexes: readonly number[],
  resume?: { readonly end: End; readonly previous: Frame | undefined },
): Generator<FrameAt, Stop> {
  let previous = resume?.previous;
  let end = resume?.end ?? { index: indexes[0] ?? 1, offset: FRAMES_AT };
  for (const [i, index] of indexes.entries()) {
    if (index < end.index) continue;
    const part = yield* walkSegment(folder, { index, offset: index === end.index ? end.offset : FRAMES_AT }, previous);
    if (part.previous !== previous) end = { index, offset: part.offset };
    previous = part.previous;
    const { offset, why, blank } = part;
    const next = indexes[i + 1];
    if (next === undefined || previous === undefined) return { index, offset, why, end };
    if (next !== index + 1) return { index, offset, why: `segment ${index + 1} is missing`, end };
    // A commit that did not fit left the rest blank. Where the rest is not blank, only a next segment that continues
    // the chain proves that nothing stood here.
    const first = blank ? undefined : firstFrame(folder, next);
    const goesOn =
      blank || (first !== undefined && whyNot({ kind: 'frame', frame: first }, previous, next) === undefined);
    if (!goesOn) return { index, offset, why, end };
  }
  return { ...end, why: 'the folder has no segment', end };
}

interface SegmentEnd {
  readonly offset: number;
  readonly why: string;
  /** No frame was begun here. */
  readonly blank: boolean;
  /** The last frame so far. */
  readonly previous: Frame | undefined;
}

function* walkSegment(folder: JournalFolder, from: End, before: Frame | undefined): Generator<FrameAt, SegmentEnd> {
  const { index } = from;
  const file = folder.disk.open(segmentPath({ ...folder, index }), 'read');
  try {
    const head = readSegmentHead(file, index);
    const why = 'why' in head ? head.why : head.epoch === folder.epoch ? undefined : otherEpoch(head.epoch, folder);
    if (why !== undefined) return { offset: 0, why, blank: false, previous: before };
    const window = new FrameWindow(file, folder.epoch);
    for (let { offset } = from, previous = before; ;) {
      const parsed = window.at(offset);
      const no = whyNot(parsed, previous, index);
      if (parsed.kind !== 'frame' || no !== undefined) {
        return { offset, why: no ?? 'no frame', blank: parsed.kind === 'empty', previous };
      }
      previous = parsed.frame;
      yield { index, offset, frame: previous };
      offset += previous.bytes;
    }
  } finally {
    file.close();
  }
}

function otherEpoch(epoch: string, folder: JournalFolder): string {
  return `segment has epoch ${epoch}, the folder ${folder.epoch}`;
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

/**
 * A valid frame at or behind an end, of a position above the head reached there: what stands before it had been
 * durable. Bytes inside a fact may look like an older frame (somebody sent us a journal); those prove nothing.
 */
export function findBehind(
  folder: JournalFolder,
  indexes: readonly number[],
  { end, head }: { readonly end: End; readonly head: number },
): FrameAt | undefined {
  for (const index of indexes) {
    if (index < end.index) continue;
    const file = folder.disk.open(segmentPath({ ...folder, index }), 'read');
    try {
      const window = new FrameWindow(file, folder.epoch);
      for (let offset = index === end.index ? end.offset : FRAMES_AT; offset < window.size; offset += SECTOR_BYTES) {
        const parsed = window.at(offset);
        if (parsed.kind === 'frame' && parsed.frame.first > head) return { index, offset, frame: parsed.frame };
      }
    } finally {
      file.close();
    }
  }
  return undefined;
}
