import { describe, expect, test } from 'vitest';
import { SECTOR_BYTES as SECTOR, isZero } from './frame.ts';
import { EPOCH } from './some-records.ts';
import { JournalError } from './journal.ts';
import { encodeRecords } from './records.ts';
import { scanJournal } from './recovery-scan.ts';
import { SEGMENT_BYTES, commit, framesOf, open, path, reopened, wanted, written } from './segment-fixture.ts';
import type { Fate } from './simulated-file.ts';
import { SimulatedDisk } from './simulated-disk.ts';

describe('the tail of the segment journal', () => {
  const commits = [1, 30, 1, 85];
  const frames = framesOf(commits);
  const before = frames.at(-2)!;
  const last = frames.at(-1)!;
  const end = last.offset + last.bytes;
  /** Records left when everything from a byte on is zeros; padding is zeros anyway. */
  const left = (at: number): number =>
    at >= last.offset + 64 + 85 * 200 ? 117 : at >= before.offset + 64 + 200 ? 32 : 31;

  test('[reliability 2] zeroed from every byte of the last two frames on, the scan finds the whole commits before it', () => {
    const { disk } = written(commits);
    const file = disk.open(path(1), 'update');
    const ZERO = Uint8Array.of(0);
    const wrong: number[] = [];
    for (let at = end - 1; at >= before.offset; at--) {
      file.write(ZERO, at);
      const scan = scanJournal({ disk, dir: 'j', epoch: EPOCH });
      if (scan.head !== left(at) || scan.damage !== undefined) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  });

  test('[reliability 2] zeroed from any byte of the last two frames on, opening cuts and goes on', () => {
    const { disk } = written(commits);
    for (let at = before.offset; at < end; at += 127) {
      const torn = disk.clone();
      torn.edit(path(1), (bytes) => void bytes.fill(0, at));
      expect(reopened(torn), `cut at ${at}`).toEqual(wanted(left(at)));
    }
  });

  test('[reliability 2] a file that ends at any byte of the last frame reads as the commits before it', () => {
    const { disk } = written(commits);
    for (let at = last.offset; at < end; at += 97) {
      const torn = disk.clone();
      torn.edit(path(1), (bytes) => bytes.subarray(0, at));
      expect(reopened(torn), `ends at ${at}`).toEqual(wanted(32));
    }
  });

  test('[reliability 2] any mix of old, new and garbage in the unsynced sectors of the last frame: all of it or nothing', () => {
    const disk = new SimulatedDisk();
    const journal = open(disk);
    for (const count of commits.slice(0, 3)) commit(journal, count);
    // The next change is the write, the one after it the sync: the power goes in between.
    disk.cutAfter = disk.changes + 1;
    expect(() => commit(journal, 85)).toThrow(JournalError);
    const sectors = disk.unsynced(path(1));
    expect(sectors).toHaveLength(last.bytes / SECTOR);
    const fates: readonly Fate[] = ['old', 'new', 'garbage'];
    for (let mix = 0; mix < 3 ** sectors.length; mix++) {
      const chosen = sectors.map((_, i) => fates[Math.floor(mix / 3 ** i) % 3]!);
      let next = 0;
      const torn = disk.afterPowerCut(() => chosen[next++]!);
      const whole = chosen.every((fate) => fate === 'new') ? 117 : 32;
      expect({ chosen, read: reopened(torn) }).toEqual({ chosen, read: wanted(whole) });
    }
  });

  test('a torn commit is cut although a fact in it looks like a frame of this journal', () => {
    const disk = new SimulatedDisk();
    const journal = open(disk);
    for (const count of [1, 1]) commit(journal, count);
    const frame = Buffer.alloc(SECTOR);
    disk.open(path(1), 'read').read(frame, SECTOR);
    // Head of frame and of record take 76 bytes, so the copy begins with the second sector.
    const fact = Buffer.concat([Buffer.alloc(SECTOR - 76), frame]);
    disk.cutAfter = disk.changes + 1;
    expect(() => journal.append([encodeRecords([{ shard: 1, lsn: 3, fact }])], 1)).toThrow(JournalError);
    const fates: Fate[] = ['old', 'new'];
    const torn = disk.afterPowerCut(() => fates.shift()!);
    expect(reopened(torn)).toEqual(wanted(2));
  });

  test('[reliability 2] opening leaves nothing of a torn commit behind the last frame', () => {
    const { disk } = written([1, 1]);
    disk.edit(path(1), (bytes) => void bytes.fill('torn', 5 * SECTOR, 9 * SECTOR));
    open(disk);
    const bytes = Buffer.alloc(SEGMENT_BYTES);
    disk.open(path(1), 'read').read(bytes, 0);
    expect([isZero(bytes.subarray(2 * SECTOR, 3 * SECTOR)), isZero(bytes.subarray(3 * SECTOR))]).toEqual([false, true]);
  });

  test('[reliability 2] opening leaves nothing of a torn commit that was the first of its segment', () => {
    const { disk, acknowledged } = written([60, 60, 60, 60, 60]);
    expect(disk.list('j')).toContain('0000000002.seg');
    disk.edit(path(2), (bytes) => void bytes.fill(0, SECTOR, 2 * SECTOR));
    expect(open(disk).head).toBe(acknowledged - 60);
    expect(disk.list('j')).toEqual(['0000000001.seg']);
  });
});
