import { build } from 'hdr-histogram-js';
import { MicrosBuckets, type BucketCounts } from '../contract/buckets.ts';
import type { Journal } from './journal.ts';

export interface JournalStats {
  readonly commits: number;
  readonly facts: number;
  /** Of records, without padding. */
  readonly bytes: number;
  readonly head: number;
  readonly commitMicrosP50: number;
  readonly commitMicrosP99: number;
  /** Of all commits, in µs. */
  readonly commitMicros: BucketCounts;
  readonly segments: number;
}

export interface MeteredJournal extends Journal {
  /** Since the process started. */
  stats(): JournalStats;
}

/** Longest commit told apart, in µs: a minute; what takes longer counts as one. */
const COMMIT_MICROS_MAX = 60_000_000;

/** Times every commit of a journal. `nowMs` is monotonic, with fractions. */
export function meterJournal(journal: Journal, nowMs: () => number = () => performance.now()): MeteredJournal {
  const micros = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: COMMIT_MICROS_MAX,
    numberOfSignificantValueDigits: 3,
  });
  const buckets = new MicrosBuckets();
  let commits = 0;
  let facts = 0;
  let bytes = 0;
  return {
    get head() {
      return journal.head;
    },
    get first() {
      return journal.first;
    },
    get segments() {
      return journal.segments;
    },
    append(batches, atMs) {
      const start = nowMs();
      const first = journal.append(batches, atMs);
      const added = journal.head + 1 - first;
      if (added === 0) return first;
      const took = Math.min(Math.max(Math.round((nowMs() - start) * 1000), 1), COMMIT_MICROS_MAX);
      micros.recordValue(took);
      buckets.count(took);
      commits++;
      facts += added;
      for (const batch of batches) bytes += batch.length;
      return first;
    },
    seal: () => journal.seal(),
    read: (from) => journal.read(from),
    releaseBefore: (position) => journal.releaseBefore(position),
    close: () => journal.close(),
    stats: () => ({
      commits,
      facts,
      bytes,
      head: journal.head,
      commitMicrosP50: micros.getValueAtPercentile(50),
      commitMicrosP99: micros.getValueAtPercentile(99),
      commitMicros: buckets.read(),
      segments: journal.segments,
    }),
  };
}
