import type { Group, Interchange, TransactionSet } from './x12-envelope.ts';
import { elementOf } from './x12-message.ts';

// The counts and control numbers that closing segments repeat. They guard against lost parts of a message; in real
// files they are often simply wrong, so whether they matter is the source's setting.

export interface CountFaults {
  /** Of the interchange and its groups. */
  readonly outer: readonly string[];
  readonly sets: ReadonlyMap<TransactionSet, string>;
}

export function countFaults({ isa, groups, iea }: Interchange): CountFaults {
  const outer: string[] = [];
  const sets = new Map<TransactionSet, string>();
  const say = (words: string): void => {
    if (outer.length < FAULTS_MAX) outer.push(words);
  };
  if (differs(elementOf(iea, 1), groups.length))
    say(`IEA counts ${elementOf(iea, 1)} groups, there are ${groups.length}`);
  if (elementOf(iea, 2) !== elementOf(isa, 13))
    say(`IEA closes ${elementOf(iea, 2)}, ISA opened ${elementOf(isa, 13)}`);
  for (const group of groups) {
    groupFaults(group, say);
    for (const set of group.sets) {
      const fault = setFault(set);
      if (fault !== undefined) sets.set(set, fault);
    }
  }
  return { outer, sets };
}

/** Faults named per interchange; more say nothing new. */
const FAULTS_MAX = 10;

function differs(said: string, is: number): boolean {
  return !/^\d{1,9}$/.test(said) || Number(said) !== is;
}

function groupFaults({ gs, sets, ge }: Group, say: (words: string) => void): void {
  if (differs(elementOf(ge, 1), sets.length)) say(`GE counts ${elementOf(ge, 1)} sets, there are ${sets.length}`);
  if (elementOf(ge, 2) !== elementOf(gs, 6)) say(`GE closes ${elementOf(ge, 2)}, GS opened ${elementOf(gs, 6)}`);
}

function setFault({ st, body, se }: TransactionSet): string | undefined {
  const number = elementOf(st, 2);
  const count = body.length + 2;
  if (differs(elementOf(se, 1), count))
    return `SE of set ${number} counts ${elementOf(se, 1)} segments, there are ${count}`;
  return elementOf(se, 2) === number ? undefined : `SE closes ${elementOf(se, 2)}, ST opened ${number}`;
}
