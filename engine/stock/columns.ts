// Rows of numbers in pages. How pages are copied while they are written: page-image.ts.

export const PAGE_BYTES = 65_536;
/** A column's only page starts this small: a shard has nearly a hundred columns, and most shards are small at first. */
const FIRST_BYTES = 512;
/** By how much a page that is not yet whole grows. */
const GROWTH = 4;
type Cells = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Where columns begin, side by side: a machine is made with a few pieces of memory, not with a hundred. */
export class Nursery {
  private buffer = new ArrayBuffer(0);
  private used = 0;

  /** Zeros, and where they begin. */
  take(): { readonly buffer: ArrayBuffer; readonly at: number } {
    if (this.used === this.buffer.byteLength) {
      this.buffer = new ArrayBuffer(PAGE_BYTES);
      this.used = 0;
    }
    const at = this.used;
    this.used += FIRST_BYTES;
    return { buffer: this.buffer, at };
  }
}

/** Rows of one kind of number, grown a page at a time. Subclasses repeat get and set so that each stays monomorphic. */
export abstract class Column {
  abstract readonly cellBytes: number;
  abstract readonly chunks: Cells[];
  /** One mark per page that an image still has to copy; null while there is none. */
  pending: Uint8Array | null = null;
  rows = 0;
  /** Allocated, for `rows` rows and more. */
  bytes = 0;
  private keepCopy: (chunk: number) => void = () => undefined;
  private readonly nursery: Nursery;

  constructor(nursery: Nursery) {
    this.nursery = nursery;
  }

  protected abstract make(buffer: ArrayBuffer, at: number, bytes: number): Cells;

  ensure(rows: number): void {
    while (this.bytes < rows * this.cellBytes) this.grow();
    if (rows > this.rows) this.rows = rows;
  }

  private grow(): void {
    if (this.chunks.length === 0) {
      const { buffer, at } = this.nursery.take();
      this.chunks.push(this.make(buffer, at, FIRST_BYTES));
      this.bytes = FIRST_BYTES;
    } else if (this.bytes >= PAGE_BYTES) {
      this.chunks.push(this.make(new ArrayBuffer(PAGE_BYTES), 0, PAGE_BYTES));
      this.bytes += PAGE_BYTES;
    } else {
      const before = this.bytesOf(0);
      this.bytes = Math.min(PAGE_BYTES, this.bytes * GROWTH);
      this.chunks[0] = this.make(new ArrayBuffer(this.bytes), 0, this.bytes);
      this.bytesOf(0).set(before);
    }
  }

  watch(keepCopy: (chunk: number) => void): void {
    this.keepCopy = keepCopy;
  }

  protected keep(chunk: number): void {
    if (this.pending?.[chunk] === 1) this.keepCopy(chunk);
  }

  bytesOf(chunk: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.chunks[chunk] as Cells;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** Bytes of a page that the first `rows` rows use; behind them it is all zero. */
  usedBytes(chunk: number, rows = this.rows): number {
    return Math.min(PAGE_BYTES, rows * this.cellBytes - chunk * PAGE_BYTES);
  }
}

export class F64Column extends Column {
  readonly cellBytes = 8;
  readonly chunks: Float64Array[] = [];
  protected make(buffer: ArrayBuffer, at: number, bytes: number): Float64Array {
    return new Float64Array(buffer, at, bytes / 8);
  }
  get(row: number): number {
    return (this.chunks[row >>> 13] as Float64Array)[row & 8191] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 13);
    (this.chunks[row >>> 13] as Float64Array)[row & 8191] = value;
  }
}

export class I32Column extends Column {
  readonly cellBytes = 4;
  readonly chunks: Int32Array[] = [];
  protected make(buffer: ArrayBuffer, at: number, bytes: number): Int32Array {
    return new Int32Array(buffer, at, bytes / 4);
  }
  get(row: number): number {
    return (this.chunks[row >>> 14] as Int32Array)[row & 16383] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 14);
    (this.chunks[row >>> 14] as Int32Array)[row & 16383] = value;
  }
}

export class U32Column extends Column {
  readonly cellBytes = 4;
  readonly chunks: Uint32Array[] = [];
  protected make(buffer: ArrayBuffer, at: number, bytes: number): Uint32Array {
    return new Uint32Array(buffer, at, bytes / 4);
  }
  get(row: number): number {
    return (this.chunks[row >>> 14] as Uint32Array)[row & 16383] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 14);
    (this.chunks[row >>> 14] as Uint32Array)[row & 16383] = value;
  }
}

export class U8Column extends Column {
  readonly cellBytes = 1;
  readonly chunks: Uint8Array[] = [];
  protected make(buffer: ArrayBuffer, at: number, bytes: number): Uint8Array {
    return new Uint8Array(buffer, at, bytes);
  }
  get(row: number): number {
    return (this.chunks[row >>> 16] as Uint8Array)[row & 65535] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 16);
    (this.chunks[row >>> 16] as Uint8Array)[row & 65535] = value;
  }
}
