import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AuditEntry, AuditPage, AuditQuery } from '../contract/reference-change.ts';
import type { AuditDraft } from './audit-entries.ts';

// Who changed which row of reference data: a table beside the movements, written from the same journal, kept as long.

export const AUDIT_SCHEMA = `
  CREATE TABLE audit (row INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, entry TEXT NOT NULL)
    STRICT;
  CREATE INDEX audit_by_row ON audit (kind, key);
`;

export class AuditLog {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?)');
  }

  /** `row`: place of the first. */
  add(row: number, atMs: number, drafts: readonly AuditDraft[]): void {
    for (const [index, draft] of drafts.entries()) {
      this.#insert.run(row + index, atMs, draft.of, draft.key, JSON.stringify(draft));
    }
  }

  /** `firstAtMs`: journal time at which the ledger begins; undefined: with the first fact there ever was. */
  page({ of, key, after, limit }: AuditQuery, firstAtMs: number | undefined): AuditPage {
    const parts = ['1 = 1'];
    const values: (string | number)[] = [];
    const add = (part: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      parts.push(part);
      values.push(value);
    };
    add('kind = ?', of);
    add('key = ?', key);
    add('row < ?', after);
    const rows = this.#db
      .prepare(`SELECT row, at, entry FROM audit WHERE ${parts.join(' AND ')} ORDER BY row DESC LIMIT ?`)
      .all(...values, limit);
    const entries = rows.map(({ row, at, entry }) => {
      return { row: Number(row), at: Number(at), ...(JSON.parse(String(entry)) as AuditDraft) } satisfies AuditEntry;
    });
    return { entries, ...(firstAtMs !== undefined && { reachesFrom: firstAtMs }) };
  }

  /** What came before the row that the ledger now begins with. */
  dropBefore(row: number): void {
    this.#db.prepare('DELETE FROM audit WHERE row < ?').run(row);
  }
}
