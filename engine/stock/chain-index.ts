import type { U32Column } from './columns.ts';
import type { Pages } from './pages.ts';

const BUCKETS_FIRST = 64;

export type ChainState = readonly [buckets: number, rows: number];

/**
 * Hash index from a 32-bit hash to rows chained through a column: linear hashing.
 * A table that doubles stops its shard for as long as rehashing takes; this one splits a single bucket per insert
 * once it holds more rows than buckets, so no insert is ever slow, and all of it lies in pages.
 */
export class ChainIndex {
  private buckets = BUCKETS_FIRST;
  private rows = 0;
  private readonly heads: U32Column;
  private readonly next: U32Column;
  private readonly hashOf: (row: number) => number;

  constructor(pages: Pages, next: U32Column, hashOf: (row: number) => number) {
    this.heads = pages.u32();
    this.heads.ensure(BUCKETS_FIRST);
    this.next = next;
    this.hashOf = hashOf;
  }

  /** First row of the hash's bucket, 0 when empty; follow the next column and compare. */
  first(hash: number): number {
    return this.heads.get(this.bucketOf(hash));
  }

  insert(row: number, hash: number): void {
    this.push(this.bucketOf(hash), row);
    if (++this.rows > this.buckets) this.split();
  }

  remove(row: number, hash: number): void {
    const bucket = this.bucketOf(hash);
    let at = this.heads.get(bucket);
    this.rows--;
    if (at === row) {
      this.heads.set(bucket, this.next.get(row));
      return;
    }
    while (this.next.get(at) !== row) at = this.next.get(at);
    this.next.set(at, this.next.get(row));
  }

  private bucketOf(hash: number): number {
    const half = floorPowerOf2(this.buckets);
    const bucket = (hash & (2 * half - 1)) >>> 0;
    return bucket < this.buckets ? bucket : bucket & (half - 1);
  }

  private split(): void {
    const from = this.buckets - floorPowerOf2(this.buckets);
    this.buckets++;
    this.heads.ensure(this.buckets);
    let row = this.heads.get(from);
    this.heads.set(from, 0);
    while (row !== 0) {
      const after = this.next.get(row);
      this.push(this.bucketOf(this.hashOf(row)), row);
      row = after;
    }
  }

  private push(bucket: number, row: number): void {
    this.next.set(row, this.heads.get(bucket));
    this.heads.set(bucket, row);
  }

  save(): ChainState {
    return [this.buckets, this.rows];
  }

  load([buckets, rows]: ChainState): void {
    this.buckets = buckets;
    this.rows = rows;
  }
}

const floorPowerOf2 = (n: number): number => 1 << (31 - Math.clz32(n));
