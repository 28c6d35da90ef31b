import type { JournalRecord } from './journal.ts';

/** Records for tests and benches, told apart by content. Apart from the suite, so that a plain process can load it. */
export function someRecords(count: number, from = 1, bytes = 40): JournalRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    shard: (from + i) % 20,
    lsn: from + i,
    fact: Buffer.alloc(bytes, `fact ${from + i} `),
  }));
}
