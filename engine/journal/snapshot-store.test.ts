import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StateImage } from '../contract/machine.ts';
import { messageOf } from './journal-suite.ts';
import { caught, flip } from './segment-fixture.ts';
import type { Fate, Fault } from './simulated-disk.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { SnapshotPage } from './snapshot-file.ts';
import type { Snapshot, SnapshotStore } from './snapshot-store.ts';
import { openSnapshotStore } from './snapshot-store.ts';

const DIGEST = '0123456789abcdef0123456789abcdef';

/** An image whose content follows from a seed: pages of several sizes, the largest 64 KiB. */
function image(seed: number, pages = 5): StateImage & { abandoned: boolean } {
  let next = 0;
  return {
    header: Buffer.from(`header ${seed}`),
    pageCount: pages,
    abandoned: false,
    next: () =>
      next < pages ? { page: next, bytes: Buffer.alloc([65_536, 0, 1, 9000][next % 4]!, seed + next++) } : undefined,
    abandon() {
      this.abandoned = true;
    },
  };
}

function contentOf(seed: number, pages = 5): string {
  const source = image(seed, pages);
  const all: SnapshotPage[] = [];
  for (let page = source.next(); page !== undefined; page = source.next()) all.push(page);
  return describeContent(source.header, all);
}

function describeContent(header: Uint8Array, pages: Iterable<SnapshotPage>): string {
  const lines = Array.from(
    pages,
    ({ page, bytes }) => `${page}: ${bytes.length} x ${bytes[0] ?? '-'} ${new Set(bytes).size}`,
  );
  return [Buffer.from(header).toString(), ...lines].join('\n');
}

const read = (snapshot: Snapshot | undefined): string | undefined =>
  snapshot && describeContent(snapshot.header, snapshot.pages);

function openStore(disk: SimulatedDisk, skipped: string[] = [], shard = 3): SnapshotStore {
  return openSnapshotStore({ dir: 's', shard, disk, skipped: (file, why) => skipped.push(`${file}: ${why}`) });
}

async function save(store: SnapshotStore, lsn: number, pages = 5): Promise<void> {
  const writer = store.begin({ lsn, position: lsn * 10, digest: DIGEST }, image(lsn, pages));
  while (!writer.step(2));
  await writer.finish();
}

const name = (lsn: number): string => `shard-00003-${String(lsn).padStart(15, '0')}.snapshot`;

describe('the snapshots of a shard', () => {
  test('none at the beginning', () => {
    const store = openStore(new SimulatedDisk());
    expect([store.newest(), store.oldest()]).toEqual([undefined, undefined]);
  });

  test('the newest comes back as it was, with lsn, position and digest', async () => {
    const disk = new SimulatedDisk();
    await save(openStore(disk), 7);
    const found = openStore(disk).newest();
    expect(found).toMatchObject({ lsn: 7, position: 70, digest: DIGEST });
    expect(read(found)).toBe(contentOf(7));
  });

  test('without pages, without header and without digest it is one too', async () => {
    const disk = new SimulatedDisk();
    const writer = openStore(disk).begin({ lsn: 1, position: 1 }, { ...image(1, 0), header: new Uint8Array(0) });
    expect(writer.step(1)).toBe(true);
    await writer.finish();
    const found = openStore(disk).newest();
    expect(found).toMatchObject({ lsn: 1, position: 1 });
    expect(found).not.toHaveProperty('digest');
    expect([...found!.pages]).toEqual([]);
  });

  test('step writes so many pages and says when the image is out', () => {
    const writer = openStore(new SimulatedDisk()).begin({ lsn: 1, position: 1 }, image(1, 5));
    expect([writer.step(2), writer.step(2), writer.step(2), writer.step(2)]).toEqual([false, false, true, true]);
  });

  test('two are kept, the older goes only after the newer is safe; other shards are left alone', async () => {
    const disk = new SimulatedDisk();
    await save(openStore(disk, [], 4), 1);
    const store = openStore(disk);
    for (const lsn of [5, 10, 15]) {
      await save(store, lsn);
      expect(store.oldest()?.lsn).toBe(Math.max(5, lsn - 5));
    }
    expect(disk.list('s')).toEqual([name(10), name(15), name(1).replace('00003', '00004')]);
    expect(store.newest()?.lsn).toBe(15);
    expect(store.newest(15)?.lsn).toBe(10);
    expect(store.newest(10)).toBeUndefined();
  });

  test('one that is given up leaves nothing, and so does one that a crash left half written', async () => {
    const disk = new SimulatedDisk();
    const store = openStore(disk);
    const source = image(1);
    const writer = store.begin({ lsn: 1, position: 1 }, source);
    writer.step(1);
    await writer.abandon();
    expect([source.abandoned, disk.list('s')]).toEqual([true, []]);
    store.begin({ lsn: 2, position: 2 }, image(2)).step(3);
    expect(disk.list('s')).toEqual([`${name(2)}.tmp`]);
    expect(openStore(disk).newest()).toBeUndefined();
    expect(disk.list('s')).toEqual([]);
  });

  test('[reliability 2] with any bit flipped the one before is taken, and the report names the file', async () => {
    const disk = new SimulatedDisk();
    for (const lsn of [1, 2]) await save(openStore(disk), lsn, 4);
    const size = disk.open(`s/${name(2)}`, 'read').size;
    for (let bit = 0; bit < size * 8; bit += 4099) {
      disk.edit(`s/${name(2)}`, (bytes) => flip(bytes, bit));
      const skipped: string[] = [];
      const found = openStore(disk, skipped).newest();
      expect([bit, found?.lsn, skipped.length]).toEqual([bit, 1, 1]);
      expect(skipped[0]).toContain(name(2));
      disk.edit(`s/${name(2)}`, (bytes) => flip(bytes, bit));
    }
    expect(openStore(disk).newest()?.lsn).toBe(2);
  });

  test('cut anywhere, with a page missing, doubled or moved, or of another shard, it is passed over', async () => {
    const disk = new SimulatedDisk();
    for (const lsn of [1, 2]) await save(openStore(disk), lsn, 4);
    const whole = Buffer.alloc(disk.open(`s/${name(2)}`, 'read').size);
    disk.open(`s/${name(2)}`, 'read').read(whole, 0);
    // Behind the head: pages of 65,536, 0, 1 and 9,000 bytes, each with 16 in front.
    const at = [0, 65_552, 65_568, 65_585, 74_601].map((offset) => whole.length - 16 - 74_601 + offset);
    const part = (from: number, to: number): Buffer => whole.subarray(at[from], at[to]);
    const start = whole.subarray(0, at[0]);
    const end = whole.subarray(at[4]);
    const damaged: Record<string, Buffer> = {
      missing: Buffer.concat([start, part(0, 2), part(3, 4), end]),
      doubled: Buffer.concat([start, part(0, 2), part(1, 2), part(2, 4), end]),
      moved: Buffer.concat([start, part(0, 1), part(2, 3), part(1, 2), part(3, 4), end]),
      longer: Buffer.concat([whole, Buffer.alloc(1)]),
    };
    for (let length = 0; length < whole.length; length += 997) damaged[`cut to ${length}`] = whole.subarray(0, length);
    for (const [how, bytes] of Object.entries(damaged)) {
      disk.edit(`s/${name(2)}`, () => Buffer.from(bytes));
      expect([how, openStore(disk).newest()?.lsn]).toEqual([how, 1]);
    }
    disk.rename(`s/${name(1)}`, `s/${name(9)}`);
    const skipped: string[] = [];
    expect(openStore(disk, skipped).newest()).toBeUndefined();
    expect(skipped[0]).toContain('it is of shard 3, lsn 1');
  });

  test('damage that comes between check and reading stops the reading', async () => {
    const disk = new SimulatedDisk();
    await save(openStore(disk), 1);
    const found = openStore(disk).newest();
    disk.edit(`s/${name(1)}`, (bytes) => flip(bytes, 4000));
    expect(messageOf(() => read(found))).toMatch(/CorruptionError: .*snapshot of lsn 1: checksum differs/);
  });

  test('a page beyond 64 KiB and a digest that is none are refused', () => {
    const store = openStore(new SimulatedDisk());
    const large = { ...image(1), next: () => ({ page: 0, bytes: new Uint8Array(65_537) }) };
    expect(() => store.begin({ lsn: 1, position: 1 }, large).step(1)).toThrow(/page 0 has 65537 bytes/);
    expect(() => store.begin({ lsn: 2, position: 1, digest: 'x' }, image(1))).toThrow(/not 32 hex digits/);
  });
});

