import type { Allocation } from '../contract/allocation.ts';
import type { AllocationId, ChannelId } from '../contract/ids.ts';
import type { HeldLines } from './move-lines.ts';

/** Units an order has for good, in this shard; gone when nothing is left of it (rule RS3). */
export interface AllocationRow extends HeldLines {
  readonly channel: ChannelId;
  readonly movementRef: string;
}

export const NO_LINES: HeldLines = { lines: [], placed: [] };

export type AllocationsSaved = readonly (readonly [AllocationId, AllocationRow])[];

export class AllocationTable {
  private readonly rows = new Map<AllocationId, AllocationRow>();

  find(id: AllocationId): AllocationRow | undefined {
    return this.rows.get(id);
  }

  put(id: AllocationId, row: AllocationRow): void {
    if (row.lines.length === 0) this.rows.delete(id);
    else this.rows.set(id, row);
  }

  get count(): number {
    return this.rows.size;
  }

  [Symbol.iterator](): Iterator<readonly [AllocationId, AllocationRow]> {
    return this.rows.entries();
  }

  save(): AllocationsSaved {
    return [...this.rows];
  }

  load(saved: AllocationsSaved): void {
    for (const [id, row] of saved) this.rows.set(id, row);
  }
}

export function allocationOf(id: AllocationId, { channel, movementRef, lines }: AllocationRow): Allocation {
  return { id, channel, movementRef, lines };
}
