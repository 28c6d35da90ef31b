import { randomInt } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk } from './disk.ts';
import { isEpoch } from './frame.ts';
import { takeLock } from './folder-lock.ts';

// The data folder: who it is (onhand.json), who uses it (onhand.lock), where things lie in it.
//
//   onhand.json   written whole, when the folder is created and when a loss is accepted
//   onhand.lock   the process that uses it
//   journal/      segments or the sqlite file, and archive/
//   snapshots/    newest two of each shard

/** Format of the folder; a newer one is refused, since its bytes may mean something else. */
const FORMAT = 2;
const STOCK_SHARDS = 16;
const PROMISE_SHARDS = 4;
const ORDER_SHARDS = 4;
const NODE_SHARDS = 2;

export type JournalKind = 'segments' | 'sqlite';

/** Start-up cannot go on with this folder; the message says what to do. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

interface FolderIdentity {
  readonly format: number;
  /** Eight of 0-9 a-z, random; new when a folder is created, never by a restart. */
  readonly epoch: string;
  readonly stockShards: number;
  readonly promiseShards: number;
  readonly orderShards: number;
  readonly nodeShards: number;
  readonly journal: JournalKind;
  /** ISO 8601. */
  readonly createdAt: string;
  /** How often an operator went on behind a damage; absent when never. */
  readonly losses?: number;
}

export interface Folder extends FolderIdentity {
  readonly created: boolean;
  /** What the outside knows as the epoch: also new after an accepted loss, since revisions seen then may come again. */
  readonly wireEpoch: string;
  readonly journalDir: string;
  readonly snapshotsDir: string;
  /** Lets another process have the folder. */
  close(): void;
}

export interface FolderOptions {
  /** Default 16 for a new folder, what the folder has for an existing one. */
  readonly stockShards?: number;
  /** Of a new folder; default 4. */
  readonly promiseShards?: number;
  /** Of a new folder; default 4 and 2. */
  readonly orderShards?: number;
  readonly nodeShards?: number;
  /** Default `segments` for a new folder, what the folder has for an existing one. */
  readonly journal?: JournalKind;
  /** The operator's word that what a damaged journal lost is lost. */
  readonly acceptLoss?: boolean;
  readonly nowMs?: number;
}

export function openFolder(dir: string, options: FolderOptions = {}): Folder {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const release = takeLock(join(dir, 'onhand.lock'));
  try {
    const file = join(dir, 'onhand.json');
    const created = !existsSync(file);
    if (created) writeIdentity(dir, file, newIdentity(options));
    const found = readIdentity(file);
    requireSame(file, found, options);
    const identity = options.acceptLoss === true && !created ? { ...found, losses: (found.losses ?? 0) + 1 } : found;
    // Of an older format too: who only reads that must not open it any more.
    if (identity !== found || parse(file)['format'] !== FORMAT) writeIdentity(dir, file, identity);
    const journalDir = join(dir, 'journal');
    const snapshotsDir = join(dir, 'snapshots');
    for (const path of [journalDir, snapshotsDir]) nodeDisk.makeDir(path);
    nodeDisk.syncDir(dir);
    const { epoch, losses } = identity;
    const wireEpoch = losses === undefined ? epoch : `${epoch}.${losses}`;
    return { ...identity, created, wireEpoch, journalDir, snapshotsDir, close: release };
  } catch (error) {
    release();
    throw error;
  }
}

function newIdentity(options: FolderOptions) {
  const {
    stockShards = STOCK_SHARDS,
    promiseShards = PROMISE_SHARDS,
    orderShards = ORDER_SHARDS,
    nodeShards = NODE_SHARDS,
    journal = 'segments',
    nowMs = Date.now(),
  } = options;
  if (!Number.isInteger(stockShards) || stockShards < 1 || stockShards > 4096) {
    throw new FolderError(`stockShards must be 1 to 4096, got ${stockShards}`);
  }
  const epoch = Array.from({ length: 8 }, () => randomInt(36).toString(36)).join('');
  const createdAt = new Date(nowMs).toISOString();
  return { format: FORMAT, epoch, stockShards, promiseShards, orderShards, nodeShards, journal, createdAt };
}

/** Whole or not at all: a folder without identity is a new one, one with half an identity would be lost. */
function writeIdentity(dir: string, file: string, identity: FolderIdentity): void {
  const fd = openSync(`${file}.tmp`, 'w', 0o600);
  try {
    writeSync(fd, `${JSON.stringify(identity, undefined, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.tmp`, file);
  nodeDisk.syncDir(dir);
}

function readIdentity(file: string): FolderIdentity {
  const known = withOrders(parse(file));
  if (typeof known['format'] === 'number' && known['format'] > FORMAT) {
    throw new FolderError(
      `${file} has format ${known['format']}, this version reads up to ${FORMAT}; use the newer version that wrote it`,
    );
  }
  const { format, epoch, stockShards, promiseShards, orderShards, nodeShards, journal, createdAt } = known;
  const whole =
    format === FORMAT &&
    typeof epoch === 'string' &&
    isEpoch(epoch) &&
    Number.isInteger(stockShards) &&
    Number.isInteger(promiseShards) &&
    Number.isInteger(orderShards) &&
    Number.isInteger(nodeShards) &&
    (journal === 'segments' || journal === 'sqlite') &&
    typeof createdAt === 'string';
  if (!whole) throw new FolderError(`${file} is damaged; restore it from a backup, the journal cannot be read without`);
  return known as unknown as FolderIdentity;
}

/** A folder from before there were orders: its shards of orders and nodes come behind all others, and begin empty. */
function withOrders(known: Record<string, unknown>): Record<string, unknown> {
  return known['format'] === 1
    ? { ...known, format: FORMAT, orderShards: ORDER_SHARDS, nodeShards: NODE_SHARDS }
    : known;
}

function parse(file: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) };
  } catch (error) {
    throw new FolderError(`${file} cannot be read; restore it from a backup`, { cause: error });
  }
}

function requireSame(file: string, identity: FolderIdentity, { stockShards, journal }: FolderOptions): void {
  if (stockShards !== undefined && stockShards !== identity.stockShards) {
    throw new FolderError(
      `stockShards must be ${identity.stockShards} as in ${file}, got ${stockShards}; it is fixed when a folder is created`,
    );
  }
  if (journal !== undefined && journal !== identity.journal) {
    throw new FolderError(
      `journal must be ${identity.journal} as in ${file}, got ${journal}; it is fixed when a folder is created`,
    );
  }
}
