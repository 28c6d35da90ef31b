import { assert } from '../contract/assert.ts';
import type { StateImage } from '../contract/machine.ts';
import { F64Column, I32Column, Nursery, U32Column, U8Column, type Column } from './columns.ts';
import { PageImage, PAGES_PER_COLUMN } from './page-image.ts';

/** All columns of a machine, in the order they were made: that order numbers the pages. */
export class Pages {
  readonly columns: Column[] = [];
  private readonly nursery = new Nursery();
  private image: PageImage | undefined;

  f64(): F64Column {
    return this.own(new F64Column(this.nursery));
  }
  i32(): I32Column {
    return this.own(new I32Column(this.nursery));
  }
  u32(): U32Column {
    return this.own(new U32Column(this.nursery));
  }
  u8(): U8Column {
    return this.own(new U8Column(this.nursery));
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
