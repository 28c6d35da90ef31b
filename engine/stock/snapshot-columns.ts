import type { SnapshotHead } from './coverage.ts';
import type { Column, F64Column, U32Column, U8Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { type SparseColumn, SparseColumns } from './sparse-columns.ts';
import type { RowsState } from './rows.ts';
import type { TextHeap } from './text-heap.ts';

const SET = 1;
const BOOK = 2;
const COMPLETE = 4;

/** The newest snapshot of each row of a table: what coverage asks of it, not its value. */
export class SnapshotColumns {
  readonly columns: readonly Column[];
  private readonly at: F64Column;
  /** One more than the number, and its series: most sources do not number their events. */
  private readonly seqAfter: SparseColumn;
  private readonly series: SparseColumn;
  private readonly numbered: SparseColumns;
  private readonly source: U32Column;
  private readonly id: U32Column;
  private readonly flags: U8Column;
  private readonly texts: TextHeap;
  private readonly sourceName: (source: number) => string;

  constructor(pages: Pages, texts: TextHeap, sourceName: (source: number) => string) {
    this.texts = texts;
    this.sourceName = sourceName;
    this.at = pages.f64();
    this.numbered = new SparseColumns(pages);
    this.seqAfter = this.numbered.f64();
    this.series = this.numbered.u32();
    this.numbered.seal();
    this.source = pages.u32();
    this.id = pages.u32();
    this.flags = pages.u8();
    this.columns = [this.at, this.numbered.link, this.source, this.id, this.flags];
  }

  get(row: number): SnapshotHead | undefined {
    const flags = this.flags.get(row);
    if ((flags & SET) === 0) return undefined;
    const text = this.id.get(row);
    return {
      at: this.at.get(row),
      seq: this.seqAfter.get(row) - 1,
      series: this.series.get(row),
      covers: (flags & BOOK) === 0 ? 'count' : 'book',
      complete: (flags & COMPLETE) !== 0,
      id: text === 0 ? '' : this.texts.get(text),
      source: this.sourceName(this.source.get(row)),
    };
  }

  /** What coverage alone needs, without the texts that break ties. */
  base(row: number): Pick<SnapshotHead, 'at' | 'seq' | 'series' | 'covers'> | undefined {
    const flags = this.flags.get(row);
    if ((flags & SET) === 0) return undefined;
    const covers = (flags & BOOK) === 0 ? 'count' : 'book';
    return { at: this.at.get(row), seq: this.seqAfter.get(row) - 1, series: this.series.get(row), covers };
  }

  set(row: number, head: SnapshotHead, source: number): void {
    const before = this.id.get(row);
    if (before !== 0) this.texts.free(before);
    this.at.set(row, head.at);
    this.seqAfter.set(row, head.seq + 1);
    this.series.set(row, head.series);
    this.source.set(row, source);
    // A complete's id is kept once per node, not at each of its positions.
    this.id.set(row, head.complete ? 0 : this.texts.put(head.id));
    this.flags.set(row, SET | (head.covers === 'book' ? BOOK : 0) | (head.complete ? COMPLETE : 0));
  }

  save(): RowsState {
    return this.numbered.save();
  }

  load(state: RowsState): void {
    this.numbered.load(state);
  }
}
