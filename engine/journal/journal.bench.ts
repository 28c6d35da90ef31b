import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { meterJournal } from './journal-meter.ts';
import type { Journal, JournalRecord } from './journal.ts';
import { readJournal } from './read-journal.ts';
import { encodeRecords } from './records.ts';
import { openSegmentJournal } from './segment-journal.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

// node engine/journal/journal.bench.ts [seconds per case]
//
// Durable commits and records per second, and how fast they are read back, for both journals side by side: figures of
// one disk say little about another, ratios of one run say more. Writes below the folder in TMPDIR.

const seconds = Number(process.argv[2] ?? 2);
const EPOCH = 'bench001';
const FACT_BYTES = 128;
const CASES = [1, 128, 1024];

interface Result {
  readonly commitsPerS: number;
  readonly recordsPerS: number;
  readonly p50: number;
  readonly p99: number;
  readonly readPerS: number;
}

console.log(
  `${cpus()[0]?.model ?? 'unknown cpu'}, ${availableParallelism()} cores, Node ${process.versions.node}, ${FACT_BYTES} bytes a fact, ${seconds} s a case`,
);
console.log('records/commit  journal    commits/s  records/s   p50 µs   p99 µs   read records/s');
for (const perCommit of CASES) {
  const segments = await run('segments', perCommit);
  const sqlite = await run('sqlite', perCommit);
  print(perCommit, 'segments', segments);
  print(perCommit, 'sqlite', sqlite);
  const ratio = (a: number, b: number): string => `${(a / b).toFixed(1)} x`;
  console.log(
    `${' '.repeat(16)}segments : sqlite  ${ratio(segments.recordsPerS, sqlite.recordsPerS)} written, ` +
      `${ratio(segments.readPerS, sqlite.readPerS)} read, p99 ${ratio(segments.p99, sqlite.p99)}`,
  );
}

async function run(kind: 'segments' | 'sqlite', perCommit: number): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-bench-'));
  try {
    const journal = meterJournal(
      kind === 'segments' ? openSegmentJournal({ dir, epoch: EPOCH }) : openSqliteJournal({ dir, epoch: EPOCH }),
    );
    const start = performance.now();
    const { elapsedMs, digest } = await fill(journal, perCommit, start);
    const { commits, facts, commitMicrosP50: p50, commitMicrosP99: p99 } = journal.stats();
    const head = journal.head;
    journal.close();
    const readPerS = readBack(dir, head, digest);
    return { commitsPerS: (commits / elapsedMs) * 1000, recordsPerS: (facts / elapsedMs) * 1000, p50, p99, readPerS };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fill(
  journal: Journal,
  perCommit: number,
  start: number,
): Promise<{ elapsedMs: number; digest: number }> {
  const fact = Buffer.alloc(FACT_BYTES, 'fact');
  let lsn = 0;
  let digest = 0;
  while (performance.now() - start < seconds * 1000) {
    const records: JournalRecord[] = [];
    for (let i = 0; i < perCommit; i++) records.push({ shard: ++lsn % 16, lsn, fact });
    const batch = encodeRecords(records);
    journal.append([batch], lsn);
    digest = crc32(batch, digest);
    // Between two batches the journal thread looks for messages; there the next segment gets its turn.
    await new Promise(setImmediate);
  }
  return { elapsedMs: performance.now() - start, digest };
}

/** Reads everything; it must be what was written, or the rate means nothing. */
function readBack(dir: string, head: number, digest: number): number {
  let elapsedMs = 0;
  let read = 0;
  let records: JournalRecord[] = [];
  let start = performance.now();
  const check = (): void => {
    elapsedMs += performance.now() - start;
    read = crc32(encodeRecords(records), read);
    records = [];
    start = performance.now();
  };
  for (const { record } of readJournal({ dir, from: 1, to: head })) {
    records.push(record);
    if (records.length === 4096) check();
  }
  check();
  if (read !== digest) throw new Error(`what was read (${read}) is not what was written (${digest})`);
  return (head / elapsedMs) * 1000;
}

function print(perCommit: number, name: string, { commitsPerS, recordsPerS, p50, p99, readPerS }: Result): void {
  const columns = [
    String(perCommit).padStart(14),
    name.padEnd(9),
    Math.round(commitsPerS).toLocaleString('en').padStart(9),
    Math.round(recordsPerS).toLocaleString('en').padStart(10),
    String(p50).padStart(8),
    String(p99).padStart(8),
    Math.round(readPerS).toLocaleString('en').padStart(16),
  ];
  console.log(columns.join('  '));
}
