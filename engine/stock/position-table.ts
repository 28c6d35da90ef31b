import { ChainIndex, type ChainState } from './chain-index.ts';
import type { DeltaList } from './delta-log.ts';
import type { U32Column, U8Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';
import { SnapshotColumns } from './snapshot-columns.ts';
import { type SparseColumn, SparseColumns } from './sparse-columns.ts';
import type { TextHeap } from './text-heap.ts';
import { type EscapedUnits, UnitsColumn } from './units-column.ts';

// One row per position. A row is never removed. Ten million of them are to fit in memory: what most positions do not have
// is sparse, and units take four bytes.

/** `off`: the sku is switched off at the node. `filled`: on-hand is above 0. */
export const FLAG = { uncertain: 1, short: 2, off: 4, expected: 8, filled: 16 } as const;

export interface PositionTableState {
  readonly rows: RowsState;
  readonly index: ChainState;
  readonly sparse: RowsState;
  readonly numbered: RowsState;
  readonly onHand: EscapedUnits;
  readonly available: EscapedUnits;
}

export class PositionTable {
  readonly sku: U32Column;
  readonly node: U32Column;
  readonly nextOfSku: U32Column;
  readonly nextOfNode: U32Column;
  readonly onHand: UnitsColumn;
  readonly unavailable: SparseColumn;
  readonly reserved: SparseColumn;
  /** Kept beside its terms, so that a change elsewhere need not compute it again. */
  readonly available: UnitsColumn;
  /** Millionths of a unit the next delta takes over (rule FD15). */
  readonly carry: SparseColumn;
  readonly flags: U8Column;
  /** First row of asOf, row of states; 0 for none. */
  readonly asOf: U32Column;
  readonly states: SparseColumn;
  /** Newest snapshot of on-hand. */
  readonly snapshots: SnapshotColumns;
  private readonly deltaTail: U32Column;
  private readonly deltaCount: SparseColumn;
  /** Length of the list at which merging is tried next. */
  readonly mergeAt: SparseColumn;
  private readonly next: U32Column;
  private readonly sparse: SparseColumns;
  private readonly index: ChainIndex;
  private readonly rows: Rows;

  constructor(pages: Pages, texts: TextHeap, sourceName: (source: number) => string) {
    this.sku = pages.u32();
    this.node = pages.u32();
    this.nextOfSku = pages.u32();
    this.nextOfNode = pages.u32();
    this.onHand = new UnitsColumn(pages);
    this.available = new UnitsColumn(pages);
    this.flags = pages.u8();
    this.asOf = pages.u32();
    this.sparse = new SparseColumns(pages);
    this.unavailable = this.sparse.f64();
    this.reserved = this.sparse.f64();
    this.carry = this.sparse.i32();
    this.states = this.sparse.u32();
    this.snapshots = new SnapshotColumns(pages, texts, sourceName);
    this.deltaTail = pages.u32();
    this.deltaCount = this.sparse.u32();
    this.mergeAt = this.sparse.u32();
    this.sparse.seal();
    this.next = pages.u32();
    this.index = new ChainIndex(pages, this.next, (row) => hash(this.sku.get(row), this.node.get(row)));
    const links = [this.sku, this.node, this.nextOfSku, this.nextOfNode, this.asOf, this.deltaTail, this.next];
    const units = [this.onHand.column, this.available.column, this.flags, this.sparse.link];
    this.rows = new Rows(this.next, [...links, ...units, ...this.snapshots.columns]);
  }

  get count(): number {
    return this.rows.used;
  }

  /** 0 when nobody has spoken of the sku at the node. */
  find(sku: number, node: number): number {
    let row = this.index.first(hash(sku, node));
    while (row !== 0 && (this.sku.get(row) !== sku || this.node.get(row) !== node)) row = this.next.get(row);
    return row;
  }

  add(sku: number, node: number): number {
    const row = this.rows.alloc();
    this.sku.set(row, sku);
    this.node.set(row, node);
    this.index.insert(row, hash(sku, node));
    return row;
  }

  has(row: number, flag: number): boolean {
    return (this.flags.get(row) & flag) !== 0;
  }

  mark(row: number, flag: number, on: boolean): void {
    const flags = this.flags.get(row);
    const marked = on ? flags | flag : flags & ~flag;
    if (marked !== flags) this.flags.set(row, marked);
  }

  deltas(row: number): DeltaList {
    return { tail: this.deltaTail.get(row), count: this.deltaCount.get(row) };
  }

  setDeltas(row: number, list: DeltaList): void {
    this.deltaTail.set(row, list.tail);
    this.deltaCount.set(row, list.count);
  }

  save(): PositionTableState {
    return {
      rows: this.rows.save(),
      index: this.index.save(),
      sparse: this.sparse.save(),
      numbered: this.snapshots.save(),
      onHand: this.onHand.save(),
      available: this.available.save(),
    };
  }

  load(state: PositionTableState): void {
    this.rows.load(state.rows);
    this.index.load(state.index);
    this.sparse.load(state.sparse);
    this.snapshots.load(state.numbered);
    this.onHand.load(state.onHand);
    this.available.load(state.available);
  }
}

/** Mixes two small numbers; neighbours must not land in neighbouring buckets only. */
function hash(sku: number, node: number): number {
  let h = Math.imul(sku, 0x9e3779b1) ^ Math.imul(node, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
