/** Binary heap, earliest on top. Entries that no longer count are dropped when they reach the top. */
export class DueQueue<T> {
  private readonly heap: T[] = [];
  private readonly before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  push(entry: T): void {
    this.heap.push(entry);
    this.up(this.heap.length - 1);
  }

  /** The earliest that still counts; those before it are forgotten. */
  peek(counts: (entry: T) => boolean): T | undefined {
    while (this.heap.length > 0 && !counts(this.heap[0] as T)) this.dropFirst();
    return this.heap[0];
  }

  /** Every entry of the top of the heap that satisfies a test which only later ones fail. */
  reach(test: (entry: T) => boolean): T[] {
    const found: T[] = [];
    const open = [0];
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      const entry = this.heap[i];
      if (entry === undefined || !test(entry)) continue;
      found.push(entry);
      open.push(2 * i + 1, 2 * i + 2);
    }
    return found;
  }

  get size(): number {
    return this.heap.length;
  }

  /** Forgets everything and starts with these. */
  reset(entries: Iterable<T>): void {
    this.heap.length = 0;
    for (const entry of entries) this.push(entry);
  }

  private dropFirst(): void {
    const last = this.heap.pop() as T;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    this.down(0);
  }

  private up(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(this.heap[i] as T, this.heap[parent] as T)) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  private down(from: number): void {
    let i = from;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let first = i;
      if (left < this.heap.length && this.before(this.heap[left] as T, this.heap[first] as T)) first = left;
      if (right < this.heap.length && this.before(this.heap[right] as T, this.heap[first] as T)) first = right;
      if (first === i) return;
      this.swap(i, first);
      i = first;
    }
  }

  private swap(a: number, b: number): void {
    const kept = this.heap[a] as T;
    this.heap[a] = this.heap[b] as T;
    this.heap[b] = kept;
  }
}
