import { expect, test } from 'vitest';
import type { SnapshotPoint, SnapshotStore } from '../journal/snapshot-store.ts';
import { type AnyMachine, HostedShard } from './hosted-shard.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';

/** Shards without content; files that are written when the test says so. */
function fakeSchedule(count: number, allShards = count) {
  const steps: (() => void)[] = [];
  const begun: string[] = [];
  const files: { finish: () => void; fail: (error: Error) => void }[] = [];
  const kept: [shard: number, position: number][] = [];
  const errors: unknown[] = [];
  const state = { seq: 0 };
  const machine = { digest: () => 'd', beginImage: () => ({}) } as unknown as AnyMachine;
  const shards = Array.from({ length: count }, (_, number) => {
    const store = {
      begin(point: SnapshotPoint) {
        begun.push(`${number}@${point.lsn}/${point.position}`);
        const done = Promise.withResolvers<void>();
        let pages = 2;
        return {
          step: () => --pages === 0,
          finish() {
            files.push({ finish: () => done.resolve(), fail: done.reject });
            return done.promise;
          },
        };
      },
    } as unknown as SnapshotStore;
    return { shard: new HostedShard(number, machine), store, kept: [] };
  });
  const schedule = new SnapshotSchedule({
    shards,
    everyFacts: 10,
    allShards,
    position: 0,
    seq: () => state.seq,
    kept: (shard, position) => kept.push([shard, position]),
    soon: (step) => steps.push(step),
    failed: (error) => errors.push(error),
  });
  const copyAll = (): void => {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) step();
  };
  return { schedule, shards, state, begun, files, kept, errors, copyAll };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a snapshot counts only when every fact in it is durable and the file is written', async () => {
  const { schedule, shards, state, begun, files, kept, copyAll } = fakeSchedule(1, 9);
  shards[0]!.shard.lsn = 9;
  schedule.turned();
  expect(begun).toEqual([]);
  shards[0]!.shard.lsn = 12;
  state.seq = 3;
  schedule.turned();
  copyAll();
  expect(begun).toEqual(['0@12/0']);
  schedule.durable({ seq: 2, position: 8, dueBefore: 0 });
  expect(files).toHaveLength(0);
  schedule.durable({ seq: 3, position: 12, dueBefore: 0 });
  expect(files).toHaveLength(1);
  files[0]!.finish();
  await settled();
  // One snapshot is not two: the journal may drop nothing yet.
  expect(kept).toEqual([]);

  shards[0]!.shard.lsn = 30;
  schedule.turned();
  copyAll();
  files[1]!.finish();
  await settled();
  expect(begun[1]).toBe('0@30/12');
  expect(kept).toEqual([[0, 0]]);
});

test('one at a time, the one written longest ago first; a quiet shard when the journal has grown for all', async () => {
  const { schedule, shards, begun, files, copyAll } = fakeSchedule(3);
  shards[0]!.shard.lsn = 10;
  shards[1]!.shard.lsn = 10;
  for (const lsn of [10, 20, 30]) {
    shards[0]!.shard.lsn = lsn;
    schedule.durable({ seq: 0, position: lsn * 2, dueBefore: 0 });
    schedule.turned();
    copyAll();
    files.at(-1)?.finish();
    await settled();
    copyAll();
  }
  expect(begun.map((each) => each.split('@')[0])).toEqual(['0', '1', '2', '0']);
});

test('every shard is due whose snapshot is from before the word that the journal has grown', async () => {
  const { schedule, shards, begun, files, kept, copyAll } = fakeSchedule(2, 99);
  shards[0]!.shard.lsn = 3;
  const write = async (position: number, dueBefore: number): Promise<void> => {
    schedule.durable({ seq: 0, position, dueBefore });
    schedule.turned();
    for (let file = files.length; file <= files.length; file++) {
      copyAll();
      if (files.length <= file) return;
      files[file]!.finish();
      await settled();
    }
  };
  await write(40, 0);
  expect(begun).toEqual([]);
  await write(50, 50);
  await write(55, 50);
  expect(begun).toEqual(['0@3/50', '1@0/50']);
  await write(90, 80);
  expect(begun.slice(2)).toEqual(['0@3/90', '1@0/90']);
  expect(kept).toEqual([
    [0, 50],
    [1, 50],
  ]);
});

test('the drain writes what has facts since its snapshot, then says so', async () => {
  const { schedule, shards, begun, files, copyAll } = fakeSchedule(3);
  shards[0]!.shard.lsn = 1;
  shards[2]!.shard.lsn = 2;
  let done = 0;
  schedule.finish(() => done++);
  for (const file of [0, 1]) {
    copyAll();
    expect(done).toBe(0);
    files[file]!.finish();
    await settled();
  }
  expect(begun).toEqual(['0@1/0', '2@2/0']);
  expect(done).toBe(1);
});

test('a file that the disk refuses is reported', async () => {
  const { schedule, shards, files, errors, copyAll } = fakeSchedule(1);
  shards[0]!.shard.lsn = 10;
  schedule.turned();
  copyAll();
  files[0]!.fail(new Error('ENOSPC'));
  await settled();
  expect(errors.map(String)).toEqual(['Error: ENOSPC']);
});
