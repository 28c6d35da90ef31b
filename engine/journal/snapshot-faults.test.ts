import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attackSize } from './attack-size.ts';
import type { Fault } from './simulated-disk.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Fate } from './simulated-file.ts';
import { contentOf, image, openStore, read, save } from './snapshot-fixture.ts';

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
      { numRuns: attackSize(200) },
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
    expect(openStore(disk).newest()).toBeUndefined();
  });
});
