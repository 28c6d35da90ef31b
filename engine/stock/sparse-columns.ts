import { assert } from '../contract/assert.ts';
import type { F64Column, I32Column, U32Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';

// Numbers that are 0 for most rows of a table. They live in rows of their own, made when one of them is not 0 and given
// back when all are:
//
//   table row ── link ──► row here: │ a │ b │ c │      link 0: all of them are 0

type Cells = F64Column | I32Column | U32Column;

/** One of the numbers, used like a column. */
export interface SparseColumn {
  get(row: number): number;
  set(row: number, value: number): void;
}

export class SparseColumns {
  /** One cell per row of the table. */
  readonly link: U32Column;
  private readonly pages: Pages;
  private readonly next: U32Column;
  private readonly cells: Cells[] = [];
  private rows: Rows | undefined;

  constructor(pages: Pages) {
    this.pages = pages;
    this.link = pages.u32();
    this.next = pages.u32();
  }

  f64(): SparseColumn {
    return this.add(this.pages.f64());
  }
  i32(): SparseColumn {
    return this.add(this.pages.i32());
  }
  u32(): SparseColumn {
    return this.add(this.pages.u32());
  }

  private add(cells: Cells): SparseColumn {
    this.cells.push(cells);
    return {
      get: (row) => {
        const at = this.link.get(row);
        return at === 0 ? 0 : cells.get(at);
      },
      set: (row, value) => {
        const at = this.link.get(row);
        if (at !== 0) cells.set(at, value);
        else if (value !== 0) cells.set(this.open(row), value);
        if (value === 0 && at !== 0) this.closeIfEmpty(row, at);
      },
    };
  }

  /** Called once, when the table has named all its numbers. */
  seal(): void {
    this.rows = new Rows(this.next, [this.next, ...this.cells]);
  }

  private all(): Rows {
    assert(this.rows !== undefined, () => 'sparse columns are used before they are sealed');
    return this.rows;
  }

  private open(row: number): number {
    const at = this.all().alloc();
    this.link.set(row, at);
    return at;
  }

  private closeIfEmpty(row: number, at: number): void {
    for (const cells of this.cells) if (cells.get(at) !== 0) return;
    this.link.set(row, 0);
    this.all().release(at);
  }

  save(): RowsState {
    return this.all().save();
  }

  load(state: RowsState): void {
    this.all().load(state);
  }
}
