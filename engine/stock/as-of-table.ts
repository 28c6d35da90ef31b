import type { F64Column, U32Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';

/** Newest source time per source, as a list per position (rule AV5). */
export class AsOfTable {
  private readonly source: U32Column;
  private readonly at: F64Column;
  private readonly next: U32Column;
  private readonly rows: Rows;

  constructor(pages: Pages) {
    this.source = pages.u32();
    this.at = pages.f64();
    this.next = pages.u32();
    this.rows = new Rows(this.next, [this.source, this.at, this.next]);
  }

  /** Returns the list's first row, which changes when the source is new to it. */
  hear(first: number, source: number, atMs: number): number {
    let last = 0;
    for (let row = first; row !== 0; row = this.next.get(row)) {
      if (this.source.get(row) === source) {
        if (atMs > this.at.get(row)) this.at.set(row, atMs);
        return first;
      }
      last = row;
    }
    const row = this.rows.alloc();
    this.source.set(row, source);
    this.at.set(row, atMs);
    this.next.set(row, 0);
    if (last === 0) return row;
    this.next.set(last, row);
    return first;
  }

  each(first: number, take: (source: number, atMs: number) => void): void {
    for (let row = first; row !== 0; row = this.next.get(row)) take(this.source.get(row), this.at.get(row));
  }

  save(): RowsState {
    return this.rows.save();
  }

  load(state: RowsState): void {
    this.rows.load(state);
  }
}
