import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openArchiver, oldestArchived, dropOldArchives } from './archive.ts';
import { JournalFollower } from './follow-journal.ts';
import type { Journal } from './journal.ts';
import { oldestPosition, readHistory } from './read-history.ts';
import { encodeRecords } from './records.ts';
import { openSegmentJournal } from './segment-journal.ts';
import { EPOCH, expectedLines, lines, someRecords } from './some-records.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const records = someRecords(600);
const all = expectedLines(records);

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-history-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function open(dir: string, kind: 'segments' | 'sqlite'): Journal {
  const journal =
    kind === 'sqlite'
      ? openSqliteJournal({ dir, epoch: EPOCH })
      : openSegmentJournal({ dir, epoch: EPOCH, segmentBytes: 64 * 1024 });
  onTestFinished(() => journal.close());
  return journal;
}

function append(journal: Journal, count: number): void {
  const from = journal.head;
  journal.append([encodeRecords(records.slice(from, from + count))], 1_000_000 + from * 100);
}

test.each(['segments', 'sqlite'] as const)('a follower of %s reads every record once, however it is asked', (kind) => {
  const steps = fc.array(fc.record({ commits: fc.array(fc.integer({ min: 1, max: 12 })), stopAfter: fc.nat(40) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(steps, fc.nat(12), (asked, releaseAt) => {
      const dir = folder();
      const journal = open(dir, kind);
      const follower = new JournalFollower(dir, 1);
      const seen: string[] = [];
      for (const [i, { commits, stopAfter }] of asked.entries()) {
        for (const count of commits) append(journal, Math.min(count, 600 - journal.head));
        // What was released before it was read: from the archive when it is one of segments.
        if (i === releaseAt && kind === 'segments') journal.releaseBefore(journal.head);
        let read = 0;
        for (const entry of follower.readTo(journal.head)) {
          seen.push(...lines([entry]));
          if (++read > stopAfter) break;
        }
      }
      seen.push(...lines(follower.readTo(journal.head)));
      expect(seen).toEqual(all.slice(0, journal.head));
      expect(follower.next).toBe(journal.head + 1);
    }),
    { numRuns: 25 },
  );
});

test('history is archive and journal in one, and begins where the archive does', async () => {
  const dir = folder();
  const journal = open(dir, 'segments');
  expect(oldestPosition(dir)).toBe(1);
  for (let i = 0; i < 60; i++) append(journal, 10);
  journal.releaseBefore(400);
  expect(lines(readHistory({ dir, from: 1, to: 600 })), 'moved, not yet compressed').toEqual(all);
  const archiver = openArchiver(dir);
  onTestFinished(() => archiver.close());
  await archiver.run();
  expect(lines(readHistory({ dir, from: 1, to: 600 }))).toEqual(all);
  expect(lines(readHistory({ dir, from: 137, to: 299 }))).toEqual(all.slice(136, 299));
  expect(lines(readHistory({ dir, from: 500, to: 499 }))).toEqual([]);

  expect(dropOldArchives(dir, 1_000_000 + 200 * 100)).toHaveLength(1);
  const oldest = oldestPosition(dir);
  expect(oldest).toBe(oldestArchived(dir));
  expect(lines(readHistory({ dir, from: 1, to: 600 }))).toEqual(all.slice(oldest - 1));
});

test('a position that nobody has is damage, said at once', () => {
  const dir = folder();
  const journal = open(dir, 'segments');
  append(journal, 20);
  expect(() => lines(readHistory({ dir, from: 1, to: 30 }))).toThrow(/position 21/);
});
