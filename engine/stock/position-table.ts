import { ChainIndex, type ChainState } from './chain-index.ts';
import type { DeltaList } from './delta-log.ts';
import type { F64Column, I32Column, U32Column, U8Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';
import { SnapshotColumns } from './snapshot-columns.ts';
import type { TextHeap } from './text-heap.ts';

// One row per position. A row is never removed.

/** `off`: the sku is switched off at the node. */
export const FLAG = { uncertain: 1, short: 2, off: 4, expected: 8 } as const;

export interface PositionTableState {
  readonly rows: RowsState;
  readonly index: ChainState;
}

export class PositionTable {
  readonly sku: U32Column;
  readonly node: U32Column;
  readonly nextOfSku: U32Column;
  readonly nextOfNode: U32Column;
  readonly onHand: F64Column;
  readonly unavailable: F64Column;
  readonly reserved: F64Column;
  /** Kept beside its terms, so that a change elsewhere need not compute it again. */
  readonly available: F64Column;
  /** Millionths of a unit the next delta takes over (rule FD15). */
  readonly carry: I32Column;
  readonly flags: U8Column;
  /** First row of asOf, row of states; 0 for none. */
  readonly asOf: U32Column;
  readonly states: U32Column;
  /** Newest snapshot of on-hand. */
  readonly snapshots: SnapshotColumns;
  private readonly deltaTail: U32Column;
  private readonly deltaCount: U32Column;
  /** Length of the list at which merging is tried next. */
  readonly mergeAt: U32Column;
  private readonly next: U32Column;
  private readonly index: ChainIndex;
  private readonly rows: Rows;

  constructor(pages: Pages, texts: TextHeap, sourceName: (source: number) => string) {
    this.sku = pages.u32();
    this.node = pages.u32();
    this.nextOfSku = pages.u32();
    this.nextOfNode = pages.u32();
    this.onHand = pages.f64();
    this.unavailable = pages.f64();
    this.reserved = pages.f64();
    this.available = pages.f64();
    this.carry = pages.i32();
    this.flags = pages.u8();
    this.asOf = pages.u32();
    this.states = pages.u32();
    this.snapshots = new SnapshotColumns(pages, texts, sourceName);
    this.deltaTail = pages.u32();
    this.deltaCount = pages.u32();
    this.mergeAt = pages.u32();
    this.next = pages.u32();
    this.index = new ChainIndex(pages, this.next, (row) => hash(this.sku.get(row), this.node.get(row)));
    const links = [this.sku, this.node, this.nextOfSku, this.nextOfNode, this.asOf, this.states, this.next];
    const units = [this.onHand, this.unavailable, this.reserved, this.available, this.carry, this.flags];
    const lists = [this.deltaTail, this.deltaCount, this.mergeAt];
    this.rows = new Rows(this.next, [...links, ...units, ...lists, ...this.snapshots.columns]);
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
    return { rows: this.rows.save(), index: this.index.save() };
  }

  load(state: PositionTableState): void {
    this.rows.load(state.rows);
    this.index.load(state.index);
  }
}

/** Mixes two small numbers; neighbours must not land in neighbouring buckets only. */
function hash(sku: number, node: number): number {
  let h = Math.imul(sku, 0x9e3779b1) ^ Math.imul(node, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
