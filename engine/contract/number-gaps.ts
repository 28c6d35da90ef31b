import type { SourceId } from './ids.ts';

// Numbers of a source's events that are missing (rule FD5), per stream and epoch.

/** One stream of a source in one epoch: a till since it was started last, say. */
export interface NumberedStream {
  readonly source: SourceId;
  readonly stream?: string;
  readonly epoch?: number;
}

/** What one batch of events says of one stream. */
export interface NumbersSeen extends NumberedStream {
  /** Numbers that arrived, ascending, each range once. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** A book snapshot had everything up to this number; absent: none was among them. */
  readonly coveredTo?: number;
}

export interface NumberGap {
  readonly from: number;
  readonly to: number;
  /** Journal time at which a later number arrived, ms since the epoch. */
  readonly since: number;
}

/** A stream of which numbers are missing. */
export interface StreamGaps extends NumberedStream {
  /** Smallest and greatest number that arrived or was covered. */
  readonly first: number;
  readonly last: number;
  /** Numbers that are missing, all gaps together. */
  readonly missing: number;
  /** Ascending, GAPS_MAX at most. */
  readonly gaps: readonly NumberGap[];
}

/** Gaps remembered per stream; beyond them the lowest is forgotten, and said to be. */
export const GAPS_MAX = 256;
/** Streams remembered, all sources together; beyond them the one that was silent longest is forgotten. */
export const STREAMS_MAX = 10_000;

/** All streams of a source in short. */
export interface SourceGaps {
  readonly source: SourceId;
  /** Streams of which numbers are missing. */
  readonly streams: number;
  readonly missing: number;
  /** Since when the oldest is missing; null: none is. */
  readonly since: number | null;
  /** Missing numbers that are no longer looked for: there were too many gaps or streams. */
  readonly forgotten: number;
}
