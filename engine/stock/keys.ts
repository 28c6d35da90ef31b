import { assert } from '../contract/assert.ts';
import { hex } from '../contract/digest.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import { ChainIndex, type ChainState } from './chain-index.ts';
import type { F64Column, U32Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { KEY_KEPT_MS } from './remembered.ts';
import { Rows, type RowsState } from './rows.ts';

// Idempotency keys (rule RS2): digest of (client, key) -> digest of the content and the first answer.
//
//   row   │ key 4 words │ content 4 words │ lsn │ endedAt │ next of its hash │ next that ended │      56 bytes in pages
//
// A reservation's id follows from the lsn, so only a refusal is kept as an object. Ended keys are a list, oldest first:
// facts never run backwards in time.

/** Keys a shard remembers, about 60 bytes each: when it is full, new ones are refused and none is forgotten early. */
export const KEYS_MAX = 500_000;

export interface KeyRow {
  readonly contentDigest: string;
  /** Of the fact that answered it first. */
  readonly lsn: number;
  /** Absent: that fact made a reservation. */
  readonly refusal?: Refused<ReserveRefusal>;
}

export interface KeysSaved {
  readonly rows: RowsState;
  readonly index: ChainState;
  readonly oldest: number;
  readonly newest: number;
  readonly refusals: readonly (readonly [number, Refused<ReserveRefusal>])[];
}

type Words = readonly [U32Column, U32Column, U32Column, U32Column];

export class KeyTable {
  private readonly key: Words;
  private readonly content: Words;
  private readonly lsn: F64Column;
  private readonly endedAt: F64Column;
  private readonly next: U32Column;
  private readonly nextEnded: U32Column;
  private readonly index: ChainIndex;
  private readonly rows: Rows;
  private readonly refusals = new Map<number, Refused<ReserveRefusal>>();
  /** Ends of the list of ended keys, 0 when there is none. */
  private oldest = 0;
  private newest = 0;

  constructor(pages: Pages) {
    this.key = [pages.u32(), pages.u32(), pages.u32(), pages.u32()];
    this.content = [pages.u32(), pages.u32(), pages.u32(), pages.u32()];
    this.lsn = pages.f64();
    this.endedAt = pages.f64();
    this.next = pages.u32();
    this.nextEnded = pages.u32();
    this.index = new ChainIndex(pages, this.next, (row) => this.key[3].get(row));
    const columns = [...this.key, ...this.content, this.lsn, this.endedAt, this.next, this.nextEnded];
    this.rows = new Rows(this.next, columns);
  }

  find(keyDigest: string): KeyRow | undefined {
    const row = this.rowOf(keyDigest);
    if (row === 0) return undefined;
    const [a, b, c, d] = this.content;
    const contentDigest = hex(a.get(row)) + hex(b.get(row)) + hex(c.get(row)) + hex(d.get(row));
    const refusal = this.refusals.get(row);
    return { contentDigest, lsn: this.lsn.get(row), ...(refusal !== undefined && { refusal }) };
  }

  has(keyDigest: string): boolean {
    return this.rowOf(keyDigest) !== 0;
  }

  get isFull(): boolean {
    return this.rows.used >= KEYS_MAX;
  }

  put(keyDigest: string, { contentDigest, lsn, refusal }: KeyRow): void {
    const row = this.rows.alloc();
    for (let word = 0; word < 4; word++) {
      this.key[word]?.set(row, wordOf(keyDigest, word));
      this.content[word]?.set(row, wordOf(contentDigest, word));
    }
    this.lsn.set(row, lsn);
    this.endedAt.set(row, 0);
    this.nextEnded.set(row, 0);
    this.index.insert(row, wordOf(keyDigest, 3));
    if (refusal !== undefined) this.refusals.set(row, refusal);
  }

  /** What the key made is over, or it made nothing. */
  end(keyDigest: string, atMs: number): void {
    const row = this.rowOf(keyDigest);
    assert(row !== 0, () => `key ${keyDigest} ends and is not remembered`);
    this.endedAt.set(row, atMs);
    if (this.newest === 0) this.oldest = row;
    else this.nextEnded.set(this.newest, row);
    this.newest = row;
  }

  forgetOld(atMs: number): void {
    while (this.oldest !== 0 && this.endedAt.get(this.oldest) + KEY_KEPT_MS <= atMs) this.forgetOldest();
  }

  private forgetOldest(): void {
    const row = this.oldest;
    this.oldest = this.nextEnded.get(row);
    if (this.oldest === 0) this.newest = 0;
    this.index.remove(row, this.key[3].get(row));
    this.rows.release(row);
    this.refusals.delete(row);
  }

  private rowOf(keyDigest: string): number {
    const a = wordOf(keyDigest, 0);
    const b = wordOf(keyDigest, 1);
    const c = wordOf(keyDigest, 2);
    const d = wordOf(keyDigest, 3);
    const { key } = this;
    let row = this.index.first(d);
    while (row !== 0) {
      const same = key[3].get(row) === d && key[2].get(row) === c && key[1].get(row) === b && key[0].get(row) === a;
      if (same) return row;
      row = this.next.get(row);
    }
    return 0;
  }

  save(): KeysSaved {
    const { oldest, newest } = this;
    return { rows: this.rows.save(), index: this.index.save(), oldest, newest, refusals: [...this.refusals] };
  }

  load(saved: KeysSaved): void {
    this.rows.load(saved.rows);
    this.index.load(saved.index);
    this.oldest = saved.oldest;
    this.newest = saved.newest;
    for (const [row, refusal] of saved.refusals) this.refusals.set(row, refusal);
  }
}

/** The 32-bit word of a digest's hex text, 0 to 3. Digits 0–9 are codes 48–57, a–f 97–102. */
function wordOf(digest: string, word: number): number {
  let value = 0;
  for (let at = 8 * word, end = at + 8; at < end; at++) {
    const code = digest.charCodeAt(at);
    value = (value << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return value >>> 0;
}
