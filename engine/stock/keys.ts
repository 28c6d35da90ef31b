import type { ReservationId } from '../contract/ids.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';

// Idempotency keys (rule RS2): digest of (client, key) -> digest of the content and the first answer.

/** Keys live 24 h after what they made has ended, in ms. */
export const KEY_KEPT_MS = 24 * 3_600_000;

/** Keys a shard remembers, about 300 bytes each: when it is full, new ones are refused and none is forgotten early. */
export const KEYS_MAX = 500_000;

export interface KeyRow {
  readonly contentDigest: string;
  readonly lsn: number;
  readonly made: ReservationId | Refused<ReserveRefusal>;
}

export interface KeysSaved {
  readonly rows: readonly (readonly [string, KeyRow])[];
  readonly ended: readonly (readonly [string, number])[];
}

export class KeyTable {
  private readonly rows = new Map<string, KeyRow>();
  /** When the key's thing ended, oldest first: facts never run backwards in time. */
  private readonly ended = new Map<string, number>();

  find(keyDigest: string): KeyRow | undefined {
    return this.rows.get(keyDigest);
  }

  get isFull(): boolean {
    return this.rows.size >= KEYS_MAX;
  }

  put(keyDigest: string, row: KeyRow): void {
    this.rows.set(keyDigest, row);
  }

  end(keyDigest: string, atMs: number): void {
    this.ended.set(keyDigest, atMs);
  }

  forgetOld(atMs: number): void {
    for (const [keyDigest, endedAt] of this.ended) {
      if (endedAt + KEY_KEPT_MS > atMs) return;
      this.ended.delete(keyDigest);
      this.rows.delete(keyDigest);
    }
  }

  save(): KeysSaved {
    return { rows: [...this.rows], ended: [...this.ended] };
  }

  load(saved: KeysSaved): void {
    for (const [keyDigest, row] of saved.rows) this.rows.set(keyDigest, row);
    for (const [keyDigest, atMs] of saved.ended) this.ended.set(keyDigest, atMs);
  }
}
