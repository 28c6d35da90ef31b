import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EPOCH } from './some-records.ts';
import type { Positioned } from './journal.ts';
import { encodeRecords } from './records.ts';
import { openSegmentJournal } from './segment-journal.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

// The same stream into both: positions, content and time of what is recovered are equal.

const batch = fc.array(fc.record({ shard: fc.nat(30), fact: fc.uint8Array({ maxLength: 5000 }) }), { maxLength: 6 });
const commits = fc.array(
  fc.record({ batches: fc.array(batch, { maxLength: 4 }), atMs: fc.integer({ min: 0, max: 100 }) }),
  { maxLength: 12 },
);

const plain = (entries: Iterable<Positioned>) =>
  Array.from(entries, ({ position, atMs, record }) => [
    position,
    atMs,
    record.shard,
    record.lsn,
    Buffer.from(record.fact).toString('hex'),
  ]);

test('[reliability 8] segments and sqlite recover the same records from the same stream', () => {
  const root = mkdtempSync(join(tmpdir(), 'onhand-agree-'));
  try {
    fc.assert(
      fc.property(commits, (stream) => {
        const dir = mkdtempSync(join(root, 'p-'));
        const openBoth = () => [
          openSegmentJournal({ dir: join(dir, 'segments'), epoch: EPOCH, segmentBytes: 12 * 1024 }),
          openSqliteJournal({ dir: join(dir, 'sqlite'), epoch: EPOCH }),
        ];
        const journals = openBoth();
        let lsn = 0;
        for (const { batches, atMs } of stream) {
          const bytes = batches.map((records) => encodeRecords(records.map((record) => ({ ...record, lsn: ++lsn }))));
          const [first, second] = journals.map((journal) => journal.append(bytes, atMs));
          expect(first).toBe(second);
        }
        for (const journal of journals) journal.close();
        const [segments, sqlite] = openBoth();
        expect(segments!.head).toBe(sqlite!.head);
        expect(plain(segments!.read(1))).toEqual(plain(sqlite!.read(1)));
        segments!.close();
        sqlite!.close();
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
