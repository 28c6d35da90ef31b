import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { WebhookScheme } from './signatures.ts';

/** What a source's deliveries are judged by. Kept as it is, since an HMAC needs the text: in a file that is 0600. */
export interface SourceSecret {
  readonly source: string;
  readonly scheme: WebhookScheme;
  readonly secret: string;
  readonly createdAt: number;
  /** The one before it, still accepted until then. */
  readonly previous?: { readonly secret: string; readonly until: number };
}

/** Sources that may post signed; each comparison is of one source's two secrets at most. */
export const SOURCES_MAX = 1_000;

export class SourceSecrets {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  all(): SourceSecret[] {
    return this.#db
      .prepare('SELECT row FROM secrets')
      .all()
      .map(({ row }) => JSON.parse(String(row)) as SourceSecret);
  }

  /** A new one beside the one there is, which stays valid for `overlapMs`: two at most. Durable when it returns. */
  put(
    made: Pick<SourceSecret, 'source' | 'scheme' | 'secret'>,
    overlapMs: number,
    nowMs: number,
  ): SourceSecret | 'too-many-secrets' {
    const all = this.all();
    const before = all.find(({ source }) => source === made.source);
    if (before === undefined && all.length >= SOURCES_MAX) return 'too-many-secrets';
    const overlaps = before !== undefined && before.scheme === made.scheme && overlapMs > 0;
    const row: SourceSecret = {
      ...made,
      createdAt: nowMs,
      ...(overlaps && { previous: { secret: before.secret, until: nowMs + overlapMs } }),
    };
    this.#db
      .prepare('INSERT INTO secrets VALUES (?, ?) ON CONFLICT DO UPDATE SET row = excluded.row')
      .run(row.source, JSON.stringify(row));
    return row;
  }

  remove(source: string): 'removed' | 'unknown-secret' {
    const { changes } = this.#db.prepare('DELETE FROM secrets WHERE source = ?').run(source);
    return Number(changes) > 0 ? 'removed' : 'unknown-secret';
  }
}

/** 256 random bits in Standard Webhooks' notation. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
