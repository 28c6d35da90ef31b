import type { StateImage } from '../contract/machine.ts';
import type { Column } from './columns.ts';

// Background: a shard's state is large and must be copied to disk while commands keep coming.
// Copying it at once stalls the shard (640 MB took 340 ms). So state lives in pages; an image marks every page
// pending, copies a few per turn, and a write to a page still pending copies that page first.
//
//   column   ├── page 0 ──┤├── page 1 ──┤├── page 2 ──┤      one typed array of 64 KiB each
//   pending      1             0 (out)       1                a write to page 0 or 2 keeps a copy first

/** Pages a column may have: 2^20 of 64 KiB are 64 GiB, more than a process holds. */
export const PAGES_PER_COLUMN = 1_048_576;

export class PageImage implements StateImage {
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
