import type { Digest } from '../contract/digest.ts';
import { ChainIndex, type ChainState } from './chain-index.ts';
import type { F64Column, U32Column, U8Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';

// Every id that counted, for its source's late-event window at least (rule FD1), and what a void needs to annul it.

/** What an id stood for. Moves follow from EFFECT_FIRST on, see delta-log.ts. */
export const ID_KIND = { snapshot: 1, complete: 2, void: 3, inbound: 4, delta: 5, move: 6 } as const;

/** Ids swept per fact once their bucket has left the window: sweeping keeps up with inserting, and no fact is slow. */
const SWEEP_PER_FACT = 8;

export interface IdEntry {
  readonly key: Digest;
  readonly content: Digest;
  readonly lsn: number;
  readonly at: number;
  readonly units: number;
  readonly position: number;
  readonly kind: number;
  /** For deltas and moves, what they change (delta-log.ts). */
  readonly effect: number;
  readonly window: number;
}

export interface IdTableState {
  readonly rows: RowsState;
  readonly index: ChainState;
  readonly garbage: readonly number[];
}

export class IdTable {
  readonly lsn: F64Column;
  readonly at: F64Column;
  readonly units: F64Column;
  readonly position: U32Column;
  readonly window: U32Column;
  readonly kind: U8Column;
  readonly effect: U8Column;
  /** 1 once a void took its effect away. */
  readonly voided: U8Column;
  private readonly key: readonly [U32Column, U32Column, U32Column, U32Column];
  private readonly content: readonly [U32Column, U32Column];
  private readonly next: U32Column;
  private readonly nextOfBucket: U32Column;
  private readonly index: ChainIndex;
  private readonly rows: Rows;
  /** Heads of buckets that left their window, not yet swept. */
  private garbage: number[] = [];

  constructor(pages: Pages) {
    this.lsn = pages.f64();
    this.at = pages.f64();
    this.units = pages.f64();
    this.position = pages.u32();
    this.window = pages.u32();
    this.kind = pages.u8();
    this.effect = pages.u8();
    this.voided = pages.u8();
    this.key = [pages.u32(), pages.u32(), pages.u32(), pages.u32()];
    this.content = [pages.u32(), pages.u32()];
    this.next = pages.u32();
    this.nextOfBucket = pages.u32();
    this.index = new ChainIndex(pages, this.next, (row) => this.key[3].get(row));
    const meaning = [this.lsn, this.at, this.units, this.position, this.window, this.kind, this.effect, this.voided];
    const links = [this.next, this.nextOfBucket];
    this.rows = new Rows(this.nextOfBucket, [...meaning, ...links, ...this.key, ...this.content]);
  }

  get count(): number {
    return this.rows.used;
  }

  /** Row of a remembered id, 0 when it is not remembered. */
  find(key: Digest): number {
    let row = this.index.first(key[3]);
    while (row !== 0 && !this.hasKey(row, key)) row = this.next.get(row);
    return row;
  }

  hasContent(row: number, content: Digest): boolean {
    return this.content[0].get(row) === content[0] && this.content[1].get(row) === content[1];
  }

  /** `after`: the row that headed the id's time bucket before. */
  add(entry: IdEntry, after: number): number {
    const row = this.rows.alloc();
    this.key[0].set(row, entry.key[0]);
    this.key[1].set(row, entry.key[1]);
    this.key[2].set(row, entry.key[2]);
    this.key[3].set(row, entry.key[3]);
    this.content[0].set(row, entry.content[0]);
    this.content[1].set(row, entry.content[1]);
    this.lsn.set(row, entry.lsn);
    this.at.set(row, entry.at);
    this.units.set(row, entry.units);
    this.position.set(row, entry.position);
    this.window.set(row, entry.window);
    this.kind.set(row, entry.kind);
    this.effect.set(row, entry.effect);
    this.voided.set(row, 0);
    this.nextOfBucket.set(row, after);
    this.index.insert(row, entry.key[3]);
    return row;
  }

  /** A whole time bucket left its window: its ids may go. */
  drop(bucketHead: number): void {
    if (bucketHead !== 0) this.garbage.push(bucketHead);
  }

  sweep(forgotten: (row: number) => void): void {
    for (let i = 0; i < SWEEP_PER_FACT; i++) {
      const row = this.garbage.at(-1);
      if (row === undefined) return;
      this.garbage.pop();
      this.drop(this.nextOfBucket.get(row));
      forgotten(row);
      this.index.remove(row, this.key[3].get(row));
      this.rows.release(row);
    }
  }

  private hasKey(row: number, key: Digest): boolean {
    return (
      this.key[3].get(row) === key[3] &&
      this.key[2].get(row) === key[2] &&
      this.key[1].get(row) === key[1] &&
      this.key[0].get(row) === key[0]
    );
  }

  save(): IdTableState {
    return { rows: this.rows.save(), index: this.index.save(), garbage: [...this.garbage] };
  }

  load(state: IdTableState): void {
    this.rows.load(state.rows);
    this.index.load(state.index);
    this.garbage = [...state.garbage];
  }
}
