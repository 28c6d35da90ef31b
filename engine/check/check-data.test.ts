import { spawnSync } from 'node:child_process';
import { cpSync, openSync, closeSync, readdirSync, readFileSync, readSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openEngine } from '../engine.ts';
import { nodeDisk } from '../journal/disk.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import { FRAMES_AT } from '../journal/segment.ts';
import { readSegments } from '../journal/read-segments.ts';
import { encodeRecords } from '../journal/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { walkFrames } from '../journal/walk-frames.ts';
import { readFact } from '../shard/codec/fact-bytes.ts';
import { CLIENT, counted, REFERENCE, reserving, sold } from '../shard/test-fixture.ts';
import { testFolder } from '../shard/test-engine.ts';
import { checkFolder, type Checked } from './check-folder.ts';

const SCRIPT = fileURLToPath(new URL('../check-data.ts', import.meta.url));

interface Ran {
  readonly code: number | null;
  readonly text: string;
  readonly json: {
    readonly ok: boolean;
    readonly faults: readonly { file: string; offset: number; position: number; why: string }[];
  };
}

function run(dir: string): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, dir], { encoding: 'utf8', timeout: 60_000 });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return { code: status, text: stdout + stderr, json: (last.startsWith('{') ? JSON.parse(last) : {}) as Ran['json'] };
}

/** Closed in order, with everything in it: counts, sales, holds in one shard and over several, releases. */
let good = '';
beforeAll(async () => {
  good = mkdtempSync(join(tmpdir(), 'onhand-check-'));
  const engine = await openEngine({ dataDir: good, stockShards: 4, threads: 2, snapshotEveryFacts: 40, publish() {} });
  for (const batch of REFERENCE) await engine.apply(batch);
  for (let round = 0; round < 10; round++) {
    const names = Array.from({ length: 20 }, (_, i) => i);
    await engine.record(
      names.map((name) => counted(name, 10 + round, `c${round}-${name}`)),
      1,
    );
    await engine.record(
      names.map((name) => sold(name, `s${round}-${name}`)),
      1,
    );
    const several = await engine.reserve(reserving(`k${round}`, names.slice(round, round + 3)));
    await engine.reserve(reserving(`one${round}`, [round]));
    await engine.reserve({ ...reserving(`g${round}`, []), lines: [{ sku: 's1', units: 1, group: 'all' }] as never });
    if (several.status === 'reserved' && round % 2 === 0) await engine.release(several.reservation.id, CLIENT);
  }
  await engine.close();
  return () => rmSync(good, { recursive: true, force: true });
});

function copy(): string {
  const dir = testFolder();
  cpSync(good, dir, { recursive: true });
  return dir;
}

const segmentOf = (dir: string): string => join(dir, 'journal', '0000000001.seg');

function flip(file: string, at: number): void {
  const fd = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  writeSync(fd, Buffer.from([byte.readUInt8(0) ^ 0x10]), 0, 1, at);
  closeSync(fd);
}

function epochOf(dir: string): string {
  return (JSON.parse(readFileSync(join(dir, 'onhand.json'), 'utf8')) as { epoch: string }).epoch;
}

/** Where the frames of the first segment begin, and the position of each one's first record. */
function framesOf(dir: string): readonly { readonly offset: number; readonly first: number; readonly count: number }[] {
  const folder = { disk: nodeDisk, dir: join(dir, 'journal'), epoch: epochOf(dir) };
  return Array.from(walkFrames(folder, [1]), ({ offset, frame }) => ({
    offset,
    first: frame.first,
    count: frame.count,
  }));
}

const whys = ({ report }: Checked): string => report.faults.map(({ why }) => why).join('\n');

test('a sound folder passes, and the numbers say what was read', () => {
  const { code, text, json } = run(good);
  expect(text).toContain('everything adds up');
  expect(code).toBe(0);
  expect(json).toMatchObject({ ok: true, first: 1, shards: 15, skus: 20, short: 0, faults: [] });
  const checked = checkFolder(good);
  expect(checked.facts).toBe(checked.last);
  expect(checked.facts).toBeGreaterThan(400);
  expect(checked.snapshots).toBeGreaterThan(9);
  expect(checked.holds).toBeGreaterThan(20);
});

test('[reliability 15] a flipped bit in the journal is told with file, offset and position', () => {
  const frames = framesOf(good);
  for (const index of [0, 7, frames.length - 2]) {
    const frame = frames[index]!;
    const dir = copy();
    flip(segmentOf(dir), frame.offset + 70);
    const { report } = checkFolder(dir);
    const [fault] = report.faults;
    expect(fault).toMatchObject({ file: segmentOf(dir), offset: frame.offset, position: frame.first });
    expect(fault?.why).toContain('checksum differs');
  }
  const dir = copy();
  flip(segmentOf(dir), frames[7]!.offset + 70);
  const { code, text } = run(dir);
  expect(code).toBe(1);
  expect(text).toContain(`FAULT  ${segmentOf(dir)} at byte ${frames[7]!.offset}, position ${frames[7]!.first}`);
});

test('[reliability 15] a flipped bit anywhere in a snapshot is told with its file', () => {
  const name = readdirSync(join(good, 'snapshots'))[0]!;
  const { length } = readFileSync(join(good, 'snapshots', name));
  for (const at of [0, 30, 100, Math.floor(length / 2), length - 3]) {
    const dir = copy();
    const file = join(dir, 'snapshots', name);
    flip(file, at);
    const { report } = checkFolder(dir);
    expect(report.faults.map((fault) => fault.file)).toEqual([file]);
  }
});

