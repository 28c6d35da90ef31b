import { digest } from '../contract/digest.ts';
import { linkedRows, NAMED_BY } from '../contract/reference-links.ts';
import {
  REFERENCE_KINDS,
  rowKey,
  type KitRef,
  type ReferenceBatch,
  type ReferenceKind,
} from '../contract/reference.ts';
import type { ReferenceRow, RowsPage, RowsQuery } from '../contract/reference-change.ts';
import { rowText, textDigest } from './row-text.ts';

/** A row, or what is left of one that was retired while a file still has it. */
interface Entry {
  readonly text?: string;
  readonly version: number;
  /** Digest of the row as its file said it last. */
  readonly file?: number;
}

/** A row as it is saved: its kind, key, version, the file's digest or 0, and the row or nothing. */
export type SavedRow = readonly [of: ReferenceKind, key: string, version: number, file: number, text: string | null];

/**
 * Reference data as a whole, every row with the version it came with. Rows are kept as text: most are only looked at when
 * somebody asks, and a hundred thousand items as objects would be a long pause for every collection.
 */
export class ReferenceBook {
  /** Grows with every change; 0 before the first. */
  version = 0;
  readonly #kinds = new Map(REFERENCE_KINDS.map((of) => [of, new Map<string, Entry>()]));
  /** Sum of the digests of all rows, so that the digest of the whole is known at any time. */
  readonly #sum = new Uint32Array(4);

  get digest(): string {
    return this.#sum.join(' ');
  }

  text(of: ReferenceKind, key: string): string | undefined {
    return this.#of(of).get(key)?.text;
  }

  /** Of a row that is there; 0: it is not. */
  versionOf(of: ReferenceKind, key: string): number {
    const entry = this.#of(of).get(key);
    return entry?.text === undefined ? 0 : entry.version;
  }

  fileDigest(of: ReferenceKind, key: string): number | undefined {
    return this.#of(of).get(key)?.file;
  }

  /** `fileDigests`: as their file says them, in the order of the rows. */
  put(batch: ReferenceBatch, version: number, fileDigests?: readonly number[]): void {
    for (const [index, row] of batch.rows.entries()) {
      const key = rowKey(batch.of, row);
      const file = fileDigests?.[index] ?? this.fileDigest(batch.of, key);
      this.#set(batch.of, key, { text: rowText(row), version, ...(file !== undefined && { file }) });
    }
    this.version = Math.max(this.version, version);
  }

  retire(of: ReferenceKind, keys: readonly string[], version: number): void {
    for (const key of keys) {
      const file = this.fileDigest(of, key);
      this.#set(of, key, file === undefined ? undefined : { version, file });
    }
    this.version = Math.max(this.version, version);
  }

  noteFileRow(of: ReferenceKind, key: string, file: number): void {
    this.#set(of, key, { version: 0, ...this.#of(of).get(key), file });
  }

  row(of: ReferenceKind, key: string): ReferenceRow | undefined {
    const entry = this.#of(of).get(key);
    if (entry?.text === undefined) return undefined;
    return { key, version: entry.version, row: JSON.parse(entry.text) as object };
  }

  /** In the order of their keys, so that a page goes on where the last ended, whatever was retired in between. */
  page({ of, after, limit }: RowsQuery): RowsPage {
    const next: string[] = [];
    for (const [key, { text }] of this.#of(of)) {
      if (text === undefined || (after !== undefined && key <= after)) continue;
      if (next.length === limit && key > next[limit - 1]!) continue;
      insert(next, key);
      if (next.length > limit) next.pop();
    }
    return { rows: next.flatMap((key) => this.row(of, key) ?? []), version: this.version };
  }

  /** All kits: few, and each is judged by all others (rule AV9). */
  kits(): KitRef[] {
    return [...this.#of('kits').values()].flatMap(({ text }) =>
      text === undefined ? [] : [JSON.parse(text) as KitRef],
    );
  }

  /** Rows of a kind; those that were retired do not count. */
  count(of: ReferenceKind): number {
    let rows = 0;
    for (const { text } of this.#of(of).values()) if (text !== undefined) rows++;
    return rows;
  }

  /** All of it, in the order in which rows name each other. */
  batches(): ReferenceBatch[] {
    return REFERENCE_KINDS.map((of) => {
      const texts = [...this.#of(of).values()].flatMap(({ text }) => text ?? []);
      return { of, rows: JSON.parse(`[${texts.join(',')}]`) as readonly unknown[] } as ReferenceBatch;
    });
  }

  /** A row that names this one and cannot be without it, as `kind key`; `but`: those that go with it. */
  namerOf(of: ReferenceKind, key: string, but: (of: ReferenceKind, key: string) => boolean): string | undefined {
    const quoted = JSON.stringify(key);
    for (const kind of NAMED_BY[of]) {
      for (const [name, { text }] of this.#of(kind)) {
        if (text === undefined || !text.includes(quoted) || but(kind, name)) continue;
        const batch = { of: kind, rows: [JSON.parse(text)] } as unknown as ReferenceBatch;
        const names = linkedRows(batch)[0]?.links ?? [];
        if (names.some((link) => link.of === of && link.key === key && link.must)) return `${kind} ${name}`;
      }
    }
    return undefined;
  }

  *save(): Generator<SavedRow> {
    for (const [of, rows] of this.#kinds) {
      for (const [key, { text = null, version, file = 0 }] of rows) yield [of, key, version, file, text];
    }
  }

  load(rows: Iterable<SavedRow>): void {
    for (const [of, key, version, file, text] of rows) {
      this.#set(of, key, { version, ...(text !== null && { text }), ...(file !== 0 && { file }) });
    }
  }

  #of(of: ReferenceKind): Map<string, Entry> {
    return this.#kinds.get(of)!;
  }

  #set(of: ReferenceKind, key: string, entry: Entry | undefined): void {
    const rows = this.#of(of);
    const before = rows.get(key);
    if (before !== undefined) this.#add(of, key, before, -1);
    if (entry === undefined) rows.delete(key);
    else rows.set(key, entry);
    if (entry !== undefined) this.#add(of, key, entry, 1);
  }

  #add(of: ReferenceKind, key: string, { text = '', version, file = 0 }: Entry, sign: 1 | -1): void {
    const parts = digest(`${of}\n${key}\n${version}\n${file}\n${text}`);
    for (let i = 0; i < parts.length; i++) this.#sum[i] = this.#sum[i]! + sign * parts[i]!;
  }
}

export function digestOfRow(row: object): number {
  return textDigest(rowText(row));
}

function insert(sorted: string[], key: string): void {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < key) from = middle + 1;
    else to = middle;
  }
  sorted.splice(from, 0, key);
}
