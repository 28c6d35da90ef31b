/** Keys live 24 h after what they made has ended, in ms. */
export const KEY_KEPT_MS = 24 * 3_600_000;

/**
 * What has ended and when, oldest first (facts never run backwards in time): remembered for a day, like keys. Asked at
 * every fact whether something is to go, so the oldest time stands beside the map: beginning to walk four maps for it
 * cost a sixth of a fact.
 */
export class Remembered<K> {
  private readonly endedAt = new Map<K, number>();
  private oldestMs = Infinity;

  get size(): number {
    return this.endedAt.size;
  }

  add(key: K, atMs: number): void {
    if (this.endedAt.size === 0) this.oldestMs = atMs;
    this.endedAt.delete(key);
    this.endedAt.set(key, atMs);
  }

  /** It goes on after all. */
  delete(key: K): void {
    this.endedAt.delete(key);
  }

  /** Drops what ended more than a day before `atMs`. */
  forgetOld(atMs: number, forget: (key: K) => void): void {
    if (this.oldestMs + KEY_KEPT_MS > atMs) return;
    this.oldestMs = Infinity;
    for (const [key, endedAt] of this.endedAt) {
      if (endedAt + KEY_KEPT_MS > atMs) {
        this.oldestMs = endedAt;
        return;
      }
      this.endedAt.delete(key);
      forget(key);
    }
  }

  save(): readonly (readonly [K, number])[] {
    return [...this.endedAt];
  }

  load(saved: readonly (readonly [K, number])[]): void {
    for (const [key, atMs] of saved) this.add(key, atMs);
  }
}
