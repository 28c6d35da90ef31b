import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StateImage } from '../contract/machine.ts';
import { SECTOR_BYTES } from '../journal/frame.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { encodeRecords } from '../journal/records.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import { SimulatedDisk } from '../journal/simulated-disk.ts';
import { openSnapshotStore } from '../journal/snapshot-store.ts';
import { type AnyMachine, HostedShard } from './hosted-shard.ts';
import { JournalHost } from './journal-host.ts';
import type { DurableMessage } from './messages.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';

// The real journal, its host, the real schedule and its files, over shards without content: how much of the journal is
// kept, whoever writes how much.

const SEGMENT = 16 * SECTOR_BYTES;
const SPAN = 48 * SECTOR_BYTES;
const SHARDS = 4;
const THREADS = 2;
const FRAME_MAX = 6 * SECTOR_BYTES;
/** A segment is left when a frame and a seal behind it no longer fit; its first sector is its head. */
const FILLED_MIN = SEGMENT - FRAME_MAX - 2 * SECTOR_BYTES;
/** Two spans, the segment being written and the one that the oldest needed fact begins in the middle of. */
const SEGMENTS_MAX = Math.ceil((2 * SPAN + FRAME_MAX) / FILLED_MIN) + 2;

/** Which shard writes, and how large its fact is: mostly small, now and then as large as a frame may be here. */
const fact = fc.record({
  shard: fc.constantFrom(0, 0, 0, 1),
  bytes: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 9_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 16_000, max: FRAME_MAX - 100 }) },
  ),
});

test('whatever quiet and heavy shards do, the journal keeps a bounded number of segments', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fact, { minLength: 120, maxLength: 300 }), async (facts) => {
      const folder = new Folder();
      for (const { shard, bytes } of facts) await folder.write(shard, bytes);
      expect(folder.segmentsSeen).toBeLessThanOrEqual(SEGMENTS_MAX);
      for (let shard = 0; shard < SHARDS; shard++) expect(folder.generations(shard)).toBeLessThanOrEqual(2);
    }),
    { numRuns: 30 },
  );
});

test('a shard that never says a word has two generations all the same', async () => {
  const folder = new Folder();
  for (let i = 0; i < 90; i++) await folder.write(0, 5_000);
  expect(Array.from({ length: SHARDS }, (_, shard) => folder.generations(shard))).toEqual([2, 2, 2, 2]);
});

class Folder {
  segmentsSeen = 0;
  readonly #disk = new SimulatedDisk();
  readonly #journal = openSegmentJournal({ dir: 'j', epoch: 'boundary', segmentBytes: SEGMENT, disk: this.#disk });
  readonly #told: [thread: number, message: DurableMessage][] = [];
  readonly #soon: (() => void)[] = [];
  readonly #seq = Array.from({ length: THREADS }, () => 0);
  readonly #shards = Array.from({ length: SHARDS }, (_, number) => new HostedShard(number, emptyMachine()));
  readonly #host = new JournalHost({
    journal: this.#journal,
    shards: SHARDS,
    threads: THREADS,
    snapshotEveryBytes: SPAN,
    nowMs: () => 1,
    durable: (thread, message) => this.#told.push([thread, message]),
    released: () => {},
  });
  readonly #schedules = Array.from(
    { length: THREADS },
    (_, thread) =>
      new SnapshotSchedule({
        shards: this.#shards
          .filter(({ number }) => number % THREADS === thread)
          .map((shard) => ({
            shard,
            store: openSnapshotStore({ dir: 's', shard: shard.number, disk: this.#disk }),
            kept: [],
          })),
        everyFacts: 1_000_000,
        allShards: SHARDS,
        position: 0,
        seq: () => this.#seq[thread]!,
        kept: (shard, position) => this.#host.receive(thread, { type: 'kept', shard, position }),
        soon: (step) => this.#soon.push(step),
        failed: (error) => {
          throw error;
        },
      }),
  );

  /** One fact, committed; then everything that follows from it. */
  async write(number: number, bytes: number): Promise<void> {
    const shard = this.#shards[number]!;
    const thread = number % THREADS;
    const record: JournalRecord = { shard: number, lsn: ++shard.lsn, fact: Buffer.alloc(bytes, 7) };
    const seq = ++this.#seq[thread]!;
    this.#host.receive(thread, { type: 'facts', seq, count: 1, records: encodeRecords([record]), atMs: 1 });
    this.#host.commit();
    for (const [told, message] of this.#told.splice(0)) {
      this.#schedules[told]!.durable(message);
      this.#schedules[told]!.turned();
    }
    // A snapshot is some turns of the event loop: its copy, its syncs, the next shard's.
    for (let turn = 0; turn < 3 * SHARDS; turn++) {
      for (const step of this.#soon.splice(0)) step();
      await new Promise(setImmediate);
    }
    this.segmentsSeen = Math.max(this.segmentsSeen, this.#journal.segments);
  }

  generations(shard: number): number {
    return this.#disk.list('s').filter((name) => name.startsWith(`shard-0000${shard}-`)).length;
  }
}

function emptyMachine(): AnyMachine {
  const image: StateImage = { header: new Uint8Array(1), pageCount: 0, next: () => undefined, abandon: () => {} };
  return { digest: () => '0'.repeat(32), beginImage: () => image } as unknown as AnyMachine;
}
