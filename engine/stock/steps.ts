import type { AllocationOutcome } from '../contract/allocation.ts';
import type { AllocationId } from '../contract/ids.ts';
import { Remembered } from './remembered.ts';

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
  private readonly ended = new Remembered<AllocationId>();
  private readonly forget = (id: AllocationId): void => void this.rows.delete(id);

  find(id: AllocationId): StepMade | undefined {
    return this.rows.get(id);
  }

  /** `endedAt`: when nothing is allocated behind the step; absent while something is. */
  put(id: AllocationId, made: StepMade, endedAt?: number): void {
    this.rows.set(id, made);
    this.ended.delete(id);
    if (endedAt !== undefined) this.ended.add(id, endedAt);
  }

  forgetOld(atMs: number): void {
    this.ended.forgetOld(atMs, this.forget);
  }

  save(): StepsSaved {
    return { rows: [...this.rows], ended: this.ended.save() };
  }

  load(saved: StepsSaved): void {
    for (const [id, made] of saved.rows) this.rows.set(id, made);
    this.ended.load(saved.ended);
  }
}
