import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Disk, DiskFile } from './disk.ts';
import { caught, commit, flip, open, path, wanted } from './segment-fixture.ts';
import { SECTOR_BYTES as SECTOR } from './frame.ts';
import { lines, messageOf } from './some-records.ts';
import { CorruptionError } from './journal.ts';
import { readSegments } from './read-segments.ts';
import { SimulatedDisk } from './simulated-disk.ts';

/** States of one disk in the order they came; which one a reader sees is up to the caller at each read. */
class PassingDisk {
  readonly images: SimulatedDisk[] = [];
  now = 0;

  /** Reads only; time passes before each look at the disk. */
  reader(pass: () => number): Disk {
    const look = (): SimulatedDisk => {
      this.now = Math.min(this.now + pass(), this.images.length - 1);
      return this.images[this.now]!;
    };
    const file = (name: string): DiskFile => ({
      ...this.images.at(-1)!.open(name, 'read'),
      get size() {
        return look().open(name, 'read').size;
      },
      read: (into, at) => look().open(name, 'read').read(into, at),
      close: () => undefined,
    });
    return {
      open: (name) => file(name),
      list: (dir) => look().list(dir),
      makeDir: refuse,
      rename: refuse,
      remove: refuse,
      removeLater: refuse,
      syncDir: refuse,
      syncDirLater: refuse,
    };
  }
}

function refuse(): never {
  throw new Error('a reader changes nothing');
}

/** Every commit as a reader may meet it: not there, then one of its halves, then whole. What was once there stays. */
function passing(commits: readonly number[]): { disk: PassingDisk; heads: number[] } {
  const real = new SimulatedDisk();
  const journal = open(real);
  const disk = new PassingDisk();
  const heads: number[] = [];
  const take = (image: SimulatedDisk): void => {
    disk.images.push(image);
    heads.push(journal.head);
  };
  take(real.clone());
  for (const [index, count] of commits.entries()) {
    const before = real.clone();
    const head = journal.head;
    commit(journal, count);
    const names = real.list('j').filter((name) => name.endsWith('.seg'));
    const image = real.clone();
    for (const name of names) tear(image, before, `j/${name}`, index % 2);
    disk.images.push(image);
    heads.push(head);
    take(real.clone());
  }
  return { disk, heads };
}

/** Leaves only one half of what the last commit changed; of a single sector nothing. */
function tear(image: SimulatedDisk, before: SimulatedDisk, name: string, half: number): void {
  if (caught(() => before.open(name, 'read')) !== undefined) return;
  const changed = image.changedSince(before, name);
  const middle = Math.floor(changed.length / 2);
  const missing = half === 0 ? changed.slice(middle) : changed.slice(0, changed.length - middle);
  for (const sector of missing) {
    image.edit(name, (bytes) => void bytes.fill(0, sector * SECTOR, (sector + 1) * SECTOR));
  }
}

test('[reliability 2] a reader beside the writer sees whole commits, at least those there when it began, and never damage', () => {
  const commits = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(commits, fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }), fc.nat(60), (counts, passes, begin) => {
      const { disk, heads } = passing(counts);
      disk.now = Math.min(begin, disk.images.length - 1);
      const atStart = heads[disk.now]!;
      let turn = 0;
      const reader = disk.reader(() => passes[turn++ % passes.length]!);
      const read = lines(readSegments({ dir: 'j', from: 1, disk: reader }));
      expect(read).toEqual(wanted(read.length));
      expect(read.length).toBeGreaterThanOrEqual(atStart);
      expect(heads).toContain(read.length);
    }),
    { numRuns: 150 },
  );
});

test('reading from any position begins there, over segments', () => {
  const disk = new SimulatedDisk();
  const journal = open(disk);
  for (let i = 0; i < 20; i++) commit(journal, 30);
  const all = wanted(600);
  for (let from = 1; from <= 601; from += 37) {
    expect(lines(readSegments({ dir: 'j', from, disk }))).toEqual(all.slice(from - 1));
    expect(lines(readSegments({ dir: 'j', from, to: 400, disk }))).toEqual(all.slice(from - 1, 400));
  }
});

test('[reliability 15] a reader names damage below what it was told is durable, and below any later commit', () => {
  const disk = new SimulatedDisk();
  const journal = open(disk);
  for (let i = 0; i < 4; i++) commit(journal, 10);
  disk.edit(path(1), (bytes) => flip(bytes, (4 * SECTOR + 99) * 8));
  expect(lines(readSegments({ dir: 'j', from: 1, to: 30, disk }))).toEqual(wanted(30));
  const told = caught(() => lines(readSegments({ dir: 'j', from: 1, to: 40, disk })));
  expect(told).toBeInstanceOf(CorruptionError);
  expect((told as CorruptionError).place).toEqual({ file: path(1), offset: 4 * SECTOR, position: 31 });
  expect(lines(readSegments({ dir: 'j', from: 1, disk }))).toEqual(wanted(30));
  disk.edit(path(1), (bytes) => flip(bytes, (2 * SECTOR + 99) * 8));
  expect(messageOf(() => lines(readSegments({ dir: 'j', from: 1, disk })))).toContain('position 11');
});

test('reading what was released, or from a folder without segments, says so', () => {
  const disk = new SimulatedDisk();
  expect(lines(readSegments({ dir: 'j', from: 1, disk }))).toEqual([]);
  expect(messageOf(() => lines(readSegments({ dir: 'j', from: 1, to: 1, disk })))).toContain(
    'the folder has no segment',
  );
  const journal = open(disk);
  for (let i = 0; i < 20; i++) commit(journal, 30);
  journal.releaseBefore(300);
  expect(messageOf(() => lines(readSegments({ dir: 'j', from: 1, disk })))).toContain('position 1 was released');
});

test('whoever stops reading in the middle leaves no file open', async () => {
  const disk = new SimulatedDisk();
  const journal = open(disk);
  for (let i = 0; i < 20; i++) commit(journal, 30);
  // Segments that were prepared and not needed come to their end.
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  expect(disk.openFiles).toBe(1);
  for (const { position } of journal.read(1)) if (position === 250) break;
  expect(lines(readSegments({ dir: 'j', from: 5, to: 200, disk })).length).toBe(196);
  expect(lines(readSegments({ dir: 'j', from: 5, disk })).length).toBe(596);
  expect(disk.openFiles).toBe(1);
  journal.close();
  expect(disk.openFiles).toBe(0);
});
