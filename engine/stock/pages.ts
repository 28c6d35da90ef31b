import { assert } from '../contract/assert.ts';
import type { StateImage } from '../contract/machine.ts';

// Background: a shard's state is large and must be copied to disk while commands keep coming.
// Copying it at once stalls the shard (640 MB took 340 ms). So state lives in pages; an image marks every page
// pending, copies a few per turn, and a write to a page still pending copies that page first.
//
//   column   ├── page 0 ──┤├── page 1 ──┤├── page 2 ──┤      one typed array of 64 KiB each
//   pending      1             0 (out)       1                a write to page 0 or 2 keeps a copy first

export const PAGE_BYTES = 65_536;
/** A column's only page starts this small: a shard has nearly a hundred columns, and most shards are small at first. */
const FIRST_BYTES = 2_048;
/** Pages a column may have: 2^20 of 64 KiB are 64 GiB, more than a process holds. */
const PAGES_PER_COLUMN = 1_048_576;

type Cells = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Rows of one kind of number, grown a page at a time. Subclasses repeat get and set so that each stays monomorphic. */
export abstract class Column {
  abstract readonly cellBytes: number;
  abstract readonly chunks: Cells[];
  /** One mark per page that an image still has to copy; null while there is none. */
  pending: Uint8Array | null = null;
  rows = 0;
  private bytes = 0;
  private keepCopy: (chunk: number) => void = () => undefined;

  protected abstract make(bytes: number): Cells;

  ensure(rows: number): void {
    while (this.bytes < rows * this.cellBytes) this.grow();
    if (rows > this.rows) this.rows = rows;
  }

  private grow(): void {
    const first = this.chunks[0];
    if (first === undefined || this.bytes >= PAGE_BYTES) {
      const bytes = first === undefined ? FIRST_BYTES : PAGE_BYTES;
      this.chunks.push(this.make(bytes));
      this.bytes += bytes;
      return;
    }
    this.chunks[0] = this.make(PAGE_BYTES);
    this.bytesOf(0).set(new Uint8Array(first.buffer));
    this.bytes = PAGE_BYTES;
  }

  watch(keepCopy: (chunk: number) => void): void {
    this.keepCopy = keepCopy;
  }

  protected keep(chunk: number): void {
    if (this.pending?.[chunk] === 1) this.keepCopy(chunk);
  }

  bytesOf(chunk: number): Uint8Array {
    return new Uint8Array((this.chunks[chunk] as Cells).buffer);
  }

  /** Bytes of a page that the first `rows` rows use; behind them it is all zero. */
  usedBytes(chunk: number, rows = this.rows): number {
    return Math.min(PAGE_BYTES, rows * this.cellBytes - chunk * PAGE_BYTES);
  }
}

export class F64Column extends Column {
  readonly cellBytes = 8;
  readonly chunks: Float64Array[] = [];
  protected make(bytes: number): Float64Array {
    return new Float64Array(bytes / 8);
  }
  get(row: number): number {
    return (this.chunks[row >>> 13] as Float64Array)[row & 8191] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 13);
    (this.chunks[row >>> 13] as Float64Array)[row & 8191] = value;
  }
}

export class I32Column extends Column {
  readonly cellBytes = 4;
  readonly chunks: Int32Array[] = [];
  protected make(bytes: number): Int32Array {
    return new Int32Array(bytes / 4);
  }
  get(row: number): number {
    return (this.chunks[row >>> 14] as Int32Array)[row & 16383] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 14);
    (this.chunks[row >>> 14] as Int32Array)[row & 16383] = value;
  }
}

export class U32Column extends Column {
  readonly cellBytes = 4;
  readonly chunks: Uint32Array[] = [];
  protected make(bytes: number): Uint32Array {
    return new Uint32Array(bytes / 4);
  }
  get(row: number): number {
    return (this.chunks[row >>> 14] as Uint32Array)[row & 16383] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 14);
    (this.chunks[row >>> 14] as Uint32Array)[row & 16383] = value;
  }
}

