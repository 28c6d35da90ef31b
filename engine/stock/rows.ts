import type { Column, U32Column } from './columns.ts';

/** Saved in an image's header: rows ever made, first free row, rows in use. */
export type RowsState = readonly [size: number, free: number, used: number];

/** Hands out rows of a set of columns and takes them back. Row 0 is never given: a link of 0 means none. */
export class Rows {
  size = 1;
  used = 0;
  private free = 0;
  private readonly link: U32Column;
  private readonly columns: readonly Column[];

  /** `link` is one of the columns; free rows are chained through it. */
  constructor(link: U32Column, columns: readonly Column[]) {
    this.link = link;
    this.columns = columns;
    this.ensure();
  }

  alloc(): number {
    this.used++;
    if (this.free !== 0) {
      const row = this.free;
      this.free = this.link.get(row);
      return row;
    }
    const row = this.size++;
    this.ensure();
    return row;
  }

  release(row: number): void {
    this.used--;
    this.link.set(row, this.free);
    this.free = row;
  }

  private ensure(): void {
    for (const column of this.columns) column.ensure(this.size);
  }

  save(): RowsState {
    return [this.size, this.free, this.used];
  }

  load(state: RowsState): void {
    [this.size, this.free, this.used] = state;
  }
}
