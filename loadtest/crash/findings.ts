// What a run has found wrong, by kind; the first few of each with their words.

export type Finding = 'ackedLost' | 'oversold' | 'doubleEffects' | 'leftHeld' | 'unexpected';

const SHOWN_MAX = 20;

export class Findings {
  readonly counts: Record<Finding, number> = {
    ackedLost: 0,
    oversold: 0,
    doubleEffects: 0,
    leftHeld: 0,
    unexpected: 0,
  };
  readonly #say: (line: string) => void;
  #shown = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  add(finding: Finding, words: string): void {
    this.counts[finding] += 1;
    if (this.#shown++ < SHOWN_MAX) this.#say(`  ${finding}: ${words}`);
  }

  get none(): boolean {
    return Object.values(this.counts).every((count) => count === 0);
  }
}