describe('faults under a snapshot', () => {
  test('[reliability 9] whatever the disk and the power do, a finished snapshot is found whole, or the one before', async () => {
    const fault: fc.Arbitrary<Fault> = fc.record<Fault>({
      call: fc.constantFrom('write', 'sync', 'syncDir', 'rename', 'open', 'remove'),
      nth: fc.integer({ min: 1, max: 30 }),
      how: fc.constantFrom('error', 'short', 'lost'),
    });
    const fates = fc.array(fc.constantFrom<Fate>('old', 'new', 'garbage'), { minLength: 1, maxLength: 13 });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 2 }), fates, fc.nat(60), async (faults, chosen, cutAfter) => {
        const disk = new SimulatedDisk(faults);
        disk.cutAfter = cutAfter;
        let finished = 0;
        const tried = [0];
        try {
          const store = openStore(disk);
          for (const lsn of [1, 2, 3, 4]) {
            tried.push(lsn);
            await save(store, lsn);
            finished = lsn;
          }
        } catch {
          // The shard goes on without a new snapshot, or the process has died.
        }
        let turn = 0;
        for (const after of [disk.afterCrash(), disk.afterPowerCut(() => chosen[turn++ % chosen.length]!)]) {
          const found = openStore(after).newest();
          expect(found?.lsn ?? 0).toBeGreaterThanOrEqual(finished);
          expect(tried).toContain(found?.lsn ?? 0);
          expect(read(found)).toBe(found && contentOf(found.lsn));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a failed sync rejects, keeps the older ones and leaves the store usable', async () => {
    const disk = new SimulatedDisk([{ call: 'sync', nth: 3, how: 'lost' }]);
    const store = openStore(disk);
    for (const lsn of [1, 2]) await save(store, lsn);
    await expect(save(store, 3)).rejects.toThrow(/EIO/);
    expect(store.newest()?.lsn).toBe(2);
    await save(store, 3);
    expect(read(store.newest())).toBe(contentOf(3));
  });

  test('a large image is synced on the way, and a failure there is not forgotten', async () => {
    const disk = new SimulatedDisk([{ call: 'sync', nth: 1, how: 'lost' }]);
    const writer = openStore(disk).begin({ lsn: 1, position: 1 }, image(1, 1100));
    while (!writer.step(100)) await Promise.resolve();
    await expect(writer.finish()).rejects.toThrow(/EIO/);
    expect(caught(() => openStore(disk).newest()?.lsn)).toBeUndefined();
    expect(openStore(disk).newest()).toBeUndefined();
  });
});
