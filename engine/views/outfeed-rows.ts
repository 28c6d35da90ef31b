import type { DatabaseSync } from 'node:sqlite';
import type { ChannelRef, NodeGroupRef, OutfeedRef, ReferenceBatch } from '../contract/reference.ts';
import type { RowsChanged } from '../contract/reference-change.ts';
import type { Places } from './outfeed-filter.ts';

// The reference data that outfeeds rest on, as it was at the fact the ledger has reached: main's is of now.

export const OUTFEED_ROWS_SCHEMA = `
  CREATE TABLE outfeed_rows (kind TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (kind, key))
    STRICT, WITHOUT ROWID;
`;

type Kept = Extract<ReferenceBatch, { of: 'groups' | 'channels' | 'outfeeds' }>;

export function isKept(batch: ReferenceBatch): batch is Kept {
  return batch.of === 'groups' || batch.of === 'channels' || batch.of === 'outfeeds';
}

export class OutfeedRows implements Places {
  readonly groups = new Map<string, NodeGroupRef>();
  readonly channels = new Map<string, ChannelRef>();
  readonly outfeeds = new Map<string, OutfeedRef>();
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    for (const { kind, key, row } of db.prepare('SELECT kind, key, row FROM outfeed_rows').all()) {
      this.#of(String(kind) as Kept['of']).set(String(key), JSON.parse(String(row)));
    }
  }

  /** Inside a commit. */
  put(batch: Kept, retire: RowsChanged['retire'] = []): void {
    const rows = this.#of(batch.of);
    const write = this.#db.prepare('INSERT OR REPLACE INTO outfeed_rows VALUES (?, ?, ?)');
    for (const row of batch.rows) {
      rows.set(row.id, row);
      write.run(batch.of, row.id, JSON.stringify(row));
    }
    for (const key of retire) {
      rows.delete(key);
      this.#db.prepare('DELETE FROM outfeed_rows WHERE kind = ? AND key = ?').run(batch.of, key);
    }
  }

  #of(of: Kept['of']): Map<string, unknown> {
    return this[of];
  }
}
