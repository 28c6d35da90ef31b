import { rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { AuditDraft } from './audit-entries.ts';
import { AUDIT_SCHEMA, AuditLog } from './audit-log.ts';
import { present } from './movement-columns.ts';
import { type Draft, type HeldLines } from './movements.ts';
import { NOTICES_SCHEMA, NoticeTable } from './notices.ts';
import { OUTFEED_SCHEMA, OutfeedIndex } from './outfeed-index.ts';
import type { WorkNews } from '../contract/work-order.ts';
import { WORK_SCHEMA, WorkIndex } from './work-index.ts';

// ledger.sqlite: a read model of the journal. It may be deleted at any time; it is then written again from the journal
// and its archive, as far back as they reach.

/** Changes when the tables do, or what their rows say: an older file is written again. */
export const LAYOUT = 6;
/** Rows of one fact: lines of a reservation, or rows of reference data in one fact (500). */
const ROWS_PER_POSITION = 1024;
const MINUTE_MS = 60_000;

/** Kinds that are few among many; a condition of the index and of the questions that need it. */
export const RARE = `kind NOT IN ('delta', 'snapshot')`;

const SCHEMA = `
  CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1), layout INTEGER NOT NULL, epoch TEXT NOT NULL,
    position INTEGER NOT NULL, lsns TEXT NOT NULL, first INTEGER NOT NULL, first_at REAL NOT NULL
  ) STRICT;
  CREATE TABLE movements (
    row INTEGER PRIMARY KEY, shard INTEGER NOT NULL, lsn INTEGER NOT NULL, recorded_at REAL NOT NULL, kind TEXT NOT NULL,
    sku TEXT, node TEXT, grp TEXT, units REAL, source TEXT, event TEXT, at REAL NOT NULL, posted_at REAL,
    stream TEXT, epoch REAL, seq REAL, reason TEXT, ref TEXT, channel TEXT, detail TEXT
  ) STRICT;
  CREATE INDEX by_sku ON movements (sku) WHERE sku IS NOT NULL;
  CREATE INDEX by_node ON movements (node) WHERE node IS NOT NULL;
  CREATE INDEX holds ON movements (ref) WHERE kind IN ('hold', 'release');
  CREATE INDEX completes ON movements (shard) WHERE kind = 'complete';
  CREATE INDEX reference ON movements (reason) WHERE kind = 'reference';
  CREATE INDEX rare ON movements (kind) WHERE ${RARE};
  CREATE TABLE minutes (minute INTEGER PRIMARY KEY, row INTEGER NOT NULL) STRICT;
  ${AUDIT_SCHEMA}
  ${OUTFEED_SCHEMA}
  ${NOTICES_SCHEMA}
  ${WORK_SCHEMA}
`;

export interface Progress {
  /** Newest position of the journal that is in the ledger. */
  readonly position: number;
  /** Newest lsn of each shard. */
  readonly lsns: readonly number[];
  /** Oldest position that is in the ledger, and its journal time. */
  readonly first: number;
  readonly firstAtMs: number;
}

export interface PlacedFact {
  readonly position: number;
  readonly shard: number;
  readonly lsn: number;
  readonly atMs: number;
}

/** The one connection that writes, and that reads for those who ask: queries come between two commits. */
export class LedgerFile {
  readonly db: DatabaseSync;
  readonly audit: AuditLog;
  readonly outfeeds: OutfeedIndex;
  readonly notices: NoticeTable;
  readonly work: WorkIndex;
  readonly #insert: StatementSync;
  readonly #minute: StatementSync;
  readonly #heldLines: StatementSync;
  readonly #firstMinute: StatementSync;
  readonly #progress: StatementSync;
  #lastMinute = -1;

  private constructor(db: DatabaseSync, epoch: string) {
    this.db = db;
    this.audit = new AuditLog(db);
    this.notices = new NoticeTable(db);
    this.work = new WorkIndex(db, epoch);
    // Offsets are of this layout's rows.
    this.outfeeds = new OutfeedIndex(db, `${epoch}.${LAYOUT}`);
    this.#insert = db.prepare(`INSERT INTO movements VALUES (${Array.from({ length: 20 }, () => '?').join(', ')})`);
    this.#minute = db.prepare('INSERT OR IGNORE INTO minutes VALUES (?, ?)');
    this.#heldLines = db.prepare(
      `SELECT sku, node, grp AS "group", sum(iif(kind = 'hold', units, -units)) AS units, max(channel) AS channel
       FROM movements WHERE kind IN ('hold', 'release') AND ref = ? AND shard = ?
       GROUP BY sku, node, grp HAVING sum(iif(kind = 'hold', units, -units)) > 0 ORDER BY min(row)`,
    );
    this.#firstMinute = db.prepare('SELECT minute, row FROM minutes WHERE minute >= ? ORDER BY minute LIMIT 1');
    this.#progress = db.prepare('UPDATE progress SET position = ?, lsns = ?, first = ?, first_at = ?');
  }

  /** Undefined when the file is not one of this journal, or none that can be read. */
  static openExisting(path: string, epoch: string): LedgerFile | undefined {
    let db: DatabaseSync | undefined;
    try {
      db = connect(path);
      const row = db.prepare('SELECT layout, epoch FROM progress').get();
      if (row?.['layout'] === LAYOUT && row['epoch'] === epoch) return new LedgerFile(db, epoch);
    } catch {
      // Not a database, or another program's: it is written again, like one of another journal.
    }
    db?.close();
    return undefined;
  }

  /** A new one in place of whatever was there; it will begin with the position `first`. */
  static create(path: string, epoch: string, first: number): LedgerFile {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    const db = connect(path);
    db.exec(SCHEMA);
    db.prepare('INSERT INTO progress VALUES (1, ?, ?, ?, ?, ?, 0)').run(LAYOUT, epoch, first - 1, '[]', first);
    return new LedgerFile(db, epoch);
  }

  progress(): Progress {
    const row = this.db.prepare('SELECT position, lsns, first, first_at FROM progress').get();
    return {
      position: Number(row?.['position']),
      lsns: JSON.parse(String(row?.['lsns'])) as number[],
      first: Number(row?.['first']),
      firstAtMs: Number(row?.['first_at']),
    };
  }

  /** Everything `write` adds is committed together with the progress it returns. */
  commit(write: () => Progress): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const { position, lsns, first, firstAtMs } = write();
      this.#progress.run(position, JSON.stringify(lsns), first, firstAtMs);
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Inside commit(). */
  add(fact: PlacedFact, drafts: readonly Draft[]): void {
    const { position, shard, lsn, atMs } = fact;
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute !== this.#lastMinute) this.#minute.run(minute, position * ROWS_PER_POSITION);
    this.#lastMinute = minute;
    let row = position * ROWS_PER_POSITION;
    for (const d of drafts) {
      const detail = d.detail === undefined ? null : JSON.stringify(d.detail);
      const place = [d.sku ?? null, d.node ?? null, d.group ?? null, d.units ?? null];
      const event = [d.source ?? null, d.id ?? null, d.at, d.postedAt ?? null];
      const numbers = [d.stream ?? null, d.epoch ?? null, d.seq ?? null];
      const rest = [d.reason ?? null, d.ref ?? null, d.channel ?? null, detail];
      this.#insert.run(row, shard, lsn, atMs, d.kind, ...place, ...event, ...numbers, ...rest);
      this.outfeeds.add(row++, d);
    }
  }

  /** Inside commit(). */
  addAudit({ position, atMs }: PlacedFact, drafts: readonly AuditDraft[]): void {
    this.audit.add(position * ROWS_PER_POSITION, atMs, drafts);
  }

  /** Inside commit(). */
  addWork({ position, atMs }: PlacedFact, news: WorkNews): void {
    this.work.add(position * ROWS_PER_POSITION, atMs, news);
  }

  heldLines(shard: number): HeldLines {
    return (hold) => this.#heldLines.all(hold, shard).map((row) => present(row) as unknown as Draft);
  }

  /** Deletes the oldest rows of a journal time before the moment, `most` at a time; when all are gone, where the ledger begins. */
  dropBefore(atMs: number, most: number): Pick<Progress, 'first' | 'firstAtMs'> | undefined {
    const kept = this.#minuteFrom(atMs);
    if (kept === undefined) return undefined;
    const { minute, row } = kept;
    // An outfeed is behind with its forgetting: its events are rows.
    if (this.outfeeds.oldestRow < row) return undefined;
    const { changes } = this.db
      .prepare('DELETE FROM movements WHERE row IN (SELECT row FROM movements WHERE row < ? ORDER BY row LIMIT ?)')
      .run(row, most);
    if (Number(changes) > 0) return undefined;
    this.audit.dropBefore(row);
    this.notices.dropBefore(row / ROWS_PER_POSITION);
    const dropped = this.db.prepare('DELETE FROM minutes WHERE minute < ?').run(minute).changes;
    return Number(dropped) > 0 ? { first: row / ROWS_PER_POSITION, firstAtMs: minute * MINUTE_MS } : undefined;
  }

  /** Inside commit(): outfeeds forget what is older than the moment, or beyond so many events. */
  trimOutfeeds(atMs: number, keepEvents: number, most: number): void {
    this.outfeeds.trim(this.#minuteFrom(atMs)?.row ?? 0, keepEvents, most);
  }

  /** The first minute from the moment on in which there was a row. */
  #minuteFrom(atMs: number): { readonly minute: number; readonly row: number } | undefined {
    const found = this.#firstMinute.get(Math.floor(atMs / MINUTE_MS));
    return found && { minute: Number(found['minute']), row: Number(found['row']) };
  }

  close(): void {
    this.db.close();
  }
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  // NORMAL: a power cut may take the last commits, which are then read from the journal again. 32 MiB of log before it is
  // copied into the file: rows of many skus touch the same pages of an index, which are then copied once.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8192;
    PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY`);
  return db;
}
