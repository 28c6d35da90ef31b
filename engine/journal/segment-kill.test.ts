import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { EPOCH, expectedLines, lines, someRecords } from './some-records.ts';
import { openSegmentJournal } from './segment-journal.ts';

const SEGMENT_BYTES = 256 * 1024;
const ROUNDS = 5;

/** Commits without end, each with another number of records, and says each new head only after it is durable. */
const WRITER = `
  const { openSegmentJournal } = await import(process.env.JOURNAL);
  const { someRecords } = await import(process.env.RECORDS);
  const { encodeRecords } = await import(process.env.CODEC);
  const { writeSync } = await import('node:fs');
  const journal = openSegmentJournal({ dir: process.env.DIR, epoch: '${EPOCH}', segmentBytes: ${SEGMENT_BYTES} });
  for (;;) {
    journal.append([encodeRecords(someRecords(1 + (journal.head % 97), journal.head + 1))], Date.now());
    writeSync(1, journal.head + '\\n');
    await new Promise(setImmediate);
  }
`;

test('[reliability 1] a real process killed at any moment loses nothing it acknowledged', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-kill-'));
  try {
    let head = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const acknowledged = await writeUntilKilled(dir, 20 * round);
      const journal = openSegmentJournal({ dir, epoch: EPOCH, segmentBytes: SEGMENT_BYTES });
      expect(acknowledged).toBeGreaterThan(head);
      expect(journal.head).toBeGreaterThanOrEqual(acknowledged);
      head = journal.head;
      expect(lines(journal.read(1))).toEqual(expectedLines(someRecords(head)));
      journal.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

/** The last head the writer said before it was killed, at its `commits`-th word. */
async function writeUntilKilled(dir: string, commits: number): Promise<number> {
  const url = (name: string): string => new URL(name, import.meta.url).href;
  const env = {
    ...process.env,
    DIR: dir,
    JOURNAL: url('segment-journal.ts'),
    RECORDS: url('some-records.ts'),
    CODEC: url('records.ts'),
  };
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  const exited = once(child, 'exit');
  let said = 0;
  let words = 0;
  for await (const word of createInterface({ input: child.stdout })) {
    said = Number(word);
    if (++words === commits) child.kill('SIGKILL');
  }
  await exited;
  return said;
}
