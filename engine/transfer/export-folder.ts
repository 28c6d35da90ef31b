import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { journalFacts, type PlacedRecord } from '../check/journal-facts.ts';
import { faultText, Report } from '../check/report.ts';
import { soundSnapshots } from '../check/snapshot-files.ts';
import { type Folder, FolderError, openFolder } from '../journal/folder.ts';
import { readFact } from '../shard/codec/fact-bytes.ts';
import { createPartition } from '../shard/partition.ts';
import { baseImages, imageLines } from './base-images.ts';
import { EXPORT_FORMAT, type EndLine, type FactLine, type HeaderLine, OTHER_FILES, TransferError } from './lines.ts';
import { States } from './states.ts';

/**
 * Every line of a data folder, each with its line feed. Replays what it writes, so a folder that does not add up gives no
 * backup but an error. Throws TransferError, FolderError, and FolderLockedError while a server uses the folder.
 */
export function* exportFolder(dir: string, nowMs: number, note: (line: string) => void): Generator<string> {
  if (!existsSync(join(dir, 'onhand.json'))) throw new FolderError(`${dir} is no data folder: it has no onhand.json`);
  const folder = openFolder(dir);
  const sha = createHash('sha256');
  let end: EndLine['end'];
  try {
    const lines = linesOf(dir, folder, nowMs, note);
    for (;;) {
      const step = lines.next();
      if (step.done === true) {
        end = step.value;
        break;
      }
      const line = `${JSON.stringify(step.value)}\n`;
      sha.update(line);
      yield line;
    }
  } finally {
    folder.close();
  }
  yield `${JSON.stringify({ end, sha256: sha.digest('hex') } satisfies EndLine)}\n`;
}

function* linesOf(
  dir: string,
  folder: Folder,
  nowMs: number,
  note: (line: string) => void,
): Generator<object, EndLine['end']> {
  const report = new Report();
  const snapshots = soundSnapshots(folder.snapshotsDir, new Report());
  const records = journalFacts(folder, Math.max(0, ...snapshots.map(({ position }) => position)), report);
  const begun = records.next();
  const first = begun.done === true ? 1 : begun.value.position;
  const partition = createPartition(folder);
  const states = new States(partition);
  yield header(folder, first, nowMs);
  for (const file of OTHER_FILES) {
    if (existsSync(join(dir, file))) yield { file, text: readFileSync(join(dir, file), 'utf8') };
  }
  let images = 0;
  if (first > 1) {
    note(`the archive begins at position ${first}: the export begins with the state of each shard`);
    for (const image of baseImages(folder, snapshots, { first, shards: partition.shards })) {
      const why = states.restore(image);
      if (why !== undefined) throw new TransferError(why);
      yield* imageLines(image);
      images += 1;
    }
  }
  let facts = 0;
  for (let step = begun; step.done !== true; step = records.next()) {
    if (step.value.position !== first + facts) throw new TransferError(`position ${first + facts} is missing`);
    yield factLine(step.value, states);
    facts += 1;
  }
  const [fault] = report.faults;
  if (fault !== undefined) throw new TransferError(`${faultText(fault)}; see npm run check:data`);
  for (const line of report.notes) note(line);
  return { facts, images, states: states.all() };
}

function header(folder: Folder, first: number, nowMs: number): HeaderLine {
  const { epoch, stockShards, promiseShards, orderShards, nodeShards, createdAt } = folder;
  return {
    onhand: 'export',
    format: EXPORT_FORMAT,
    epoch,
    stockShards,
    promiseShards,
    orderShards,
    nodeShards,
    shards: createPartition(folder).shards,
    first,
    begins: first === 1 ? 'first-fact' : 'images',
    folderCreatedAt: createdAt,
    exportedAt: new Date(nowMs).toISOString(),
  };
}

function factLine({ position, atMs, record, file, offset }: PlacedRecord, states: States): FactLine {
  const { shard, lsn } = record;
  const line = { position, shard, lsn, at: atMs, fact: readFact(record.fact) };
  const why = states.apply(line);
  if (why !== undefined)
    throw new TransferError(`${faultText({ file, offset, position, why })}; see npm run check:data`);
  return line;
}
