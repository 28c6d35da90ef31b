import { assert } from '../contract/assert.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { Fact } from '../contract/fact.ts';
import type { Decision, Machine } from '../contract/machine.ts';
import type { Answer, Query } from '../contract/query.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { readFact } from './codec/fact-bytes.ts';
import type { TurnRecords } from './turn-records.ts';

export type AnyMachine = Machine<Command, Fact, Query, Answer>;

/** One shard: its machine and its count of facts. */
export class HostedShard {
  readonly number: number;
  readonly machine: AnyMachine;
  /** Number of the newest fact, from 1; 0 before the first. */
  lsn = 0;

  constructor(number: number, machine: AnyMachine) {
    this.number = number;
    this.machine = machine;
  }

  /** Decides, applies each fact with the shard's next lsn and adds it to `into`. */
  run(command: Command, atMs: number, into: TurnRecords): Decision<Fact> {
    const decision = this.machine.decide(command, atMs);
    for (const fact of decision.facts) {
      this.lsn++;
      this.machine.evolve(fact, this.lsn);
      into.add(this.number, this.lsn, fact);
    }
    return decision;
  }

  /** Only what the machine writes down at its time: expiries. */
  tickIfDue(atMs: number, into: TurnRecords): Decision<Fact> | undefined {
    return this.machine.dueAt() <= atMs ? this.run({ do: 'tick' }, atMs, into) : undefined;
  }

  /** Applies a journaled fact unless a snapshot held it already. Returns its time, or undefined when it was skipped. */
  replay({ lsn, fact: bytes }: JournalRecord): number | undefined {
    if (lsn <= this.lsn) return undefined;
    assert(lsn === this.lsn + 1, () => `shard ${this.number}: fact ${lsn} follows fact ${this.lsn}`);
    const fact = readFact(bytes);
    this.lsn = lsn;
    this.machine.evolve(fact, lsn);
    return fact.at;
  }
}

export function isPending(outcome: Outcome): outcome is Extract<Outcome, { status: 'pending' | 'under-way' }> {
  return outcome.status === 'pending' || outcome.status === 'under-way';
}
