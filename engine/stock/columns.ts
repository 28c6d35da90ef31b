// Rows of numbers in pages. How pages are copied while they are written: page-image.ts.

export const PAGE_BYTES = 65_536;
/** A column's only page starts this small: a shard has nearly a hundred columns, and most shards are small at first. */
const FIRST_BYTES = 2_048;
type Cells = Float64Array | Int32Array | Uint32Array | Uint8Array;

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

  protected abstract make(bytes: number): Cells;

  ensure(rows: number): void {
    while (this.bytes < rows * this.cellBytes) this.grow();
    if (rows > this.rows) this.rows = rows;
  }

  private grow(): void {
    const first = this.chunks[0];
    if (first === undefined || this.bytes >= PAGE_BYTES) {
      const bytes = first === undefined ? FIRST_BYTES : PAGE_BYTES;
      this.chunks.push(this.make(bytes));
      this.bytes += bytes;
      return;
    }
    this.chunks[0] = this.make(PAGE_BYTES);
    this.bytesOf(0).set(new Uint8Array(first.buffer));
    this.bytes = PAGE_BYTES;
  }

  watch(keepCopy: (chunk: number) => void): void {
    this.keepCopy = keepCopy;
  }

  protected keep(chunk: number): void {
    if (this.pending?.[chunk] === 1) this.keepCopy(chunk);
  }

  bytesOf(chunk: number): Uint8Array {
    return new Uint8Array((this.chunks[chunk] as Cells).buffer);
  }

  /** Bytes of a page that the first `rows` rows use; behind them it is all zero. */
  usedBytes(chunk: number, rows = this.rows): number {
    return Math.min(PAGE_BYTES, rows * this.cellBytes - chunk * PAGE_BYTES);
  }
}

export class F64Column extends Column {
  readonly cellBytes = 8;
  readonly chunks: Float64Array[] = [];
  protected make(bytes: number): Float64Array {
    return new Float64Array(bytes / 8);
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
  protected make(bytes: number): Int32Array {
    return new Int32Array(bytes / 4);
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
  protected make(bytes: number): Uint32Array {
    return new Uint32Array(bytes / 4);
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
  protected make(bytes: number): Uint8Array {
    return new Uint8Array(bytes);
  }
  get(row: number): number {
    return (this.chunks[row >>> 16] as Uint8Array)[row & 65535] as number;
  }
  set(row: number, value: number): void {
    if (this.pending !== null) this.keep(row >>> 16);
    (this.chunks[row >>> 16] as Uint8Array)[row & 65535] = value;
  }
}
