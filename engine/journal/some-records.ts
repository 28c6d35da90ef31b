import type { JournalRecord, Positioned } from './journal.ts';

// What tests and their child processes share; nothing of vitest in it.

export const EPOCH = 'test0001';

/** Records for tests and benches, told apart by content. */
export function someRecords(count: number, from = 1, bytes = 40): JournalRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    shard: (from + i) % 20,
    lsn: from + i,
    fact: Buffer.alloc(bytes, `fact ${from + i} `),
  }));
}

/** One line per record, so a failing comparison is readable and quick. */
export function lines(entries: Iterable<Positioned>): string[] {
  return Array.from(entries, ({ position, record }) => `${position}: ${line(record)}`);
}

export function expectedLines(records: readonly JournalRecord[], from = 1): string[] {
  return records.map((record, i) => `${from + i}: ${line(record)}`);
}

function line({ shard, lsn, fact }: JournalRecord): string {
  return `shard ${shard} lsn ${lsn} ${Buffer.from(fact).toString('latin1').slice(0, 24)} (${fact.length})`;
}

export function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return String(error);
  }
}
