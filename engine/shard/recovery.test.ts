import { appendFileSync, openSync, readdirSync, readSync, rmSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SkuStock } from '../contract/change.ts';
import { SECTOR_BYTES } from '../journal/frame.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { readJournal } from '../journal/read-journal.ts';
import { encodeRecords } from '../journal/records.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import { openSqliteJournal } from '../journal/sqlite-journal.ts';
import { createShard } from './machines.ts';
import { createPartition } from './partition.ts';
import { recoverShards } from './recovery.ts';
import { openTestEngine, testFolder } from './test-engine.ts';
import { CLIENT, counted, reserving, sku, sold } from './test-fixture.ts';

const partition = createPartition({ stockShards: 4, promiseShards: 4, orderShards: 4, nodeShards: 2 });
const limits = { holdsPerClientMax: 1_000, unitsPerLineMax: 10_000 };

/** A stream with everything in it: counts, sales, repetitions, holds in one shard and over several, releases, letters. */
async function fill(
  dataDir: string,
  snapshotEveryFacts: number,
  journal: 'segments' | 'sqlite' = 'segments',
): Promise<readonly SkuStock[]> {
  const { engine } = await openTestEngine({ dataDir, snapshotEveryFacts, threads: 2, journal });
  for (let round = 0; round < 12; round++) {
    const names = Array.from({ length: 30 }, (_, i) => (round % 3) * 30 + i);
    await engine.record(
      names.map((name) => counted(name, 10 + round, `c${round}-${name}`)),
      1,
    );
    await engine.record(
      names.map((name) => sold(name, `s${round % 4}-${name}`)),
      1,
    );
    const outcome = await engine.reserve(reserving(`k${round}`, names.slice(round, round + 3)));
    if (outcome.status === 'reserved' && round % 2 === 0) await engine.release(outcome.reservation.id, CLIENT);
    await engine.reserve(reserving(`one${round}`, [names[round]!]));
  }
  const all: SkuStock[] = [];
  for await (const chunk of engine.allStock()) all.push(...chunk);
  await engine.close();
  return all;
}

function headOf(journalDir: string): number {
  let head = 0;
  for (const { position } of readJournal({ dir: journalDir, from: 1 })) head = position;
  return head;
}

interface Recovery {
  readonly digests: string[];
  readonly lsns: number[];
  readonly facts: number;
}

function recover(journalDir: string, snapshotsDir: string, lines: string[] = [], head = headOf(journalDir)): Recovery {
  const { shards, facts } = recoverShards({
    journalDir,
    snapshotsDir,
    head,
    shards: Array.from({ length: partition.shards }, (_, shard) => shard),
    create: (shard) => createShard(partition, shard, limits),
    log: (line) => lines.push(line),
  });
  return {
    digests: shards.map(({ shard }) => shard.machine.digest()),
    lsns: shards.map(({ shard }) => shard.lsn),
    facts,
  };
}

test('snapshot and tail give the state of a full replay, digest for digest', async () => {
  const dataDir = testFolder();
  await fill(dataDir, 40);
  const journalDir = join(dataDir, 'journal');
  const all = recover(journalDir, testFolder());
  const short = recover(journalDir, join(dataDir, 'snapshots'));
  expect(short.digests).toEqual(all.digests);
  expect(short.lsns).toEqual(all.lsns);
  expect(all.facts).toBeGreaterThan(500);
  // Closed in order: every shard was written, nothing is left to replay.
  expect(short.facts).toBe(0);
});

test('a damaged snapshot is passed over for the one before it', async () => {
  const dataDir = testFolder();
  await fill(dataDir, 40);
  const snapshotsDir = join(dataDir, 'snapshots');
  const journalDir = join(dataDir, 'journal');
  const all = recover(journalDir, testFolder());
  const newest = readdirSync(snapshotsDir)
    .toSorted()
    .filter((name) => name.startsWith('shard-00001'))
    .at(-1)!;
  flipByte(join(snapshotsDir, newest), 100);
  const lines: string[] = [];
  const short = recover(journalDir, snapshotsDir, lines);
  expect(lines.join()).toContain(newest);
  expect(short.digests).toEqual(all.digests);
  expect(short.facts).toBeGreaterThan(0);
});

/** The same records in small segments, those before a position in the archive. */
function archivedBefore(journalDir: string, position: number): string {
  const dir = testFolder();
  const journal = openSegmentJournal({ dir, epoch: 'abcdefgh', segmentBytes: 16 * SECTOR_BYTES });
  for (const { record, atMs } of readJournal({ dir: journalDir, from: 1 }))
    journal.append([encodeRecords([record])], atMs);
  expect(journal.releaseBefore(position).length).toBeGreaterThan(0);
  journal.close();
  return dir;
}

test('[reliability 8] without a usable snapshot the archive gives the same state, and a gap in it stops the start', async () => {
  const dataDir = testFolder();
  await fill(dataDir, 1_000_000);
  const journalDir = join(dataDir, 'journal');
  const none = testFolder();
  const whole = recover(journalDir, none);
  const archived = archivedBefore(journalDir, Math.floor(whole.facts / 2));
  const head = whole.facts;
  expect(recover(archived, none, [], head)).toEqual(whole);
  const [oldest] = readdirSync(join(archived, 'archive')).toSorted();
  rmSync(join(archived, 'archive', oldest!));
  expect(() => recover(archived, none, [], head)).toThrow(/fact \d+ follows fact 0/);
});

