import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECORD_BATCH_BYTES_MAX, recordBatches } from './record-batches.ts';

const MEGABYTE = 1024 * 1024;
/** Shared by all records of a run: only lengths matter. */
const bytes = new Uint8Array(6 * MEGABYTE);

test('batches keep every record in order and stay within the bound, but for a record larger than it', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 6 * MEGABYTE }), { maxLength: 30 });
  fc.assert(
    fc.property(lengths, (list) => {
      const records = list.map((length, i) => ({ shard: 0, lsn: i + 1, fact: bytes.subarray(0, length) }));
      const batches = [...recordBatches(records)];
      expect(batches.flat()).toEqual(records);
      for (const batch of batches) {
        const size = batch.reduce((sum, { fact }) => sum + fact.length, 0);
        expect(batch.length === 1 || size <= RECORD_BATCH_BYTES_MAX).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test('nothing gives no batch', () => {
  expect([...recordBatches([])]).toEqual([]);
});
