import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Journal, JournalRecord, Positioned } from './journal.ts';
import { CorruptionError, JournalError } from './journal.ts';
import { encodeRecords } from './records.ts';
import { expectedLines, lines, messageOf, someRecords } from './some-records.ts';

// What every journal keeps. Each implementation's test file runs it.

export interface Implementation {
  readonly open: (dir: string, epoch?: string) => Journal;
  readonly read: (options: { dir: string; from: number; to?: number }) => Iterable<Positioned>;
}

export function describeJournal(name: string, { open, read }: Implementation): void {
  describe(`${name}, as every journal`, () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'onhand-journal-'));
    });
    afterEach(() => {
      rmSync(dir, { recursive: true, force: true });
    });

    test('an empty journal has head 0, begins at 1 and reads nothing, also when opened again', () => {
      for (let run = 0; run < 3; run++) {
        const journal = open(dir);
        expect([journal.head, journal.first, lines(journal.read(1))]).toEqual([0, 1, []]);
        journal.close();
      }
    });

    test('[FD11] an append gives the first position of its records, in order across batches', () => {
      const journal = open(dir);
      const records = someRecords(10);
      expect(journal.append([encodeRecords(records.slice(0, 3))], 1000)).toBe(1);
      expect(journal.append([encodeRecords(records.slice(3, 5)), encodeRecords(records.slice(5))], 1001)).toBe(4);
      expect(journal.head).toBe(10);
      expect(lines(journal.read(1))).toEqual(expectedLines(records));
      expect(lines(journal.read(5))).toEqual(expectedLines(records).slice(4));
      expect(lines(journal.read(11))).toEqual([]);
      journal.close();
    });

    test('an append without records commits nothing and gives the next position', () => {
      const journal = open(dir);
      journal.append([encodeRecords(someRecords(2))], 1);
      expect(journal.append([], 2)).toBe(3);
      expect(journal.append([new Uint8Array(0)], 2)).toBe(3);
      expect(journal.head).toBe(2);
      journal.close();
    });

    test('positions, content and time go on when it is opened again', () => {
      const records = someRecords(30);
      for (let from = 0; from < 30; from += 10) {
        const journal = open(dir);
        expect(journal.head).toBe(from);
        expect(journal.append([encodeRecords(records.slice(from, from + 10))], 5000 - from)).toBe(from + 1);
        journal.close();
      }
      const journal = open(dir);
      expect(lines(journal.read(1))).toEqual(expectedLines(records));
      expect([...journal.read(1)].map(({ atMs }) => atMs)).toEqual(records.map(() => 5000));
      journal.close();
    });

    test('journal time never runs backwards and keeps fractions of a millisecond', () => {
      const journal = open(dir);
      for (const [i, atMs] of [10.25, 9, 12.5, 0].entries())
        journal.append([encodeRecords(someRecords(1, i + 1))], atMs);
      expect([...journal.read(1)].map(({ atMs }) => atMs)).toEqual([10.25, 10.25, 12.5, 12.5]);
      journal.close();
    });

    test('facts of every size come back byte for byte, the empty and the large one too', () => {
      const journal = open(dir);
      const sizes = [0, 1, 51, 52, 53, 4031, 4032, 4033, 4096, 70_000, 3_000_000];
      const records = sizes.map((bytes, i) => ({ shard: 65_535, lsn: i + 1, fact: Buffer.alloc(bytes, i + 1) }));
      for (const record of records) journal.append([encodeRecords([record])], 1);
      journal.append([encodeRecords(records)], 1);
      const read = [...journal.read(1)].map(({ record }) => Buffer.from(record.fact));
      expect(read.map((fact) => fact.length)).toEqual([...sizes, ...sizes]);
      expect(read.every((fact, i) => fact.equals(records[i % sizes.length]!.fact))).toBe(true);
      journal.close();
    });

    test('reading ends at the head of the moment it began, whatever is appended meanwhile', () => {
      const journal = open(dir);
      journal.append([encodeRecords(someRecords(3))], 1);
      const reading = journal.read(1);
      journal.append([encodeRecords(someRecords(3, 4))], 1);
      expect(lines(reading)).toEqual(expectedLines(someRecords(3)));
      journal.close();
    });

    test('a seal changes no position and no record, however often', () => {
      const journal = open(dir);
      journal.seal();
      journal.append([encodeRecords(someRecords(2))], 1);
      journal.seal();
      journal.seal();
      expect(journal.append([encodeRecords(someRecords(2, 3))], 1)).toBe(3);
      expect(lines(journal.read(1))).toEqual(expectedLines(someRecords(4)));
      journal.close();
    });

    test('it can be read without opening it, while it is open and after', () => {
      const journal = open(dir);
      expect(lines(read({ dir, from: 1 }))).toEqual([]);
      const records = someRecords(20);
      for (const record of records) journal.append([encodeRecords([record])], 1);
      expect(lines(read({ dir, from: 1 }))).toEqual(expectedLines(records));
      expect(lines(read({ dir, from: 7, to: 9 }))).toEqual(expectedLines(records).slice(6, 9));
      journal.close();
      expect(lines(read({ dir, from: 20, to: 20 }))).toEqual(expectedLines(records).slice(19));
      expect(lines(read({ dir, from: 21, to: 20 }))).toEqual([]);
    });

    test('released positions cannot be read again, the others stay, and positions go on', () => {
      const records = someRecords(40);
      const before = open(dir);
      for (const record of records) before.append([encodeRecords([record])], 1);
      before.releaseBefore(21);
      expect(before.first).toBeLessThanOrEqual(21);
      expect(lines(before.read(21))).toEqual(expectedLines(records).slice(20));
      before.close();
      const after = open(dir);
      expect(lines(after.read(after.first))).toEqual(expectedLines(records).slice(after.first - 1));
      after.releaseBefore(1000);
      expect(after.append([encodeRecords(someRecords(1, 41))], 1)).toBe(41);
      after.close();
      const last = open(dir);
      expect(last.head).toBe(41);
      expect(lines(last.read(41))).toEqual(expectedLines(someRecords(1, 41), 41));
      expect(last.first === 1 || /was released/.test(messageOf(() => last.read(last.first - 1)))).toBe(true);
      last.close();
    });

    test('a closed journal refuses everything and closes again quietly', () => {
      const journal = open(dir);
      journal.append([encodeRecords(someRecords(1))], 1);
      journal.close();
      journal.close();
      expect(() => journal.append([encodeRecords(someRecords(1, 2))], 1)).toThrow(JournalError);
      expect(() => journal.read(1)).toThrow(JournalError);
      expect(() => journal.releaseBefore(1)).toThrow(JournalError);
      expect(() => journal.seal()).toThrow(JournalError);
    });

    test('bytes that are no batch end it before anything is written', () => {
      const journal = open(dir);
      journal.append([encodeRecords(someRecords(1))], 1);
      expect(() => journal.append([encodeRecords(someRecords(1, 2)).subarray(0, 20)], 1)).toThrow(JournalError);
      expect(() => journal.append([encodeRecords(someRecords(1, 2))], 1)).toThrow(JournalError);
      const again = open(dir);
      expect(lines(again.read(1))).toEqual(expectedLines(someRecords(1)));
      again.close();
    });

    test('a journal of another data folder is refused and left as it is', () => {
      const journal = open(dir);
      journal.append([encodeRecords(someRecords(3))], 1);
      journal.close();
      expect(() => open(dir, 'other002')).toThrow(CorruptionError);
      const again = open(dir);
      expect(lines(again.read(1))).toEqual(expectedLines(someRecords(3)));
      again.close();
    });

    test('any appends, seals and restarts read back as what was appended', () => {
      const step = fc.oneof(
        {
          weight: 6,
          arbitrary: fc.record({ batches: fc.array(fc.array(fc.nat(6000), { maxLength: 5 }), { maxLength: 3 }) }),
        },
        { weight: 1, arbitrary: fc.constant('seal' as const) },
        { weight: 1, arbitrary: fc.constant('restart' as const) },
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          const folder = mkdtempSync(join(dir, 'p-'));
          let journal = open(folder);
          const records: JournalRecord[] = [];
          for (const action of steps) {
            if (action === 'seal') journal.seal();
            else if (action === 'restart') {
              journal.close();
              journal = open(folder);
            } else {
              const batches = action.batches.map((sizes) =>
                sizes
                  .map((bytes) => someRecords(1, records.length + 1, bytes)[0]!)
                  .map((record) => (records.push(record), record)),
              );
              journal.append(batches.map(encodeRecords), records.length);
            }
          }
          expect(lines(journal.read(1))).toEqual(expectedLines(records));
          journal.close();
        }),
        { numRuns: 15 },
      );
    });
  });
}
