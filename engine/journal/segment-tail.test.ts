import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attackSize } from './attack-size.ts';
import type { Disk } from './disk.ts';
import { SECTOR_BYTES as SECTOR, isZero } from './frame.ts';
import { EPOCH } from './some-records.ts';
import { JournalError } from './journal.ts';
import { encodeRecords } from './records.ts';
import { scanJournal } from './recovery-scan.ts';
import { SEGMENT_BYTES, commit, endingAt, framesOf, open, path, reopened, wanted, written } from './segment-fixture.ts';
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

  describe('its last 64 KiB', () => {
    // Frames of one to six sectors; together a little more than the tail that is cut.
    const many = [1, 20, 45, 1, 85, 61, 1, 99, 30];
    const all = framesOf(many);
    const close = all.at(-1)!.offset + all.at(-1)!.bytes;
    const { disk } = written(many, close + 4 * SECTOR);
    const heads = many.map((_, i) => many.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
    const from = close - 16 * SECTOR;
    /** Records in the commits whose bytes up to `needed` of each are there. */
    const whole = (at: number, needed: (i: number) => number): number =>
      heads.findLast((_, i) => all[i]!.offset + needed(i) <= at) ?? 0;

    test('[reliability 2] zeroed from every byte on, the scan finds the whole commits before it', () => {
      expect(from).toBeGreaterThan(SECTOR);
      const file = disk.clone().open(path(1), 'update');
      const view: Disk = Object.assign(Object.create(disk) as SimulatedDisk, {
        list: () => ['0000000001.seg'],
        open: () => file,
      });
      const wrong: number[] = [];
      for (let at = close - 1; at >= from; at--) {
        file.write(Uint8Array.of(0), at);
        const scan = scanJournal({ disk: view, dir: 'j', epoch: EPOCH });
        // Padding is zeros anyway.
        const head = whole(at, (i) => 64 + many[i]! * 200);
        if (scan.head !== head || scan.damage !== undefined) wrong.push(at);
      }
      expect(wrong).toEqual([]);
    });

    test('[reliability 2] ending at every byte, the scan finds the whole commits before it', () => {
      const wrong: number[] = [];
      for (let at = from; at < close; at++) {
        const scan = scanJournal({ disk: endingAt(disk, at), dir: 'j', epoch: EPOCH });
        if (scan.head !== whole(at, (i) => all[i]!.bytes) || scan.damage !== undefined) wrong.push(at);
      }
      expect(wrong).toEqual([]);
    });
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

  /** Power goes between the write and the sync of a commit of `sectors` sectors. */
  function tornAt(sectors: number): { disk: SimulatedDisk; count: number } {
    const disk = new SimulatedDisk();
    const journal = open(disk, { segmentBytes: 24 * SECTOR });
    for (const count of [1, 30]) commit(journal, count);
    const count = Math.floor((sectors * SECTOR - 64) / 200);
    // The next change is the write, the one after it the sync.
    disk.cutAfter = disk.changes + 1;
    expect(() => commit(journal, count)).toThrow(JournalError);
    expect(disk.unsynced(path(1))).toHaveLength(sectors);
    return { disk, count };
  }

  /** All of the commit or nothing of it, and nothing but what stands in whole commits. */
  function wrongMix(torn: ReturnType<typeof tornAt>, chosen: readonly Fate[]): boolean {
    let next = 0;
    const disk = torn.disk.afterPowerCut(() => chosen[next++]!);
    const { head, damage } = scanJournal({ disk, dir: 'j', epoch: EPOCH });
    const right = chosen.every((fate) => fate === 'new') ? 31 + torn.count : 31;
    return head !== right || damage !== undefined;
  }

  test('[reliability 2] every subset of up to 12 unsynced sectors, 8,190 of them: all of the commit or nothing', () => {
    const wrong: string[] = [];
    let tried = 0;
    for (let sectors = 1; sectors <= 12; sectors++) {
      const torn = tornAt(sectors);
      for (let subset = 0; subset < 2 ** sectors; subset++, tried++) {
        const chosen = Array.from({ length: sectors }, (_, i): Fate => (((subset >> i) & 1) === 1 ? 'new' : 'old'));
        if (wrongMix(torn, chosen)) wrong.push(chosen.join());
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBe(8_190);
  });

  test('[reliability 2] any mix of old, new and garbage in the unsynced sectors of the last frame: all of it or nothing', () => {
    const fate = fc.constantFrom<Fate>('old', 'new', 'garbage');
    const torn = Array.from({ length: 12 }, (_, i) => tornAt(i + 1));
    const mix = fc
      .integer({ min: 1, max: 12 })
      .chain((sectors) => fc.array(fate, { minLength: sectors, maxLength: sectors, size: 'max' }));
    fc.assert(
      fc.property(mix, (chosen) => !wrongMix(torn[chosen.length - 1]!, chosen)),
      { numRuns: attackSize(3_000) },
    );
  });

  test('[reliability 2] opening after any mix goes on behind the whole commits', () => {
    const torn = tornAt(5);
    const fates: readonly Fate[] = ['old', 'new', 'garbage'];
    for (let mix = 0; mix < 3 ** 5; mix++) {
      const chosen = Array.from({ length: 5 }, (_, i) => fates[Math.floor(mix / 3 ** i) % 3]!);
      let next = 0;
      const disk = torn.disk.afterPowerCut(() => chosen[next++]!);
      const head = chosen.every((fate) => fate === 'new') ? 31 + torn.count : 31;
      expect({ chosen, read: reopened(disk) }).toEqual({ chosen, read: wanted(head) });
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
