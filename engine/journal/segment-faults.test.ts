import { describe, expect, test } from 'vitest';
import { lines, messageOf } from './some-records.ts';
import { JournalError } from './journal.ts';
import { encodeRecords } from './records.ts';
import { caught, commit, open, reopened, wanted, written } from './segment-fixture.ts';
import type { Fault } from './simulated-disk.ts';
import type { Fate } from './simulated-file.ts';
import { PowerCut, SimulatedDisk } from './simulated-disk.ts';

/** Commits of 40 records until something fails; what was acknowledged, and what failed. */
function commitUntilFailure(disk: SimulatedDisk): { acknowledged: number; failed: boolean; wrong: string[] } {
  let acknowledged = 0;
  const wrong: string[] = [];
  const journal = caughtOpen(disk);
  if (journal === undefined) return { acknowledged, failed: true, wrong };
  for (let i = 0; i < 12; i++) {
    const error = caught(() => commit(journal, 40));
    if (error === undefined) {
      acknowledged = journal.head;
      continue;
    }
    if (!(error instanceof JournalError)) wrong.push('threw something else');
    if (!(caught(() => commit(journal, 1)) instanceof JournalError)) wrong.push('took a commit after an error');
    if (!(caught(() => journal.seal()) instanceof JournalError)) wrong.push('took a seal after an error');
    return { acknowledged, failed: true, wrong };
  }
  return { acknowledged, failed: false, wrong };
}

function caughtOpen(disk: SimulatedDisk): ReturnType<typeof open> | undefined {
  try {
    return open(disk);
  } catch {
    return undefined;
  }
}

describe('faults of the disk under the segment journal', () => {
  const kinds: readonly Pick<Fault, 'call' | 'how'>[] = [
    { call: 'write', how: 'error' },
    { call: 'sync', how: 'error' },
    { call: 'open', how: 'error' },
    { call: 'rename', how: 'error' },
    { call: 'syncDir', how: 'error' },
    { call: 'write', how: 'short' },
    { call: 'sync', how: 'lost' },
  ];

  test.each(kinds)(
    '[reliability 3] $call $how at the n-th call: the journal is dead, no acknowledged record is lost',
    ({ call, how }) => {
      let reached = 0;
      for (let nth = 1; nth <= 40; nth++) {
        const disk = new SimulatedDisk([{ call, nth, how }]);
        const { acknowledged, failed, wrong } = commitUntilFailure(disk);
        expect(wrong).toEqual([]);
        if (!failed) break;
        reached++;
        for (const after of [disk.afterCrash(), disk.afterPowerCut(() => 'old'), disk.afterPowerCut(() => 'new')]) {
          const read = reopened(after);
          expect(read.slice(0, acknowledged)).toEqual(wanted(acknowledged));
          expect(read.length - acknowledged).toBeLessThanOrEqual(40);
        }
      }
      expect(reached).toBeGreaterThan(0);
    },
  );

  test('[reliability 3] what is recovered from the memory of a kernel that lost a sync is durable before it is built on', () => {
    for (let nth = 1; nth <= 20; nth++) {
      const disk = new SimulatedDisk([{ call: 'sync', nth, how: 'lost' }]);
      commitUntilFailure(disk);
      const recovered = disk.afterCrash();
      const read = reopened(recovered);
      expect(lines(open(recovered.afterPowerCut(() => 'old')).read(1)).slice(0, read.length)).toEqual(read);
    }
  });

  test('one append beyond 16 MiB is refused in clear words before anything is written', () => {
    const disk = new SimulatedDisk();
    const journal = open(disk);
    commit(journal, 1);
    const large = { shard: 1, lsn: 2, fact: Buffer.alloc(16 * 1024 * 1024) };
    const message = messageOf(() => journal.append([encodeRecords([large])], 1));
    expect(message).toMatch(/JournalError: .* at most 16777216 fit a frame; split it/);
    expect(reopened(disk)).toEqual(wanted(1));
  });

  test('a commit larger than a segment has one for itself', () => {
    const { disk, acknowledged } = written([5, 2000, 5, 900, 900, 1]);
    const sizes = disk.list('j').map((name) => disk.open(`j/${name}`, 'read').size);
    expect(Math.max(...sizes)).toBeGreaterThan(2000 * 200);
    expect(reopened(disk.afterPowerCut(() => 'old'))).toEqual(wanted(acknowledged));
    expect(reopened(disk)).toEqual(wanted(acknowledged));
  });

  test('the next segment is made while the current one fills, and taken over', async () => {
    const disk = new SimulatedDisk();
    const journal = open(disk);
    while (journal.segments === 1) {
      commit(journal, 40);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const half = disk.list('j').includes('0000000002.seg');
      expect(half).toBe(journal.head >= 160);
    }
    expect(disk.list('j')).toEqual(['0000000001.seg', '0000000002.seg']);
    expect(reopened(disk.afterPowerCut(() => 'old'))).toEqual(wanted(journal.head));
  });

  test('[reliability 3] a next segment that cannot be made ends the journal at its next call', async () => {
    const disk = new SimulatedDisk([{ call: 'open', nth: 2, how: 'error' }]);
    const journal = open(disk);
    for (let i = 0; i < 4; i++) commit(journal, 40);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(() => commit(journal, 1)).toThrow(JournalError);
    expect(reopened(disk.afterCrash())).toEqual(wanted(160));
  });

  test('[reliability 9] power cut at each change of a recovery, three deep: the acknowledged records stay', () => {
    const disk = new SimulatedDisk();
    const journal = open(disk);
    for (const count of [3, 60, 60, 25, 60]) commit(journal, count);
    const acknowledged = journal.head;
    disk.cutAfter = disk.changes + 1;
    expect(() => commit(journal, 45)).toThrow(JournalError);
    const found: string[][] = [];
    recoverWithCuts(disk, { depth: 3, found });
    expect(found.length).toBeGreaterThan(100);
    for (const read of found) expect(read.slice(0, acknowledged)).toEqual(wanted(acknowledged));
  });
});

/** Cuts the power at each change of a recovery, and in the recovery after that, down to a depth; collects what is found at the end of each. */
function recoverWithCuts(disk: SimulatedDisk, { depth, found }: { depth: number; found: string[][] }): void {
  const fates: readonly Fate[] = ['new', 'old', 'garbage'];
  if (depth === 0) {
    found.push(reopened(disk.afterPowerCut(() => 'old')));
    return;
  }
  let turn = depth;
  const start = disk.afterPowerCut(() => fates[turn++ % 3]!);
  for (let cutAfter = 0, cut: unknown = 'first'; cut !== undefined; cutAfter++) {
    const attempt = start.clone();
    attempt.cutAfter = cutAfter;
    cut = caught(() => open(attempt));
    if (cut !== undefined && !(cut instanceof PowerCut)) throw cut;
    recoverWithCuts(cut === undefined ? attempt.afterCrash() : attempt, { depth: depth - 1, found });
  }
}
