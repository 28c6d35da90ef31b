import type { DeltaTimes } from './coverage.ts';
import type { Floors } from './windows.ts';

/** A void that came before what it annuls; it has its effect when that arrives, within the window. */
export interface PendingVoid extends Omit<DeltaTimes, 'at'> {
  /** Where the void says the annulled event was; one at another place is another event. */
  readonly position: number;
  readonly window: number;
  /** The void's own source time: it waits until its window has passed that. */
  readonly at: number;
}

const PRUNE_FIRST = 64;

export class PendingVoids {
  private readonly waiting = new Map<string, PendingVoid>();
  private pruneAt = PRUNE_FIRST;

  /** The first void of an id waits; another one has no effect. */
  add(target: string, pending: PendingVoid, floors: Floors): void {
    const key = keyOf(target, pending.position);
    if (this.waiting.has(key)) return;
    if (this.waiting.size >= this.pruneAt) this.prune(floors);
    this.waiting.set(key, pending);
  }

  get count(): number {
    return this.waiting.size;
  }

  take(target: string, position: number): PendingVoid | undefined {
    const key = keyOf(target, position);
    const pending = this.waiting.get(key);
    if (pending !== undefined) this.waiting.delete(key);
    return pending;
  }

  private prune(floors: Floors): void {
    for (const [target, pending] of this.waiting) {
      if (pending.at < floors.floorOf(pending.window)) this.waiting.delete(target);
    }
    this.pruneAt = Math.max(PRUNE_FIRST, 2 * this.waiting.size);
  }

  save(): { readonly waiting: readonly (readonly [string, PendingVoid])[]; readonly pruneAt: number } {
    return { waiting: [...this.waiting], pruneAt: this.pruneAt };
  }

  load(saved: { readonly waiting: readonly (readonly [string, PendingVoid])[]; readonly pruneAt: number }): void {
    for (const [target, pending] of saved.waiting) this.waiting.set(target, pending);
    this.pruneAt = saved.pruneAt;
  }
}

const keyOf = (target: string, position: number): string => `${position} ${target}`;
