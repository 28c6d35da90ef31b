import { assert } from '../contract/assert.ts';
import { rowKey, type ReferenceKind } from '../contract/reference.ts';
import { PENDING_CHARS_MAX, PENDING_MAX, type PendingChange } from '../contract/reference-change.ts';

/** Changes that wait for their time; bounded, one too many is refused. */
export class PendingChanges {
  readonly #changes = new Map<string, { readonly change: PendingChange; readonly chars: number }>();
  #chars = 0;

  get(id: string): PendingChange | undefined {
    return this.#changes.get(id)?.change;
  }

  hasRoomFor(change: object): boolean {
    return this.#changes.size < PENDING_MAX && this.#chars + JSON.stringify(change).length <= PENDING_CHARS_MAX;
  }

  add(change: PendingChange): void {
    assert(!this.#changes.has(change.id), () => `change ${change.id} is scheduled already`);
    const chars = JSON.stringify(change).length;
    this.#changes.set(change.id, { change, chars });
    this.#chars += chars;
  }

  remove(id: string): void {
    const known = this.#changes.get(id);
    assert(known !== undefined, () => `no change ${id} is scheduled`);
    this.#chars -= known.chars;
    this.#changes.delete(id);
  }

  /** The soonest first, of one moment the one that was planned first. */
  list(): PendingChange[] {
    const all = [...this.#changes.values()].map(({ change }) => change);
    return all.toSorted((a, b) => a.effectiveAt - b.effectiveAt);
  }

  /** ms since the epoch; Infinity: nothing waits. */
  get nextAt(): number {
    let next = Infinity;
    for (const { change } of this.#changes.values()) next = Math.min(next, change.effectiveAt);
    return next;
  }

  /** Whether a row will have come by then. */
  willHave(of: ReferenceKind, key: string, byMs: number): boolean {
    for (const { change } of this.#changes.values()) {
      if (change.effectiveAt > byMs || change.batch.of !== of) continue;
      if (change.batch.rows.some((row) => rowKey(of, row) === key)) return true;
    }
    return false;
  }

  get all(): PendingChange[] {
    return [...this.#changes.values()].map(({ change }) => change);
  }
}
