import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../contract/fact.ts';
import { decodeRecords } from '../journal/records.ts';
import { readFact } from './codec/fact-bytes.ts';
import { RECORD_BATCH_BYTES_MAX, TurnRecords } from './turn-records.ts';

const MEGABYTE = 1024 * 1024;

/** A fact of about that many bytes. */
function factOf(bytes: number): Fact {
  return { fact: 'LetterRepeated', at: 1, id: 'x'.repeat(bytes) };
}

test('batches keep every record in order and stay within the bound, but for a record larger than it', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 6 * MEGABYTE }), { maxLength: 12 });
  fc.assert(
    fc.property(lengths, (list) => {
      const records = new TurnRecords();
      list.forEach((bytes, i) => records.add(i % 3, i + 1, factOf(bytes)));
      const batches = records.take();
      const read = batches.flatMap(({ records: batch }) => [...decodeRecords(batch)]);
      expect(read.map(({ shard, lsn }) => [shard, lsn])).toEqual(list.map((_, i) => [i % 3, i + 1]));
      expect(read.every(({ fact }, i) => (readFact(fact) as { id: string }).id.length === list[i])).toBe(true);
      for (const { count, records: batch } of batches) {
        expect([...decodeRecords(batch)]).toHaveLength(count);
        expect(count === 1 || batch.length <= RECORD_BATCH_BYTES_MAX).toBe(true);
      }
      expect(records.take()).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
