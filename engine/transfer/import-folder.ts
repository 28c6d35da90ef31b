import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { nodeDisk } from '../journal/disk.ts';
import { type Folder, openFolder } from '../journal/folder.ts';
import { createPartition, type ShardCounts } from '../shard/partition.ts';
import { readBody } from './import-body.ts';
import { Lines } from './import-lines.ts';
import { EXPORT_FORMAT, type FileLine, type HeaderLine, OTHER_FILES, TransferError } from './lines.ts';
import { NewHistory } from './new-history.ts';
import { syncTree } from './sync-tree.ts';

export interface Imported {
  readonly epoch: string;
  readonly facts: number;
  readonly images: number;
  readonly shards: number;
}

/**
 * Makes a data folder from the lines of an export. It is made aside, and gets its name when every line, count and digest
 * has held: whatever goes wrong leaves no folder behind. Throws TransferError.
 */
export async function importFolder(lines: AsyncIterable<string>, target: string): Promise<Imported> {
  const dir = resolve(target);
  if (existsSync(dir) && readdirSync(dir).length > 0) throw new TransferError(`${target} is not empty`);
  const aside = `${dir}.importing`;
  if (existsSync(aside)) {
    throw new TransferError(`${aside} exists: another import runs, or one has died; delete it when none runs`);
  }
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  try {
    const imported = await importInto(new Lines(lines), aside);
    syncTree(aside);
    renameSync(aside, dir);
    nodeDisk.syncDir(dirname(dir));
    return imported;
  } catch (error) {
    // The journal may be making its next segment at this moment.
    rmSync(aside, { recursive: true, force: true, maxRetries: 10 });
    throw error;
  }
}

async function importInto(lines: Lines, dir: string): Promise<Imported> {
  const header = requireHeader(await lines.first());
  const { stockShards, promiseShards, orderShards, nodeShards, first } = header;
  const counts = { stockShards, promiseShards, orderShards, nodeShards };
  const folder: Folder = openFolder(dir, { ...counts, journal: 'segments' });
  const history = new NewHistory(folder, createPartition(counts), first);
  try {
    const { facts, images } = await readBody(lines, header, history, (line) => keepFile(dir, line));
    await history.finish();
    return { epoch: folder.wireEpoch, facts, images, shards: header.shards };
  } finally {
    history.close();
    folder.close();
  }
}

function requireHeader(line: unknown): HeaderLine {
  const header = line as Partial<HeaderLine> | null;
  if (header?.onhand !== 'export') throw new TransferError('line 1: this is no export of Onhand');
  const { format, stockShards, promiseShards, orderShards, nodeShards, shards, first, begins } = header;
  if (typeof format !== 'number' || format > EXPORT_FORMAT) {
    throw new TransferError(`line 1: format is ${String(format)}, this version reads up to ${EXPORT_FORMAT}`);
  }
  const counts = { stockShards, promiseShards, orderShards, nodeShards } as ShardCounts;
  const whole = [...Object.values(counts), shards, first].every((count) => Number.isSafeInteger(count) && count! > 0);
  if (!whole || shards !== createPartition(counts).shards) {
    throw new TransferError(`line 1: the counts of shards do not fit together`);
  }
  if (begins !== (first === 1 ? 'first-fact' : 'images')) {
    throw new TransferError(`line 1: begins is ${String(begins)} and first is ${first}`);
  }
  return header as HeaderLine;
}

function keepFile(dir: string, { file, text }: FileLine): void {
  // Only names we know: a name in a file must never lead out of the folder.
  if (!OTHER_FILES.includes(file)) throw new TransferError(`file ${JSON.stringify(file)} is none that an export has`);
  writeFileSync(join(dir, file), text, { mode: 0o600, flag: 'wx' });
}
