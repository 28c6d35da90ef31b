import { describe, expect, test } from 'vitest';
import { attackSize, spread } from './attack-size.ts';
import { SECTOR_BYTES as SECTOR } from './frame.ts';
import { EPOCH, expectedLines, lines, messageOf, someRecords } from './some-records.ts';
import { CorruptionError } from './journal.ts';
import { encodeRecords } from './records.ts';
import { scanJournal } from './recovery-scan.ts';
import { caught, flip, framesOf, open, path, reopened, wanted, written } from './segment-fixture.ts';
import { SimulatedDisk } from './simulated-disk.ts';

describe('damage', () => {
  const commits = [1, 30, 1, 45, 1];
  const frames = framesOf(commits);

  test('[reliability 15] a flipped bit anywhere below the newest commit refuses to open and names the place', () => {
    const { disk } = written(commits);
    let position = 1;
    for (const [i, frame] of frames.slice(0, -1).entries()) {
      for (let bit = 0; bit < frame.bytes * 8; bit += 5003) {
        const damaged = disk.clone();
        damaged.edit(path(1), (bytes) => flip(bytes, frame.offset * 8 + bit));
        const error = caught(() => open(damaged));
        expect(error).toBeInstanceOf(CorruptionError);
        expect((error as CorruptionError).place).toEqual({ file: path(1), offset: frame.offset, position });
        expect(String(error)).toContain(`${path(1)} at byte ${frame.offset}, position ${position}`);
      }
      position += commits[i]!;
    }
  });

  test('[reliability 15] 10,000 bits flipped in a sealed journal, one at a time: each is told with its place', () => {
    const { disk } = written(commits);
    const sealed = open(disk);
    sealed.seal();
    const end = frames.at(-1)!.offset + frames.at(-1)!.bytes;
    const file = disk.open(path(1), 'update');
    const byte = new Uint8Array(1);
    const flipOnDisk = (bit: number): void => {
      file.read(byte, bit >> 3);
      file.write(Uint8Array.of(byte[0]! ^ (1 << (bit & 7))), bit >> 3);
    };
    const wrong: string[] = [];
    for (const bit of spread(attackSize(10_000), end * 8)) {
      flipOnDisk(bit);
      const { damage } = scanJournal({ disk, dir: 'j', epoch: EPOCH });
      flipOnDisk(bit);
      const at = frames.findLastIndex(({ offset }) => offset <= bit >> 3);
      const position = commits.slice(0, Math.max(at, 0)).reduce((sum, count) => sum + count, 1);
      const right = { file: path(1), offset: at < 0 ? 0 : frames[at]!.offset, position };
      if (JSON.stringify(damage?.place) !== JSON.stringify(right)) wrong.push(`bit ${bit}: ${damage?.why}`);
    }
    expect(wrong).toEqual([]);
    expect(scanJournal({ disk, dir: 'j', epoch: EPOCH })).toMatchObject({ head: 78, damage: undefined });
  });

  test('[reliability 15] closing seals: damage to the newest commit of a closed journal is told', () => {
    const disk = new SimulatedDisk();
    const journal = open(disk);
    journal.append([encodeRecords(someRecords(30, 1, 188))], 1);
    journal.close();
    disk.edit(path(1), (bytes) => flip(bytes, (SECTOR + 500) * 8));
    expect(caught(() => open(disk))).toBeInstanceOf(CorruptionError);
  });

  test('[reliability 15] a snapshot that reaches further than the journal tells damage from a torn commit', () => {
    const { disk } = written([1, 30]);
    disk.edit(path(1), (bytes) => flip(bytes, (2 * SECTOR + 100) * 8));
    expect(messageOf(() => open(disk.clone(), { durableTo: 31 }))).toContain(
      'everything up to position 31 was durable',
    );
    expect(reopened(disk)).toEqual(wanted(1));
  });

  test('[reliability 2] a flipped bit in the unsealed newest commit or behind it is cut', () => {
    const { disk } = written(commits);
    for (let bit = 0; bit < 2 * SECTOR * 8; bit += 257) {
      const damaged = disk.clone();
      damaged.edit(path(1), (bytes) => flip(bytes, frames.at(-1)!.offset * 8 + bit));
      expect(reopened(damaged)).toEqual(wanted(bit < SECTOR * 8 ? 77 : 78));
    }
  });

  test('a segment that is missing in the middle, exchanged or of another folder refuses to open', () => {
    const { disk } = written(Array.from({ length: 12 }, () => 60));
    const without = disk.clone();
    without.remove(path(2));
    expect(messageOf(() => open(without))).toContain('segment 2 is missing');
    const exchanged = disk.clone();
    exchanged.rename(path(2), 'j/aside');
    exchanged.rename(path(3), path(2));
    exchanged.rename('j/aside', path(3));
    expect(messageOf(() => open(exchanged))).toContain('header says segment 2');
    const headless = disk.clone();
    headless.edit(path(1), (bytes) => flip(bytes, 100));
    expect(messageOf(() => open(headless))).toContain('segment header');
    const withoutFirst = disk.clone();
    withoutFirst.edit(path(1), (bytes) => void bytes.fill(0, SECTOR));
    expect(messageOf(() => open(withoutFirst))).toContain('yet a valid frame follows');
  });

  test('a segment of another history, with the right positions, does not continue the chain', () => {
    const { disk } = written([60, 60, 60, 60]);
    const other = disk.clone();
    for (const [history, text] of [
      [disk, 'one'],
      [other, 'two'],
    ] as const) {
      const journal = open(history);
      for (let i = 0; i < 6; i++) {
        const fact = Buffer.alloc(12_000, text);
        journal.append([encodeRecords([{ shard: 1, lsn: journal.head + 1, fact }])], 1000);
      }
    }
    const stray = Buffer.alloc(other.open(path(2), 'read').size);
    other.open(path(2), 'read').read(stray, 0);
    disk.edit(path(2), () => stray);
    expect(messageOf(() => open(disk))).toContain('the frame does not continue the one before');
  });

  test('the oldest kept segment is never without frames: nothing is begun again at position 1', () => {
    const { disk } = written(Array.from({ length: 5 }, () => 60));
    const journal = open(disk);
    journal.releaseBefore(1000);
    const oldest = disk.list('j')[0]!;
    expect(oldest).not.toBe('0000000001.seg');
    const damaged = disk.afterCrash();
    for (const name of damaged.list('j')) damaged.edit(`j/${name}`, (bytes) => void bytes.fill(0, SECTOR));
    expect(messageOf(() => open(damaged))).toContain('not the first segment');
  });

  test('an operator may accept the loss: the commits before it stay, what follows lies in lost/', () => {
    const { disk } = written(Array.from({ length: 12 }, () => 60));
    disk.edit(path(2), (bytes) => flip(bytes, (SECTOR + 70) * 8));
    const before = disk.list('j').filter((name) => name.endsWith('.seg')).length;
    const error = caught(() => open(disk));
    expect(error).toBeInstanceOf(CorruptionError);
    const { file, offset, position } = (error as CorruptionError).place;
    expect([file, offset]).toEqual([path(2), SECTOR]);
    const journal = open(disk, { acceptLoss: true });
    expect(journal.head).toBe(position - 1);
    expect(lines(journal.read(1))).toEqual(wanted(position - 1));
    expect(journal.append([encodeRecords(someRecords(1, position, 188))], 1)).toBe(position);
    journal.close();
    expect(disk.list('j/lost').length).toBe(before - 1);
    expect(lines(open(disk).read(1))).toEqual(wanted(position));
  });

  test('accepting a loss below a snapshot never gives a position twice', () => {
    const { disk } = written([1, 30, 1]);
    disk.edit(path(1), (bytes) => flip(bytes, (2 * SECTOR + 70) * 8));
    const journal = open(disk, { acceptLoss: true, durableTo: 32 });
    expect([journal.head, journal.first]).toEqual([32, 33]);
    const crashed = open(disk.afterPowerCut(() => 'old'));
    expect([crashed.head, crashed.first]).toEqual([32, 33]);
    expect(journal.append([encodeRecords(someRecords(1, 33))], 1)).toBe(33);
    const again = open(disk.afterCrash(), { durableTo: 32 });
    expect(lines(again.read(33))).toEqual(expectedLines(someRecords(1, 33), 33));
  });

  test('accepting the loss of every segment begins anew after the snapshots, and starts again as usual', () => {
    const disk = new SimulatedDisk();
    const journal = open(disk, { acceptLoss: true, durableTo: 32 });
    expect([journal.head, journal.first]).toEqual([32, 33]);
    expect(journal.append([encodeRecords(someRecords(1, 33))], 1)).toBe(33);
    journal.close();
    expect(lines(open(disk, { durableTo: 32 }).read(33))).toEqual(expectedLines(someRecords(1, 33), 33));
  });
});
