import type { DatabaseSync } from 'node:sqlite';

/** Up to where facts have become jobs. */
export interface FactCursor {
  /** Of the journal; with another one its numbers mean nothing. */
  readonly epoch: string;
  /** Journal position up to which notices are in. */
  readonly position: number;
  /** Per stock shard, its count of facts up to which changes are in. */
  readonly lsns: readonly number[];
}

export function readCursor(db: DatabaseSync): FactCursor | undefined {
  const row = db.prepare('SELECT row FROM cursor').get();
  return row === undefined ? undefined : (JSON.parse(String(row['row'])) as FactCursor);
}

/** Written after the jobs it stands for: whoever dies between puts the same events again, and they are known by their ids. */
export function writeCursor(db: DatabaseSync, cursor: FactCursor): void {
  db.prepare('INSERT INTO cursor VALUES (1, ?) ON CONFLICT DO UPDATE SET row = excluded.row').run(
    JSON.stringify(cursor),
  );
}

/** Nobody listens any more: what happens from now on is missed by nobody. */
export function dropCursor(db: DatabaseSync): void {
  db.exec('DELETE FROM cursor');
}
