import { openDeskFile } from '../desk/desk-file.ts';
import type { AuditEntry } from '../protocol/audit-bodies.ts';

// audit.sqlite, of one thread (audit.worker.ts), because a sync takes its time.

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, path TEXT NOT NULL,
    about TEXT, status INTEGER, code TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS commands_by ON commands (by, id);
  CREATE INDEX IF NOT EXISTS commands_at ON commands (at);
`;

const DAY_MS = 86_400_000;
/** Commands between two looks for what is too old; by so many there may be more than the bound meanwhile. */
const PRUNE_EVERY = 500;

export interface AuditBounds {
  readonly path: string;
  readonly days: number;
  readonly rowsMax: number;
}

export type CommandBegun = Pick<AuditEntry, 'at' | 'by' | 'what' | 'path' | 'about'>;

export interface AuditQuery {
  readonly by?: string;
  readonly what?: string;
  readonly from?: number;
  readonly to?: number;
  /** Id of the last one of the page before. */
  readonly after?: number;
  readonly limit: number;
}

export type AuditDesk = ReturnType<typeof createAuditDesk>;

export function createAuditDesk({ path, days, rowsMax }: AuditBounds) {
  const db = openDeskFile(path);
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT INTO commands (at, by, what, path, about) VALUES (?, ?, ?, ?, ?)');
  const finish = db.prepare('UPDATE commands SET status = ?, code = ? WHERE id = ?');
  const prune = (now: number): void => {
    db.prepare('DELETE FROM commands WHERE at < ?').run(now - days * DAY_MS);
    db.prepare('DELETE FROM commands WHERE id <= (SELECT max(id) FROM commands) - ?').run(rowsMax);
  };
  let begun = 0;
  return {
    /** Durable when answered. */
    begin({ at, by, what, path: of, about }: CommandBegun): number {
      const { lastInsertRowid } = insert.run(at, by, what, of, about ?? null);
      if (begun++ % PRUNE_EVERY === 0) prune(at);
      return Number(lastInsertRowid);
    },
    end(id: number, status: number, code: string | undefined): void {
      finish.run(status, code ?? null, id);
    },
    page({ by, what, from, to, after, limit }: AuditQuery): readonly AuditEntry[] {
      const rows = db
        .prepare(
          `SELECT * FROM commands WHERE id < ?1 AND (?2 IS NULL OR by = ?2) AND (?3 IS NULL OR what = ?3) AND at >= ?4 AND at <= ?5
           ORDER BY id DESC LIMIT ?6`,
        )
        .all(
          after ?? Number.MAX_SAFE_INTEGER,
          by ?? null,
          what ?? null,
          from ?? 0,
          to ?? Number.MAX_SAFE_INTEGER,
          limit,
        );
      return rows.map(entryOf);
    },
    close(): void {
      db.close();
    },
  };
}

function entryOf(row: Readonly<Record<string, unknown>>): AuditEntry {
  // What is not known is absent.
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as AuditEntry;
}
