/** Names ordered by time: a binary heap. Bounded by what its owner holds; a name may stand in it for nothing (the owner checks). */
export class DueQueue<Name> {
  readonly #heap: { readonly at: number; readonly name: Name }[] = [];

  add(at: number, name: Name): void {
    const heap = this.#heap;
    heap.push({ at, name });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= heap[i]!.at) return;
      [heap[parent], heap[i]] = [heap[i]!, heap[parent]!];
      i = parent;
    }
  }

  /** Names whose time has come, at most `limit`; changes nothing. Only such entries and their children are looked at. */
  dueBy(at: number, limit: number): Name[] {
    const names: Name[] = [];
    const open = [0];
    while (open.length > 0 && names.length < limit) {
      const i = open.pop()!;
      const entry = this.#heap[i];
      if (entry === undefined || entry.at > at) continue;
      names.push(entry.name);
      open.push(2 * i + 1, 2 * i + 2);
    }
    return names;
  }

  first(): { readonly at: number; readonly name: Name } | undefined {
    return this.#heap[0];
  }

  removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && heap[child]!.at < heap[least]!.at) least = child;
      if (least === i) return;
      [heap[least], heap[i]] = [heap[i]!, heap[least]!];
      i = least;
    }
  }
}
