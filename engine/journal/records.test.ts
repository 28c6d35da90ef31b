import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageOf } from './some-records.ts';
import type { JournalRecord } from './journal.ts';
import { LSN_MAX, SHARD_MAX, countRecords, decodeRecords, encodeRecords, encodedBytes } from './records.ts';

const record: fc.Arbitrary<JournalRecord> = fc.record({
  shard: fc.integer({ min: 0, max: SHARD_MAX }),
  lsn: fc.oneof(fc.integer({ min: 1, max: LSN_MAX }), fc.constantFrom(1, 2 ** 32 - 1, 2 ** 32, LSN_MAX)),
  fact: fc.uint8Array({ maxLength: 300 }),
});

const plain = (records: Iterable<JournalRecord>) =>
  Array.from(records, ({ shard, lsn, fact }) => ({ shard, lsn, fact: [...fact] }));

describe('a batch of records', () => {
  test('decodes to what was encoded, at any offset of a larger buffer', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), fc.nat(9), (records, before) => {
        const bytes = encodeRecords(records);
        const within = new Uint8Array(before + bytes.length + 5);
        within.set(bytes, before);
        const view = within.subarray(before, before + bytes.length);
        expect(plain(decodeRecords(view))).toEqual(plain(records));
        expect([countRecords(view), view.length]).toEqual([records.length, encodedBytes(records)]);
      }),
    );
  });

  test('has memory of its own, so it can be transferred to another thread', () => {
    const bytes = encodeRecords([{ shard: 1, lsn: 1, fact: new Uint8Array(3) }]);
    expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, bytes.length]);
    const moved = structuredClone(bytes, { transfer: [bytes.buffer] });
    expect([bytes.length, countRecords(moved)]).toEqual([0, 1]);
  });

  test('one batch behind another is one batch', () => {
    const one = { shard: 1, lsn: 7, fact: new Uint8Array([1]) };
    const two = { shard: 2, lsn: 9, fact: new Uint8Array([2, 3]) };
    const both = Buffer.concat([encodeRecords([one]), encodeRecords([two])]);
    expect(plain(decodeRecords(both))).toEqual(plain([one, two]));
  });

  test('what ends inside a record is no batch, wherever it ends', () => {
    const bytes = encodeRecords([
      { shard: 1, lsn: 1, fact: new Uint8Array(5) },
      { shard: 1, lsn: 2, fact: new Uint8Array(0) },
    ]);
    const whole = [0, 17, 29];
    for (let end = 0; end <= bytes.length; end++) {
      const message = messageOf(() => countRecords(bytes.subarray(0, end)));
      expect([end, message === '']).toEqual([end, whole.includes(end)]);
    }
  });

  test.each([
    [{ shard: SHARD_MAX + 1, lsn: 1 }, /shard 65536 does not fit/],
    [{ shard: -1, lsn: 1 }, /shard -1 does not fit/],
    [{ shard: 0, lsn: 0 }, /lsn 0 does not fit/],
    [{ shard: 0, lsn: LSN_MAX + 1 }, /does not fit/],
  ])('%j is refused', (bad, says) => {
    expect(() => encodeRecords([{ ...bad, fact: new Uint8Array(0) }])).toThrow(says);
  });
});
