import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assert } from '../contract/assert.ts';
import { nodeDisk } from './disk.ts';
import { isEpoch } from './frame.ts';
import type { Journal, Positioned } from './journal.ts';
import { CorruptionError, JournalError } from './journal.ts';
import { decodeRecords } from './records.ts';

// The second implementation of the port, for differential tests and for those who want to look into the journal with
// any SQLite tool. Not the default: a flipped bit in SQLite's log makes committed rows vanish silently, and one file
// cannot drop its beginning.

const FILE = 'journal.sqlite';
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY, at REAL NOT NULL, shard INTEGER NOT NULL, lsn INTEGER NOT NULL, fact BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS journal (
    one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, head INTEGER NOT NULL, first INTEGER NOT NULL, at REAL NOT NULL
  ) STRICT;
`;
/** Rows fetched at once while reading, so that no statement stays open across commits. */
const READ_ROWS = 1024;

export function openSqliteJournal({ dir, epoch }: { readonly dir: string; readonly epoch: string }): Journal {
  return new SqliteJournal(dir, epoch);
}

class SqliteJournal implements Journal {
  readonly #db: DatabaseSync;
  #head = 0;
  #first = 1;
  #atMs = 0;
  #ended: JournalError | undefined;

  constructor(dir: string, epoch: string) {
    assert(isEpoch(epoch), () => `epoch must be 8 of 0-9 a-z, got ${JSON.stringify(epoch)}`);
    nodeDisk.makeDir(dir);
    const file = join(dir, FILE);
    this.#db = new DatabaseSync(file);
    try {
      // One connection writes; FULL makes each commit durable before it returns.
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      this.#db.exec(SCHEMA);
      this.#db.prepare('INSERT OR IGNORE INTO journal VALUES (1, ?, 0, 1, 0)').run(epoch);
      nodeDisk.syncDir(dir);
      this.#load(file, epoch);
    } catch (error) {
      this.#db.close();
      if (error instanceof CorruptionError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new CorruptionError(why, { file, offset: 0, position: 0 }, { cause: error });
    }
  }

  get head(): number {
    return this.#head;
  }

  get first(): number {
    return this.#first;
  }

  get segments(): number {
    return 1;
  }

  append(batches: readonly Uint8Array[], atMs: number): number {
    return this.#orEnd('append', () => {
      const first = this.#head + 1;
      const time = Math.max(atMs, this.#atMs);
      this.#db.exec('BEGIN IMMEDIATE');
      const insert = this.#db.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?)');
      let position = first;
      for (const batch of batches) {
        for (const { shard, lsn, fact } of decodeRecords(batch)) insert.run(position++, time, shard, lsn, fact);
      }
      this.#db.prepare('UPDATE journal SET head = ?, at = ?').run(position - 1, position > first ? time : this.#atMs);
      this.#db.exec('COMMIT');
      if (position > first) this.#atMs = time;
      this.#head = position - 1;
      return first;
    });
  }

  seal(): void {
    this.#requireOpen();
  }

  read(from: number): Iterable<Positioned> {
    this.#requireOpen();
    assert(from >= this.#first, () => `position ${from} was released, the oldest kept is ${this.#first}`);
    return readRows(this.#db, from, this.#head);
  }

  releaseBefore(position: number): readonly string[] {
    return this.#orEnd('release', () => {
      const first = Math.min(Math.max(position, this.#first), this.#head + 1);
      if (first === this.#first) return [];
      const moved = `positions ${this.#first}-${first - 1}`;
      this.#db.exec('BEGIN IMMEDIATE');
      this.#db.prepare('DELETE FROM records WHERE position < ?').run(first);
      this.#db.prepare('UPDATE journal SET first = ?').run(first);
      this.#db.exec('COMMIT');
      this.#first = first;
      return [moved];
    });
  }

  close(): void {
    if (this.#ended !== undefined) return;
    this.#ended = new JournalError('the journal is closed');
    this.#db.close();
  }

  #load(file: string, epoch: string): void {
    const row = this.#db.prepare('SELECT epoch, head, first, at FROM journal').get();
    const count = this.#db.prepare('SELECT count(*) AS n, max(position) AS last FROM records').get();
    this.#head = Number(row?.['head']);
    this.#first = Number(row?.['first']);
    this.#atMs = Number(row?.['at']);
    const place = { file, offset: 0, position: this.#head };
    if (row?.['epoch'] !== epoch)
      throw new CorruptionError(`journal has epoch ${String(row?.['epoch'])}, the folder ${epoch}`, place);
    const rows = this.#head - this.#first + 1;
    if (count?.['n'] !== rows)
      throw new CorruptionError(`${String(count?.['n'])} rows where ${rows} were committed`, place);
  }

  #requireOpen(): void {
    if (this.#ended !== undefined) throw new JournalError(this.#ended.message, { cause: this.#ended });
  }

  #orEnd<T>(what: string, act: () => T): T {
    this.#requireOpen();
    try {
      return act();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#ended = new JournalError(`${what} failed: ${why}`, { cause: error });
      this.#db.close();
      throw this.#ended;
    }
  }
}

/** Read-only, from any thread, also while the journal is open. */
export function* readSqlite({ dir, from, to }: { dir: string; from: number; to?: number }): Generator<Positioned> {
  const file = join(dir, FILE);
  if (!existsSync(file)) return;
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    yield* readRows(db, from, to ?? Number(db.prepare('SELECT head FROM journal').get()?.['head'] ?? 0));
  } finally {
    db.close();
  }
}

/** Oldest position that is kept; undefined when nothing was ever written here. */
export function oldestOfSqlite(dir: string): number | undefined {
  const file = join(dir, FILE);
  if (!existsSync(file)) return undefined;
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(db.prepare('SELECT first FROM journal').get()?.['first'] ?? 1);
  } finally {
    db.close();
  }
}

function* readRows(db: DatabaseSync, from: number, to: number): Generator<Positioned> {
  const select = db.prepare(
    'SELECT position, at, shard, lsn, fact FROM records WHERE position >= ? AND position <= ? ORDER BY position LIMIT ?',
  );
  for (let next = from; next <= to;) {
    const rows = select.all(next, to, READ_ROWS);
    for (const row of rows) {
      const position = Number(row['position']);
      if (position !== next) break;
      const record = { shard: Number(row['shard']), lsn: Number(row['lsn']), fact: row['fact'] as Uint8Array };
      yield { position, atMs: Number(row['at']), record };
      next++;
    }
    if (rows.length === 0 || next <= Math.min(to, Number(rows.at(-1)?.['position']))) {
      throw new CorruptionError('the row is missing', { file: FILE, offset: 0, position: next });
    }
  }
}