test('[reliability 15] a cut tail that snapshots had reached is told with the first position that is gone', () => {
  const dir = copy();
  const frames = framesOf(dir).filter(({ count }) => count > 0);
  const cut = frames.at(-3)!;
  truncateSync(segmentOf(dir), cut.offset);
  const { code, json } = run(dir);
  expect(code).toBe(1);
  expect(json.faults[0]).toMatchObject({ file: segmentOf(dir), offset: cut.offset, position: cut.first });
});

test('[reliability 2] a torn commit that nobody was told of is a note, not a fault', () => {
  const dir = copy();
  const end = framesOf(dir).at(-1)!.offset + FRAMES_AT;
  const fd = openSync(segmentOf(dir), 'r+');
  writeSync(fd, Buffer.alloc(5_000, 0x55), 0, 5_000, end);
  closeSync(fd);
  const { report } = checkFolder(dir);
  expect(report.faults).toEqual([]);
  expect(report.notes.join()).toContain(`at byte ${end}: a torn commit`);
});

test('a folder in use is refused, and so is one that is none', async () => {
  const dir = copy();
  const engine = await openEngine({ dataDir: dir, threads: 1, publish() {} });
  onTestFinished(() => engine.close());
  const locked = run(dir);
  expect(locked.code).toBe(2);
  expect(locked.text).toContain('is in use by process');
  const none = run(testFolder());
  expect(none.code).toBe(2);
  expect(none.text).toContain('is no data folder');
});

test('[reliability 8] released segments are read from the archive; without it, states begin with the snapshots', () => {
  const dir = copy();
  const journalDir = join(dir, 'journal');
  const records = [...readSegments({ dir: journalDir, from: 1 })].map(({ record }) => record);
  rmSync(journalDir, { recursive: true });
  const journal = openSegmentJournal({ dir: journalDir, epoch: epochOf(dir), segmentBytes: 8 * FRAMES_AT });
  for (const record of records) journal.append([encodeRecords([record])], 1);
  journal.releaseBefore(Math.min(...firstSnapshotPositions(dir)) + 1);
  const { first } = journal;
  journal.close();
  expect(first).toBeGreaterThan(100);
  const whole = checkFolder(dir);
  expect([whys(whole), whole.first, whole.facts]).toEqual(['', 1, records.length]);
  rmSync(join(journalDir, 'archive'), { recursive: true });
  const rest = checkFolder(dir);
  expect([whys(rest), rest.first, rest.holds]).toEqual(['', first, whole.holds]);
});

describe('[AV7] what frames and checksums cannot show is worked out anew', () => {
  test.each<[string, (facts: Record<string, unknown>[]) => void, string]>([
    [
      'a hold larger than the node has',
      (facts) => edit(facts, 'UnitsReserved', (fact) => setUnits(fact, 500)),
      'oversold: 49',
    ],
    [
      'a hold on a group larger than its nodes have',
      (facts) => edit(facts, 'UnitsReserved', (fact) => setUnits(fact, 500), '"group"'),
      'oversold: 500 units',
    ],
    ['a fact that another one follows is gone', (facts) => void facts.splice(200, 1), 'stands where'],
    [
      'a part that nobody asked for',
      (facts) => edit(facts, 'ReservationStarted', (fact) => (fact['id'] = 'r5-zz')),
      'that nobody had asked for',
    ],
    [
      'a number that was counted is another one',
      (facts) => edit(facts, 'StockRecorded', (fact) => (fact['units'] = 11)),
      'replay gives',
    ],
  ])('%s', (_, change, says) => {
    const dir = copy();
    const records = [...readSegments({ dir: join(dir, 'journal'), from: 1 })].map(({ record }) => record);
    const facts = records.map(({ fact }) => readFact(fact) as unknown as Record<string, unknown>);
    const shardOf = new Map(facts.map((fact, i) => [fact, records[i]!]));
    change(facts);
    rewrite(
      dir,
      facts.map((fact) => ({ ...shardOf.get(fact)!, fact: Buffer.from(JSON.stringify(fact)) })),
    );
    expect(whys(checkFolder(dir))).toContain(says);
  });
});

function firstSnapshotPositions(dir: string): number[] {
  const oldest = new Map<string, number>();
  for (const name of readdirSync(join(dir, 'snapshots')).toSorted()) {
    const shard = name.slice(0, 11);
    if (oldest.has(shard)) continue;
    oldest.set(shard, readFileSync(join(dir, 'snapshots', name)).readUIntLE(22, 6));
  }
  return [...oldest.values()];
}

/** A new journal of the same folder with these records. */
function rewrite(dir: string, records: readonly JournalRecord[]): void {
  const journalDir = join(dir, 'journal');
  rmSync(journalDir, { recursive: true });
  const journal = openSegmentJournal({ dir: journalDir, epoch: epochOf(dir) });
  for (const record of records) journal.append([encodeRecords([record])], 1);
  journal.close();
}

function edit(
  facts: readonly Record<string, unknown>[],
  kind: string,
  change: (fact: Record<string, unknown>) => void,
  holding = '"node"',
): void {
  const fact = facts.find((each) => each['fact'] === kind && JSON.stringify(each).includes(holding));
  if (fact === undefined) throw new Error(`no ${kind} to change`);
  change(fact);
}

function setUnits(fact: Record<string, unknown>, units: number): void {
  const { lines } = fact['reservation'] as { lines: { units: number }[] };
  lines[0]!.units = units;
}
