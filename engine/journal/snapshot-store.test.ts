import { describe, expect, test } from 'vitest';
import { attackSize, spread } from './attack-size.ts';
import { flip } from './segment-fixture.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { DIGEST, contentOf, image, name, openStore, read, save } from './snapshot-fixture.ts';
import { messageOf } from './some-records.ts';

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
    store.distrust({ lsn: 15, position: 150 });
    expect([store.newest()?.lsn, store.oldest()?.lsn]).toEqual([10, 10]);
    store.distrust({ lsn: 10, position: 100 });
    expect([store.newest(), store.oldest()]).toEqual([undefined, undefined]);
  });

  test('a quiet shard is written again at the same lsn into a second file, so one of two may rot', async () => {
    const disk = new SimulatedDisk();
    const store = openStore(disk);
    for (const position of [50, 60, 70]) await save(store, 5, 5, position);
    expect(disk.list('s')).toEqual([name(5, 60), name(5, 70)]);
    // As an older version named them: not read, and gone once there are new ones.
    disk.rename(`s/${name(5, 60)}`, 's/shard-00003-000000000000005.snapshot');
    await save(store, 5, 5, 60);
    expect(disk.list('s')).toEqual([name(5, 60), name(5, 70)]);
    expect([store.oldest(), store.newest()]).toMatchObject([{ position: 60 }, { position: 70 }]);
    disk.edit(`s/${name(5, 70)}`, (bytes) => flip(bytes, 4_000));
    const found = openStore(disk).newest();
    expect(found).toMatchObject({ lsn: 5, position: 60 });
    expect(read(found)).toBe(contentOf(5));
  });

  test.each([
    ['damaged', (disk: SimulatedDisk) => disk.edit(`s/${name(2)}`, (bytes) => flip(bytes, 4_000)), [1, 3, 4]],
    ['distrusted', () => undefined, [1, 3, 4]],
  ] as const)('one that is %s does not push out a good one, and goes with the next', async (how, damage, [a, b, c]) => {
    const disk = new SimulatedDisk();
    for (const lsn of [1, 2]) await save(openStore(disk), lsn);
    damage(disk);
    const store = openStore(disk);
    if (how === 'distrusted') store.distrust({ lsn: 2, position: 20 });
    expect(store.newest()?.lsn).toBe(1);
    await save(store, 3);
    expect(disk.list('s')).toEqual([name(a), name(b)]);
    await save(store, 4);
    expect(disk.list('s')).toEqual([name(b), name(c)]);
    expect([store.oldest()?.lsn, store.newest()?.lsn]).toEqual([3, 4]);
  });

  test('a damaged one that is written again under its name counts again', async () => {
    const disk = new SimulatedDisk();
    for (const lsn of [1, 2]) await save(openStore(disk), lsn);
    disk.edit(`s/${name(2)}`, (bytes) => flip(bytes, 4_000));
    const store = openStore(disk);
    expect(store.newest()?.lsn).toBe(1);
    await save(store, 2);
    expect([store.newest()?.lsn, disk.list('s')]).toEqual([2, [name(1), name(2)]]);
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
    expect(disk.list('s')).toEqual([`${name(2, 2)}.tmp`]);
    expect(openStore(disk).newest()).toBeUndefined();
    expect(disk.list('s')).toEqual([]);
  });

  test('[reliability 2] with any bit flipped the one before is taken, and the report names the file', async () => {
    const disk = new SimulatedDisk();
    for (const lsn of [1, 2]) await save(openStore(disk), lsn, 4);
    const size = disk.open(`s/${name(2)}`, 'read').size;
    const file = disk.open(`s/${name(2)}`, 'update');
    const byte = new Uint8Array(1);
    const flipOnDisk = (bit: number): void => {
      file.read(byte, bit >> 3);
      file.write(Uint8Array.of(byte[0]! ^ (1 << (bit & 7))), bit >> 3);
    };
    const wrong: number[] = [];
    for (const bit of spread(attackSize(5_000), size * 8)) {
      flipOnDisk(bit);
      const skipped: string[] = [];
      const found = openStore(disk, skipped).newest();
      if (found?.lsn !== 1 || skipped.length !== 1 || !skipped[0]!.includes(name(2))) wrong.push(bit);
      flipOnDisk(bit);
    }
    expect(wrong).toEqual([]);
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
    expect(skipped[0]).toContain('it is of shard 3, lsn 1, position 10');
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
