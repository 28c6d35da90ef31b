import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import compressSegment, { replace } from './archive.worker.ts';
import { dropOldArchives, findArchives, openArchiver, readArchive } from './archive.ts';
import { parseArchiveName } from './archive-names.ts';
import { EPOCH, expectedLines, lines, messageOf, someRecords } from './some-records.ts';
import { encodeRecords } from './records.ts';
import { openSegmentJournal } from './segment-journal.ts';

const SEGMENT_BYTES = 64 * 1024;
const records = someRecords(600);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'onhand-archive-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** 60 commits of 10 records, one each second, in segments of 14 commits; everything before position 400 released. */
function released(): readonly string[] {
  const journal = openSegmentJournal({ dir, epoch: EPOCH, segmentBytes: SEGMENT_BYTES });
  for (let i = 0; i < 60; i++)
    journal.append([encodeRecords(records.slice(i * 10, i * 10 + 10))], 1_000_000 + i * 1000);
  const moved = journal.releaseBefore(400);
  expect(journal.first).toBeLessThanOrEqual(400);
  expect(journal.first).toBeGreaterThan(250);
  expect(lines(journal.read(400))).toEqual(expectedLines(records).slice(399));
  journal.close();
  return moved;
}

test('released segments are compressed in the pool, and read back record for record', async () => {
  const moved = released();
  expect(moved.length).toBe(2);
  expect(moved.flatMap((path) => lines(readArchive(path)))).toEqual(expectedLines(records).slice(0, 280));
  const archiver = openArchiver(dir);
  try {
    const [made, joined] = await Promise.all([archiver.run(), archiver.run()]);
    expect(made).toEqual(moved.map((path) => `${path}.zst`));
    expect(joined).toBe(made);
    expect(await archiver.run()).toEqual([]);
    expect(made.flatMap((path) => lines(readArchive(path)))).toEqual(expectedLines(records).slice(0, 280));
    expect(readdirSync(join(dir, 'archive'))).toEqual(made.map((path) => basename(path)));
    for (const path of made) expect(statSync(path).size).toBeLessThan(SEGMENT_BYTES / 10);
  } finally {
    await archiver.close();
  }
});

test('a compression that a crash left half done begins anew', async () => {
  const [first] = released();
  writeFileSync(`${first}.zst.tmp`, 'half');
  expect(await compressSegment(first!)).toBe(`${first}.zst`);
  expect(lines(readArchive(`${first}.zst`))).toEqual(expectedLines(records).slice(0, 140));
});

test('a failed compression keeps the original', async () => {
  const [first] = released();
  const whole = readFileSync(first!);
  // A folder stands where the compressed file would go.
  mkdirSync(`${first}.zst.tmp`);
  await expect(compressSegment(first!)).rejects.toThrow(/EISDIR/);
  expect(readFileSync(first!).equals(whole)).toBe(true);
});

test('a compressed form that does not give the same bytes back never takes the place of the original', async () => {
  const [first] = released();
  const aside = `${first}.zst.tmp`;
  const whole = readFileSync(first!);
  writeFileSync(aside, zstdCompressSync(whole.subarray(1)));
  await expect(replace(first!, { aside, crc: crc32(whole) })).rejects.toThrow(/the checksum differs/);
  writeFileSync(aside, zstdCompressSync(whole).subarray(0, 40));
  await expect(replace(first!, { aside, crc: crc32(whole) })).rejects.toThrow(
    /unexpected end of file|checksum differs/,
  );
  expect(readFileSync(first!).equals(whole)).toBe(true);
  writeFileSync(aside, zstdCompressSync(whole));
  expect(await replace(first!, { aside, crc: crc32(whole) })).toBe(`${first}.zst`);
});

test('an archive that ends early or cannot be decompressed says so', async () => {
  const [first, second] = released();
  const bytes = readFileSync(first!);
  bytes.fill(0, 3 * 4096);
  writeFileSync(first!, bytes);
  expect(messageOf(() => lines(readArchive(first!)))).toMatch(
    /CorruptionError: .* at byte 12288, position 21: the archive ends before position 140/,
  );
  const zst = await compressSegment(second!);
  writeFileSync(zst, readFileSync(zst).subarray(20));
  expect(messageOf(() => lines(readArchive(zst)))).toContain('cannot be decompressed');
});

test('archives are found by position and dropped by the journal time of their newest fact', async () => {
  const [first, second] = released();
  expect(findArchives(dir, { from: 1, to: 10_000 })).toEqual([first, second]);
  expect(findArchives(dir, { from: 141, to: 150 })).toEqual([second]);
  expect(parseArchiveName(basename(first!))).toEqual({
    index: 1,
    first: 1,
    last: 140,
    lastAtMs: 1_013_000,
    compressed: false,
  });
  expect(dropOldArchives(dir, 1_013_000)).toEqual([]);
  expect(dropOldArchives(dir, 1_013_001)).toEqual([basename(first!)]);
  expect(findArchives(dir, { from: 1, to: 10_000 })).toEqual([second]);
});

test('a folder without archive has nothing to do', async () => {
  const archiver = openArchiver(dir);
  expect(await archiver.run()).toEqual([]);
  expect(dropOldArchives(dir, Infinity)).toEqual([]);
  await archiver.close();
});
