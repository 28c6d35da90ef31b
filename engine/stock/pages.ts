import { assert } from '../contract/assert.ts';
import type { StateImage } from '../contract/machine.ts';

// Background: a shard's state is large and must be copied to disk while commands keep coming.
// Copying it at once stalls the shard (640 MB took 340 ms). So state lives in pages; an image marks every page
// pending, copies a few per turn, and a write to a page still pending copies that page first.
//
//   column   ├── page 0 ──┤├── page 1 ──┤├── page 2 ──┤      one typed array of 64 KiB each
//   pending      1             0 (out)       1                a write to page 0 or 2 keeps a copy first

export const PAGE_BYTES = 65_536;
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
  private keepCopy: (chunk: number) => void = () => undefined;

  abstract addChunk(): void;

  ensure(rows: number): void {
    while (this.chunks.length * PAGE_BYTES < rows * this.cellBytes) this.addChunk();
    if (rows > this.rows) this.rows = rows;
  }

  watch(keepCopy: (chunk: number) => void): void {
    this.keepCopy = keepCopy;
  }

  protected keep(chunk: number): void {
    if (this.pending?.[chunk] === 1) this.keepCopy(chunk);
  }

  bytesOf(chunk: number): Uint8Array {
    const cells = this.chunks[chunk] as Cells;
    return new Uint8Array(cells.buffer, cells.byteOffset, PAGE_BYTES);
  }

  /** Bytes of a page that rows use; behind them it is all zero. */
  usedBytes(chunk: number): number {
    return Math.min(PAGE_BYTES, this.rows * this.cellBytes - chunk * PAGE_BYTES);
  }
}

export class F64Column extends Column {
  readonly cellBytes = 8;
  readonly chunks: Float64Array[] = [];
  addChunk(): void {
    this.chunks.push(new Float64Array(PAGE_BYTES / 8));
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
  addChunk(): void {
    this.chunks.push(new Int32Array(PAGE_BYTES / 4));
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
  addChunk(): void {
    this.chunks.push(new Uint32Array(PAGE_BYTES / 4));
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
  addChunk(): void {
    this.chunks.push(new Uint8Array(PAGE_BYTES));
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
  private readonly ended: () => void;
  /** Pages written since the beginning and not yet handed out, as they were then. */
  private readonly kept = new Map<number, Uint8Array>();
  private column = 0;
  private chunk = 0;
  private done = false;

  constructor(header: Uint8Array, columns: readonly Column[], ended: () => void) {
    this.header = header;
    this.columns = [...columns];
    this.ended = ended;
    let pages = 0;
    for (const column of this.columns) {
      column.pending = new Uint8Array(column.chunks.length).fill(1);
      pages += column.chunks.length;
    }
    this.pageCount = pages;
  }

  keep(column: number, chunk: number): void {
    const from = this.columns[column] as Column;
    this.kept.set(column * PAGES_PER_COLUMN + chunk, from.bytesOf(chunk).slice());
    (from.pending as Uint8Array)[chunk] = 0;
  }

  next(): { readonly page: number; readonly bytes: Uint8Array } | undefined {
    if (this.done) return undefined;
    for (; this.column < this.columns.length; this.column++, this.chunk = 0) {
      const column = this.columns[this.column] as Column;
      const pending = column.pending as Uint8Array;
      if (this.chunk < pending.length) return this.take(column, pending);
    }
    this.abandon();
    return undefined;
  }

  private take(column: Column, pending: Uint8Array): { readonly page: number; readonly bytes: Uint8Array } {
    const chunk = this.chunk++;
    const page = this.column * PAGES_PER_COLUMN + chunk;
    const bytes = this.kept.get(page) ?? column.bytesOf(chunk).slice();
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
