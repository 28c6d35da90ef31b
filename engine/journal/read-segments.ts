import { assert } from '../contract/assert.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import type { Frame } from './frame.ts';
import type { Positioned } from './journal.ts';
import { CorruptionError } from './journal.ts';
import { decodeRecords } from './records.ts';
import { listSegments, readSegmentHead, segmentPath } from './segment.ts';
import type { End, JournalFolder, Stop } from './walk-frames.ts';
import { findBehind, firstFrame, walkFrames } from './walk-frames.ts';

export interface ReadOptions {
  readonly dir: string;
  /** Oldest position wanted; must still be in the folder. */
  readonly from: number;
  /**
   * Newest position wanted, known durable: ending before it is damage. Without it reading ends where the sound frames
   * end; a commit being written at that moment is not part of it.
   */
  readonly to?: number;
  readonly disk?: Disk;
}

const noSegment: Stop = { index: 1, offset: 0, why: 'the folder has no segment', end: { index: 1, offset: 0 } };

/** Read-only, from any thread, also while the journal is open. Throws CorruptionError. */
export function* readSegments({ dir, from, to, disk = nodeDisk }: ReadOptions): Generator<Positioned> {
  if (to !== undefined && from > to) return;
  const indexes = listSegments(disk, dir);
  const oldest = indexes[0];
  if (oldest === undefined) {
    if (to === undefined) return;
    throw damage(noSegment, dir, 1);
  }
  const folder = { disk, dir, epoch: epochOf(disk, dir, oldest) };
  const wanted = indexes.slice(startOf(folder, indexes, from));
  for (let reached: Reached = { next: from, previous: undefined, end: undefined }; ;) {
    const { stop, ...now } = yield* walkRecords(folder, wanted, reached, { from, to });
    if (stop === undefined) return;
    if (to !== undefined) throw damage(stop, dir, now.next);
    if (stop.offset > 0 && findBehind(folder, wanted, { end: stop.end, head: lastOf(now.previous) }) === undefined)
      return;
    // The writer may have finished this frame and the next since we looked: damage only if it is still bad.
    const again = reached.end?.index === stop.end.index && reached.end.offset === stop.end.offset;
    if (again || stop.offset === 0) throw damage(stop, dir, now.next);
    reached = { ...now, end: stop.end };
  }
}

interface Reached {
  readonly next: number;
  readonly previous: Frame | undefined;
  readonly end: End | undefined;
}

/** Records from where an earlier look ended; `stop` is undefined when `to` was reached. */
function* walkRecords(
  folder: JournalFolder,
  indexes: readonly number[],
  reached: Reached,
  { from, to = Infinity }: { readonly from: number; readonly to: number | undefined },
): Generator<Positioned, { next: number; previous: Frame | undefined; stop: Stop | undefined }> {
  let { next, previous } = reached;
  const resume = reached.end === undefined ? undefined : { end: reached.end, previous };
  const walk = walkFrames(folder, indexes, resume);
  try {
    for (;;) {
      const step = walk.next();
      if (step.done === true) return { next, previous, stop: step.value };
      previous = step.value.frame;
      for (const entry of recordsOf(previous, from)) {
        if (entry.position > to) return { next, previous, stop: undefined };
        yield entry;
        next = entry.position + 1;
      }
      if (next > to) return { next, previous, stop: undefined };
    }
  } finally {
    // Whoever reads may stop in the middle; the file must not stay open.
    walk.return(noSegment);
  }
}

function lastOf(frame: Frame | undefined): number {
  return frame === undefined ? 0 : frame.first + frame.count - 1;
}

function damage(stop: Stop, dir: string, position: number): CorruptionError {
  const file = segmentPath({ dir, index: stop.index });
  return new CorruptionError(`${stop.why}, yet this position was durable`, { file, offset: stop.offset, position });
}

/** Records of a frame from a position on. */
export function* recordsOf(frame: Frame, from: number): Generator<Positioned> {
  let position = frame.first;
  if (position + frame.count <= from) return;
  for (const record of decodeRecords(frame.records)) {
    if (position >= from) yield { position, atMs: frame.atMs, record };
    position++;
  }
}

/** As the segment's head says. Throws CorruptionError. */
export function epochOf(disk: Disk, dir: string, index: number): string {
  const file = disk.open(segmentPath({ dir, index }), 'read');
  try {
    const head = readSegmentHead(file, index);
    if ('epoch' in head) return head.epoch;
    throw new CorruptionError(head.why, { file: segmentPath({ dir, index }), offset: 0, position: 0 });
  } finally {
    file.close();
  }
}

/** Place in `indexes` of the newest segment that begins at or before `from`. */
export function startOf(folder: JournalFolder, indexes: readonly number[], from: number): number {
  // Whoever wants everything need not look at every segment.
  if (from === firstFrame(folder, indexes[0] ?? 0)?.first) return 0;
  for (let i = indexes.length - 1; i >= 0; i--) {
    const first = firstFrame(folder, indexes[i] ?? 0)?.first;
    if (first !== undefined && first <= from) return i;
    // A segment whose first frame is damaged: walking from the oldest one finds it and says so.
    assert(i > 0 || first === undefined, () => `position ${from} was released, the oldest kept is ${first}`);
  }
  return 0;
}
