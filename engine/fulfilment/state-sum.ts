import { type Digest, digest, hex } from '../contract/digest.ts';
import type { WorkOrderId } from '../contract/ids.ts';
import type { WorkEntry } from './node-state.ts';

/**
 * Each entry as the bytes an image hands out, and a digest over all of them that is kept as they change: working out either
 * at once would stand still for as long as a shard has work.
 */
export class StateSum {
  readonly #kept = new Map<WorkOrderId, { readonly bytes: Uint8Array; readonly digest: Digest }>();
  #sum: Digest = [0, 0, 0, 0];

  put(id: WorkOrderId, entry: WorkEntry): void {
    const before = this.#kept.get(id);
    if (before !== undefined) this.#add(before.digest, -1);
    const text = JSON.stringify(entry);
    const kept = { bytes: new TextEncoder().encode(`${text}\n`), digest: digest(text) };
    this.#kept.set(id, kept);
    this.#add(kept.digest, 1);
  }

  drop(id: WorkOrderId): void {
    const before = this.#kept.get(id);
    if (before !== undefined) this.#add(before.digest, -1);
    this.#kept.delete(id);
  }

  /** In the order they came; never changed. */
  contents(): readonly Uint8Array[] {
    return [...this.#kept.values()].map(({ bytes }) => bytes);
  }

  /** 32 hex digits: of equal entries, in whatever order. */
  digest(): string {
    return this.#sum.map(hex).join('');
  }

  #add([a, b, c, d]: Digest, sign: 1 | -1): void {
    const [e, f, g, h] = this.#sum;
    this.#sum = [(e + sign * a) >>> 0, (f + sign * b) >>> 0, (g + sign * c) >>> 0, (h + sign * d) >>> 0];
  }
}
