import type { Place } from '../journal/journal.ts';

/** Something that is not as it was written, and where. Position 0: the fault belongs to none. */
export interface Fault extends Place {
  readonly why: string;
}

/** Faults told one by one; a folder of which every page is damaged says so in its count. */
const FAULTS_TOLD_MAX = 100;

/** What a check has found so far. */
export class Report {
  readonly faults: Fault[] = [];
  /** What a start would deal with by itself, such as a torn tail. */
  readonly notes: string[] = [];
  faultCount = 0;

  fault(why: string, place: Place): void {
    this.faultCount += 1;
    if (this.faults.length < FAULTS_TOLD_MAX) this.faults.push({ ...place, why });
  }

  note(words: string): void {
    this.notes.push(words);
  }
}

export function faultText({ file, offset, position, why }: Fault): string {
  const at = position > 0 ? `, position ${position}` : '';
  return `${file} at byte ${offset}${at}: ${why}`;
}
