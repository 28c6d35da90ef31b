import { expect, test } from 'vitest';
import { SECTOR_BYTES } from '../journal/frame.ts';
import type { Journal } from '../journal/journal.ts';
import { encodeRecords } from '../journal/records.ts';
import { JournalHost } from './journal-host.ts';
import type { DurableMessage, ToJournal } from './messages.ts';

function fakeJournalHost(shards = 2) {
  const appended: number[] = [];
  const times: number[] = [];
  const marks: [thread: number, message: DurableMessage][] = [];
  const released: number[] = [];
  const state = { head: 0, first: 1, broken: false };
  const journal: Journal = {
    get head() {
      return state.head;
    },
    get first() {
      return state.first;
    },
    segments: 1,
    append(batches, atMs) {
      if (state.broken) throw new Error('EIO');
      appended.push(batches.length);
      times.push(atMs);
      const first = state.head + 1;
      state.head += batches.reduce((sum, bytes) => sum + counts.get(bytes)!, 0);
      return first;
    },
    seal() {},
    read: () => [],
    releaseBefore(position) {
      released.push(position);
      state.first = position;
      return [`before-${position}`];
    },
    close() {},
  };
  const counts = new Map<Uint8Array, number>();
  const host = new JournalHost({
    journal,
    shards,
    threads: 2,
    snapshotEveryBytes: 3 * SECTOR_BYTES,
    nowMs: () => 1,
    durable: (thread, message) => marks.push([thread, message]),
    released: () => {},
  });
  const facts = (seq: number, count: number, atMs = 1): ToJournal => {
    const records = encodeRecords(
      Array.from({ length: count }, (_, i) => ({ shard: 0, lsn: i + 1, fact: new Uint8Array(8) })),
    );
    counts.set(records, count);
    return { type: 'facts', seq, count, records, atMs };
  };
  return { host, facts, appended, times, marks, released, state };
}

test('[FD11] everything received shares one commit; each thread hears its newest batch and the head', () => {
  const { host, facts, appended, marks } = fakeJournalHost();
  host.receive(0, facts(1, 3));
  host.receive(1, facts(1, 2));
  host.receive(0, facts(2, 1));
  expect(marks).toEqual([]);
  host.commit();
  expect(appended).toEqual([3]);
  expect(marks).toEqual([
    [0, { type: 'durable', seq: 2, position: 6, dueBefore: 0 }],
    [1, { type: 'durable', seq: 1, position: 6, dueBefore: 0 }],
  ]);
  host.commit();
  expect(appended).toEqual([3]);
});

test('[FD11] an error of the journal is thrown and nobody hears durable', () => {
  const { host, facts, marks, state } = fakeJournalHost();
  host.receive(0, facts(1, 1));
  state.broken = true;
  expect(() => host.commit()).toThrow('EIO');
  expect(marks).toEqual([]);
});

test('a batch out of turn breaks an invariant', () => {
  const { host, facts } = fakeJournalHost();
  host.receive(0, facts(1, 1));
  host.receive(0, facts(3, 1));
  expect(() => host.commit()).toThrow('batch 3 follows 1');
});

test('facts leave the journal only when every shard keeps a snapshot that holds them', () => {
  const { host, facts, released } = fakeJournalHost(2);
  host.receive(0, facts(1, 50));
  host.commit();
  host.receive(0, { type: 'kept', shard: 0, position: 40 });
  expect(released).toEqual([]);
  host.receive(0, { type: 'kept', shard: 1, position: 10 });
  expect(released).toEqual([11]);
  host.receive(0, { type: 'kept', shard: 0, position: 45 });
  expect(released).toEqual([11]);
});

test('when the journal has grown by much every thread hears it, the one without facts too', () => {
  const { host, facts, marks } = fakeJournalHost();
  for (const seq of [1, 2, 3, 4]) {
    host.receive(0, facts(seq, 10));
    host.commit();
  }
  expect(marks.map(([thread, { seq, dueBefore }]) => [thread, seq, dueBefore])).toEqual([
    [0, 1, 0],
    [0, 2, 0],
    [0, 3, 30],
    [1, 0, 30],
    [0, 4, 30],
  ]);
});

test('[RS4] a commit is dated no earlier than the facts in it, whatever the clock of the journal thread says', () => {
  const { host, facts, times } = fakeJournalHost();
  host.receive(0, facts(1, 1, 60_000));
  host.receive(1, facts(1, 1, 20_000));
  host.commit();
  host.receive(0, facts(2, 1, 0));
  host.commit();
  expect(times).toEqual([60_000, 1]);
});