test('the same facts in segments and in sqlite recover to the same states', async () => {
  const dataDir = testFolder();
  await fill(dataDir, 1_000_000);
  const journalDir = join(dataDir, 'journal');
  const records: JournalRecord[] = [];
  for (const { record } of readJournal({ dir: journalDir, from: 1 })) {
    records.push({ ...record, fact: Uint8Array.from(record.fact) });
  }
  const other = testFolder();
  const sqlite = openSqliteJournal({ dir: other, epoch: 'abcdefgh' });
  onTestFinished(() => sqlite.close());
  for (let i = 0; i < records.length; i += 100) sqlite.append([encodeRecords(records.slice(i, i + 100))], 1);
  const none = testFolder();
  expect(recover(other, none)).toEqual(recover(journalDir, none));
});

test('what every shard keeps in two snapshots leaves the journal, and nothing is missing at the next start', async () => {
  const dataDir = testFolder();
  const before = await fill(dataDir, 10, 'sqlite');
  const { engine } = await openTestEngine({ dataDir, journal: 'sqlite' });
  const after: SkuStock[] = [];
  for await (const chunk of engine.allStock()) after.push(...chunk);
  await engine.close();
  const journal = openSqliteJournal({ dir: join(dataDir, 'journal'), epoch: engine.epoch });
  onTestFinished(() => journal.close());
  expect(journal.first).toBeGreaterThan(1);
  const numbers = (all: readonly SkuStock[]) => all.map(({ sku, nodes }) => ({ sku, nodes }));
  expect(numbers(after)).toEqual(numbers(before));
});

test('a flipped bit in an acknowledged commit stops the start and says where', async () => {
  const dataDir = testFolder();
  await fill(dataDir, 1_000_000);
  const segment = readdirSync(join(dataDir, 'journal'))
    .toSorted()
    .find((name) => name.endsWith('.seg'))!;
  flipByte(join(dataDir, 'journal', segment), 20_000);
  await expect(openTestEngine({ dataDir })).rejects.toThrow(/at byte \d+, position \d+: .*ACCEPT_LOSS=yes/);
});

test('an accepted loss goes on from what is left, under a new epoch that later starts keep', async () => {
  const dataDir = testFolder();
  const before = await fill(dataDir, 1_000_000);
  const intact = await openTestEngine({ dataDir });
  await intact.engine.close();
  const journal = join(dataDir, 'journal');
  const segment = readdirSync(journal).find((name) => name.endsWith('.seg'))!;
  flipByte(join(journal, segment), 20_000);

  const accepting = await openTestEngine({ dataDir, acceptLoss: true });
  expect(accepting.engine.epoch).not.toBe(intact.engine.epoch);
  const numbers = (all: readonly SkuStock[]) => all.map(({ sku, nodes }) => ({ sku, nodes }));
  const kept = await accepting.engine.stock(before.map(({ sku }) => sku));
  const bySku = (a: SkuStock, b: SkuStock): number => a.sku.localeCompare(b.sku);
  expect(numbers(kept.toSorted(bySku)), 'the snapshots of the close have it all').toEqual(
    numbers(before.toSorted(bySku)),
  );
  await accepting.engine.record([counted(0, 77, 'after the loss')], 1);
  await accepting.engine.close();

  const later = await openTestEngine({ dataDir });
  expect(later.engine.epoch).toBe(accepting.engine.epoch);
  const [stock] = await later.engine.stock([sku(0)]);
  expect(stock?.nodes[0]?.onHand).toBe(77);
  await later.engine.close();
});

test('a snapshot that the disk refuses ends the process with code 70 and one line', async () => {
  const dataDir = testFolder();
  const said: string[] = [];
  const ended = Promise.withResolvers<number>();
  const { engine } = await openTestEngine(
    { dataDir, snapshotEveryFacts: 10 },
    { say: (line) => said.push(line), exit: (code) => ended.resolve(code) },
  );
  // Again while one is being written into it: its thread does not wait for us.
  rmSync(join(dataDir, 'snapshots'), { recursive: true, maxRetries: 20, retryDelay: 20 });
  appendFileSync(join(dataDir, 'snapshots'), 'not a folder');
  void engine
    .record(
      Array.from({ length: 200 }, (_, i) => counted(i, 1)),
      1,
    )
    .catch(() => {});
  expect(await ended.promise).toBe(70);
  expect(said).toHaveLength(1);
  // ENOENT: one was being written when the folder went.
  expect(said[0]).toMatch(/^onhand: the shard thread 0 failed, the process ends: .*(ENOTDIR|ENOENT)/);
});

function flipByte(path: string, at: number): void {
  const fd = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  writeSync(fd, Buffer.of(byte[0]! ^ 0xff), 0, 1, at);
  closeSync(fd);
}
