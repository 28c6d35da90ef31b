import type { DatabaseSync } from 'node:sqlite';
import { inOneCommit } from '../desk/desk-file.ts';

/** Rows forgotten per row remembered: more than come, so that the past does not pile up. */
const FORGOTTEN_AT_ONCE = 100;

/** Ids of deliveries that were taken, so that none counts twice: durable, for a time, and bounded. */
export class SeenIds {
  readonly #db: DatabaseSync;
  readonly #keepMs: number;
  readonly #max: number;
  #count: number;

  constructor(db: DatabaseSync, { keepMs, max }: { readonly keepMs: number; readonly max: number }) {
    this.#db = db;
    this.#keepMs = keepMs;
    this.#max = max;
    this.#count = Number(db.prepare('SELECT count(*) AS rows FROM seen').get()?.['rows']);
  }

  /** `full`: one more would make room by forgetting one that may still come again, so nothing more is taken. */
  look(source: string, keys: readonly string[], nowMs: number): 'seen' | 'new' | 'full' {
    const find = this.#db.prepare('SELECT at FROM seen WHERE source = ? AND key = ?');
    const isKnown = keys.some((key) => Number(find.get(source, key)?.['at'] ?? -Infinity) > nowMs - this.#keepMs);
    if (isKnown) return 'seen';
    if (this.#count >= this.#max) this.#count -= this.#forget(nowMs);
    return this.#count >= this.#max ? 'full' : 'new';
  }

  /** Durable when it returns. */
  remember(source: string, keys: readonly string[], nowMs: number): void {
    const at = Math.floor(nowMs);
    const more = inOneCommit(this.#db, () => {
      const add = this.#db.prepare('INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
      const renew = this.#db.prepare('UPDATE seen SET at = ? WHERE source = ? AND key = ?');
      let added = 0;
      for (const key of keys) {
        if (add.run(source, key, at).changes > 0) added += 1;
        else renew.run(at, source, key);
      }
      return added - this.#forget(nowMs);
    });
    this.#count += more;
  }

  /** Returns how many. */
  #forget(nowMs: number): number {
    const { changes } = this.#db
      .prepare(
        'DELETE FROM seen WHERE (source, key) IN (SELECT source, key FROM seen WHERE at <= ? ORDER BY at LIMIT ?)',
      )
      .run(Math.floor(nowMs - this.#keepMs), FORGOTTEN_AT_ONCE);
    return Number(changes);
  }
}
