// Rule FD2: which deltas a snapshot covers. Rule FD3: which snapshot is the newest.

/** A snapshot, as far as coverage asks. */
export interface SnapshotHead {
  /** Source time T. */
  readonly at: number;
  /** -1 when the source does not number its events. */
  readonly seq: number;
  /** Interned (source, stream, epoch) of a numbered event; 0 for others. */
  readonly series: number;
  readonly covers: 'count' | 'book';
  /** By a `complete` event: it yields to a snapshot row of the same time and number. */
  readonly complete: boolean;
  readonly id: string;
  readonly source: string;
}

/** A delta, as far as coverage asks. */
export interface DeltaTimes {
  readonly at: number;
  /** -1 when the source does not say. */
  readonly postedAt: number;
  readonly seq: number;
  readonly series: number;
}

export type Judgement = 'covered' | 'open' | 'covered-uncertain' | 'open-uncertain';

export function judge(snapshot: Pick<SnapshotHead, 'at' | 'seq' | 'series' | 'covers'>, delta: DeltaTimes): Judgement {
  if (snapshot.covers === 'count') return delta.at <= snapshot.at ? 'covered' : 'open';
  if (snapshot.series !== 0 && delta.series === snapshot.series) return delta.seq <= snapshot.seq ? 'covered' : 'open';
  if (delta.postedAt >= 0) return delta.postedAt <= snapshot.at ? 'covered' : 'open';
  return delta.at <= snapshot.at ? 'covered-uncertain' : 'open-uncertain';
}

/** The delta is not inside the snapshot, so it counts on top of it. */
export const isOpen = (judgement: Judgement): boolean => judgement === 'open' || judgement === 'open-uncertain';

/** Only the source's clock could tell. */
export const isUncertain = (judgement: Judgement): boolean =>
  judgement === 'covered-uncertain' || judgement === 'open-uncertain';

/** Whether `a` is newer than `b`: by T, then seq, then id by code units; the rest only makes the order total. */
export function isNewer(a: SnapshotHead, b: SnapshotHead): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.seq !== b.seq) return a.seq > b.seq;
  if (a.complete !== b.complete) return b.complete;
  if (a.id !== b.id) return a.id > b.id;
  if (a.source !== b.source) return a.source > b.source;
  return false;
}
