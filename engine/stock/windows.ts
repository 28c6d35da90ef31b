// Late-event windows (rule FD4): per source, node and stream the newest source time seen, and how far back events are
// still taken. The floor never retreats, even when the source's window is widened later: ids below it may be gone.

/** Width of an id bucket in ms: 6 h, so a window of 48 h holds 9 buckets and a bucket drops at most 6 h late. */
export const BUCKET_MS = 6 * 3_600_000;

export interface Window {
  readonly source: number;
  readonly node: number;
  readonly stream: number;
  newest: number;
  /** Events older than this are too late to check. */
  floor: number;
  /** Newest id row of each time bucket still remembered. */
  buckets: { readonly number: number; head: number }[];
}

/** Nodes a shard can know: keys pack (stream, node) into one number. */
const NODES_MAX = 1_048_576;

/** Lower edge of a window: what is older is too late to check, and what was remembered is folded. */
export interface Floors {
  floorOf(window: number): number;
}

export class Windows implements Floors {
  private all: Window[] = [{ source: 0, node: 0, stream: 0, newest: 0, floor: 0, buckets: [] }];
  private readonly numbers = new Map<number, number>();

  /** `stream` is interned with its source, so it names both. 0 when nothing was heard there. */
  find(stream: number, node: number): number {
    return this.numbers.get(stream * NODES_MAX + node) ?? 0;
  }

  open(source: number, stream: number, node: number): number {
    const key = stream * NODES_MAX + node;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    return this.all.push({ source, node, stream, newest: 0, floor: 0, buckets: [] }) - 1;
  }

  at(number: number): Window {
    return this.all[number] as Window;
  }

  floorOf(number: number): number {
    return this.at(number).floor;
  }

  /** Moves a window on; `dropped` gets the head of every id bucket that fell out of it. */
  hear(number: number, heard: { atMs: number; lateMs: number }, dropped: (head: number) => void): void {
    const window = this.at(number);
    if (heard.atMs > window.newest) window.newest = heard.atMs;
    const floor = window.newest - heard.lateMs;
    if (floor <= window.floor) return;
    const crossed = Math.floor(floor / BUCKET_MS) > Math.floor(window.floor / BUCKET_MS);
    window.floor = floor;
    if (!crossed) return;
    const isOver = (bucket: { number: number }): boolean => (bucket.number + 1) * BUCKET_MS <= floor;
    for (const bucket of window.buckets) if (isOver(bucket)) dropped(bucket.head);
    window.buckets = window.buckets.filter((bucket) => !isOver(bucket));
  }

  bucketHead(number: number, atMs: number): number {
    return this.bucket(number, atMs)?.head ?? 0;
  }

  setBucketHead(number: number, atMs: number, head: number): void {
    const bucket = this.bucket(number, atMs);
    if (bucket === undefined) this.at(number).buckets.push({ number: Math.floor(atMs / BUCKET_MS), head });
    else bucket.head = head;
  }

  private bucket(number: number, atMs: number): { readonly number: number; head: number } | undefined {
    const wanted = Math.floor(atMs / BUCKET_MS);
    const { buckets } = this.at(number);
    for (let i = buckets.length - 1; i >= 0; i--) if (buckets[i]?.number === wanted) return buckets[i];
    return undefined;
  }

  *[Symbol.iterator](): Iterator<Window> {
    for (let i = 1; i < this.all.length; i++) yield this.at(i);
  }

  save(): readonly Window[] {
    return this.all.slice(1);
  }

  load(saved: readonly Window[]): void {
    for (const window of saved) {
      this.numbers.set(window.stream * NODES_MAX + window.node, this.all.length);
      this.all.push(window);
    }
  }
}