export class U8Column extends Column {
  readonly cellBytes = 1;
  readonly chunks: Uint8Array[] = [];
  protected make(bytes: number): Uint8Array {
    return new Uint8Array(bytes);
  }
  get(row: number): number {
    return (this.chunks[row >>> 16] as Uint8Array)[row & 65535] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 16);
    (this.chunks[row >>> 16] as Uint8Array)[row & 65535] = value;
  }
}

/** All columns of a machine, in the order they were made: that order numbers the pages. */
export class Pages {
  readonly columns: Column[] = [];
  private image: PageImage | undefined;

  f64(): F64Column {
    return this.own(new F64Column());
  }
  i32(): I32Column {
    return this.own(new I32Column());
  }
  u32(): U32Column {
    return this.own(new U32Column());
  }
  u8(): U8Column {
    return this.own(new U8Column());
  }

  private own<C extends Column>(column: C): C {
    const index = this.columns.length;
    this.columns.push(column);
    column.watch((chunk) => this.image?.keep(index, chunk));
    return column;
  }

  begin(header: Uint8Array): StateImage {
    assert(this.image === undefined, () => 'one image at a time');
    this.image = new PageImage(header, this.columns, () => (this.image = undefined));
    return this.image;
  }

  /** Takes an image's pages; `rowsOf` are the row counts from its header, in column order. */
  restore(rowsOf: readonly number[], pages: Iterable<{ readonly page: number; readonly bytes: Uint8Array }>): void {
    assert(
      rowsOf.length === this.columns.length,
      () => `image has ${rowsOf.length} columns, not ${this.columns.length}`,
    );
    for (const [index, rows] of rowsOf.entries()) this.columns[index]?.ensure(rows);
    for (const { page, bytes } of pages) {
      const column = this.columns[Math.floor(page / PAGES_PER_COLUMN)];
      const chunk = page % PAGES_PER_COLUMN;
      assert(column !== undefined && chunk < column.chunks.length, () => `image page ${page} has no place`);
      column.bytesOf(chunk).set(bytes);
    }
  }
}

class PageImage implements StateImage {
  readonly header: Uint8Array;
  readonly pageCount: number;
  private readonly columns: readonly Column[];
  /** Rows of each column at the beginning; what came behind them does not belong to the image. */
  private readonly rows: readonly number[];
  private readonly ended: () => void;
  /** Pages written since the beginning and not yet handed out, as they were then. */
  private readonly kept = new Map<number, Uint8Array>();
  private column = 0;
  private chunk = 0;
  private done = false;

  constructor(header: Uint8Array, columns: readonly Column[], ended: () => void) {
    this.header = header;
    this.columns = [...columns];
    this.rows = columns.map((column) => column.rows);
    this.ended = ended;
    let pages = 0;
    for (const column of this.columns) {
      column.pending = new Uint8Array(column.chunks.length).fill(1);
      pages += column.chunks.length;
    }
    this.pageCount = pages;
  }

  keep(column: number, chunk: number): void {
    this.kept.set(column * PAGES_PER_COLUMN + chunk, this.copy(column, chunk));
    ((this.columns[column] as Column).pending as Uint8Array)[chunk] = 0;
  }

  /** Only the bytes in use: a small shard's image is small. */
  private copy(column: number, chunk: number): Uint8Array {
    const from = this.columns[column] as Column;
    return from.bytesOf(chunk).slice(0, from.usedBytes(chunk, this.rows[column]));
  }

  next(): { readonly page: number; readonly bytes: Uint8Array } | undefined {
    if (this.done) return undefined;
    for (; this.column < this.columns.length; this.column++, this.chunk = 0) {
      const column = this.columns[this.column] as Column;
      const pending = column.pending as Uint8Array;
      if (this.chunk < pending.length) return this.take(pending);
    }
    this.abandon();
    return undefined;
  }

  private take(pending: Uint8Array): { readonly page: number; readonly bytes: Uint8Array } {
    const chunk = this.chunk++;
    const page = this.column * PAGES_PER_COLUMN + chunk;
    const bytes = this.kept.get(page) ?? this.copy(this.column, chunk);
    this.kept.delete(page);
    pending[chunk] = 0;
    return { page, bytes };
  }

  abandon(): void {
    if (this.done) return;
    this.done = true;
    this.kept.clear();
    for (const column of this.columns) column.pending = null;
    this.ended();
  }
}
