import type { F64Column, U32Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';
import { SnapshotColumns } from './snapshot-columns.ts';
import { STATES, SUSPECT } from './states.ts';
import type { TextHeap } from './text-heap.ts';

export interface StateTableState {
  readonly rows: RowsState;
  readonly snapshots: RowsState;
  readonly counts: RowsState;
}

/**
 * Units by unavailable state, only for positions that ever had any, with what they rest on: the newest snapshot that named
 * states, and for `suspect` the newest count.
 */
export class StateTable {
  readonly snapshots: SnapshotColumns;
  readonly counts: SnapshotColumns;
  private readonly units: readonly F64Column[];
  private readonly link: U32Column;
  private readonly rows: Rows;

  constructor(pages: Pages, texts: TextHeap, sourceName: (source: number) => string) {
    this.units = Array.from({ length: STATES }, () => pages.f64());
    this.link = pages.u32();
    this.snapshots = new SnapshotColumns(pages, texts, sourceName);
    this.counts = new SnapshotColumns(pages, texts, sourceName);
    const columns = [...this.units, this.link, ...this.snapshots.columns, ...this.counts.columns];
    this.rows = new Rows(this.link, columns);
  }

  add(): number {
    return this.rows.alloc();
  }

  /** What the state rests on. */
  baseOf(state: number): SnapshotColumns {
    return state === SUSPECT ? this.counts : this.snapshots;
  }

  get(row: number, state: number): number {
    return this.units[state]?.get(row) ?? 0;
  }

  set(row: number, state: number, units: number): void {
    this.units[state]?.set(row, units);
  }

  /** Units that must not be sold: a state that moves took below 0 counts as 0, or it would free what another holds. */
  unavailable(row: number): number {
    let sum = 0;
    for (const state of this.units) sum += Math.max(0, state.get(row));
    return sum;
  }

  save(): StateTableState {
    return { rows: this.rows.save(), snapshots: this.snapshots.save(), counts: this.counts.save() };
  }

  load(state: StateTableState): void {
    this.rows.load(state.rows);
    this.snapshots.load(state.snapshots);
    this.counts.load(state.counts);
  }
}
