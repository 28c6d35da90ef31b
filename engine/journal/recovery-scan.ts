import type { Frame } from './frame.ts';
import type { Place } from './journal.ts';
import { FRAMES_AT, listSegments, segmentPath } from './segment.ts';
import type { End, FrameAt, JournalFolder, Stop } from './walk-frames.ts';
import { findBehind, walkFrames } from './walk-frames.ts';

// Reads a journal folder from its oldest frame to its newest and says what is there. Changes nothing.
//
// A frame is written only after the one before it was synced. So what ends the sound part is judged by what follows:
//
//   ... frame | bad  | nothing valid            torn tail: the commit was never acknowledged; the opener cuts it
//   ... frame | bad  | a valid frame anywhere   the bad one had been durable: damage, with its place
//   ... frame | bad, but a snapshot reaches it  damage as well
//   ... frame | rest | next segment continues   the commit did not fit and went there

export interface ScannedSegment {
  readonly index: number;
  readonly first: number;
  /** `first` - 1 while it holds no record. */
  readonly last: number;
  readonly lastAtMs: number;
}

export interface Scan {
  /** Segments that hold frames, ascending; the one the next frame goes to included. */
  readonly segments: readonly ScannedSegment[];
  /** Indexes of all files, prepared ones behind the end included. */
  readonly indexes: readonly number[];
  readonly head: number;
  readonly atMs: number;
  readonly checksum: number;
  /** Undefined in a journal without frames. */
  readonly last: FrameAt | undefined;
  /** Where the next frame goes. */
  readonly end: End;
  /** Where the sound part ends, see Stop. */
  readonly stop: Stop;
  readonly damage: { readonly why: string; readonly place: Place } | undefined;
}

export interface ScanOptions extends JournalFolder {
  /** Highest position known durable from elsewhere, such as the newest snapshot's. */
  readonly durableTo?: number;
}

export function scanJournal(options: ScanOptions): Scan {
  const indexes = listSegments(options.disk, options.dir);
  const segments = new Map<number, ScannedSegment>();
  let last: FrameAt | undefined;
  const walk = walkFrames(options, indexes);
  let step = walk.next();
  for (; step.done !== true; step = walk.next()) {
    last = step.value;
    segments.set(last.index, grown(segments.get(last.index), last.index, last.frame));
  }
  const stop = step.value;
  const head = last === undefined ? 0 : last.frame.first + last.frame.count - 1;
  const why = damageAt(options, indexes, { stop, last, head });
  const place = { file: segmentPath({ ...options, index: stop.index }), offset: stop.offset, position: head + 1 };
  return {
    segments: [...segments.values()],
    indexes,
    head,
    atMs: last?.frame.atMs ?? 0,
    checksum: last?.frame.checksum ?? 0,
    last,
    end: stop.end,
    stop,
    damage: why === undefined ? undefined : { why, place },
  };
}

function grown(segment: ScannedSegment | undefined, index: number, frame: Frame): ScannedSegment {
  const first = segment?.first ?? frame.first;
  return { index, first, last: frame.first + frame.count - 1, lastAtMs: frame.atMs };
}

function damageAt(
  options: ScanOptions,
  indexes: readonly number[],
  { stop, last, head }: { stop: Stop; last: FrameAt | undefined; head: number },
): string | undefined {
  const { durableTo = 0 } = options;
  if (stop.offset < FRAMES_AT) return stop.why;
  const behind = findBehind(options, indexes, { end: stop.end, head });
  if (behind !== undefined) {
    const file = segmentPath({ ...options, index: behind.index });
    return `${stop.why}, yet a valid frame follows in ${file} at byte ${behind.offset} (position ${behind.frame.first}), so it had been durable`;
  }
  if (durableTo > head) return `${stop.why}, yet everything up to position ${durableTo} was durable`;
  // A segment is released only while a later one holds frames, so the oldest kept one is never without.
  if (last === undefined && stop.index > 1) return `${stop.why}, yet this is not the first segment`;
  return undefined;
}
