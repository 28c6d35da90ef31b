import type { AllocationOutcome } from '../contract/allocation.ts';
import type { AllocationId } from '../contract/ids.ts';
import { KEY_KEPT_MS } from './keys.ts';

/** The newest step of an allocation and what it was answered: asked again, it is told the same (rule RS3). */
export interface StepMade {
  readonly step: number;
  readonly answer: AllocationOutcome;
}

export interface StepsSaved {
  readonly rows: readonly (readonly [AllocationId, StepMade])[];
  readonly ended: readonly (readonly [AllocationId, number])[];
}

export class StepTable {
  private readonly rows = new Map<AllocationId, StepMade>();
  /** Of what has nothing allocated any more, oldest first; remembered for a day, like keys. */
  private readonly ended = new Map<AllocationId, number>();

  find(id: AllocationId): StepMade | undefined {
    return this.rows.get(id);
  }

  /** `endedAt`: when nothing is allocated behind the step; absent while something is. */
  put(id: AllocationId, made: StepMade, endedAt?: number): void {
    this.rows.set(id, made);
    this.ended.delete(id);
    if (endedAt !== undefined) this.ended.set(id, endedAt);
  }

  forgetOld(atMs: number): void {
    for (const [id, endedAt] of this.ended) {
      if (endedAt + KEY_KEPT_MS > atMs) return;
      this.ended.delete(id);
      this.rows.delete(id);
    }
  }

  save(): StepsSaved {
    return { rows: [...this.rows], ended: [...this.ended] };
  }

  load(saved: StepsSaved): void {
    for (const [id, made] of saved.rows) this.rows.set(id, made);
    for (const [id, atMs] of saved.ended) this.ended.set(id, atMs);
  }
}
