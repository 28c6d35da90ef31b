import type { JournalRecord } from '../journal/journal.ts';

/** Facts of one record batch at most, in bytes: a quarter of what a journal frame may hold. */
export const RECORD_BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** Nearly always one batch; a turn with very large facts is cut, for a frame has a largest size. */
export function* recordBatches(records: readonly JournalRecord[]): Generator<readonly JournalRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const next = records[i]!.fact.length;
    if (i > from && bytes + next > RECORD_BATCH_BYTES_MAX) {
      yield records.slice(from, i);
      from = i;
      bytes = 0;
    }
    bytes += next;
  }
  if (from < records.length) yield records.slice(from);
}
