import type { ReservationId } from '../contract/ids.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import { Remembered } from './remembered.ts';

// Idempotency keys (rule RS2): digest of (client, key) -> digest of the content and the first answer.

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
  private readonly ended = new Remembered<string>();
  private readonly forget = (keyDigest: string): void => void this.rows.delete(keyDigest);

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
    this.ended.add(keyDigest, atMs);
  }

  forgetOld(atMs: number): void {
    this.ended.forgetOld(atMs, this.forget);
  }

  save(): KeysSaved {
    return { rows: [...this.rows], ended: this.ended.save() };
  }

  load(saved: KeysSaved): void {
    for (const [keyDigest, row] of saved.rows) this.rows.set(keyDigest, row);
    this.ended.load(saved.ended);
  }
}
