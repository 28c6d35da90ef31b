import type { Command } from '../../contract/command.ts';
import type { Fact } from '../../contract/fact.ts';
import type { ClientId } from '../../contract/ids.ts';
import type { Decision } from '../../contract/machine.ts';
import type { AnyMachine } from '../../shard/hosted-shard.ts';
import type { Planted } from './planted.ts';
import { inMachines } from './with-machine.ts';

type Recording = Extract<Command, { do: 'record' }>;
type Recorded = Extract<Fact, { fact: 'StockRecorded' }>;

/** Bugs in what keeps events out and what misses them (rules FD5, FD6, FD12). */
export const GUARD_BUGS: readonly Planted[] = [
  {
    name: 'nobody looks whether on-hand is what was expected',
    ...deciding(
      ({ event, ...rest }) => {
        const { expected: _, ...seen } = event as typeof event & { expected?: number };
        return { ...rest, event: seen as typeof event };
      },
      (fact, { event }) => ({ ...fact, event }),
    ),
  },
  {
    name: 'a snapshot covers no number that is missing',
    ...inMachines('intake', (inner) => ({ evolve: (fact, lsn) => inner.evolve(uncovering(fact), lsn) })),
  },
  {
    name: 'the brakes hold nothing',
    ...deciding(
      (command) => ({ ...command, approvedBy: 'ann' as ClientId }),
      (fact, { approvedBy }) => {
        const { approvedBy: _, ...own } = fact;
        return { ...own, ...(approvedBy !== undefined && { approvedBy }) };
      },
    ),
  },
];

function uncovering(fact: Fact): Fact {
  if (fact.fact !== 'NumbersHeard') return fact;
  return { ...fact, seen: fact.seen.map((each) => ({ ...each, coveredTo: -1 })) };
}

/** Decides something else than was asked and writes down that it was this. */
function deciding(
  ask: (command: Recording) => Recording,
  write: (fact: Recorded, command: Recording) => Recorded,
): Pick<Planted, 'shard'> {
  return inMachines('stock', (inner) => ({
    decide: (command, atMs) =>
      command.do === 'record' ? decided(inner, command, atMs, { ask, write }) : inner.decide(command, atMs),
  }));
}

function decided(
  inner: AnyMachine,
  command: Recording,
  atMs: number,
  { ask, write }: { ask: (command: Recording) => Recording; write: (fact: Recorded, command: Recording) => Recorded },
): Decision<Fact> {
  const decision = inner.decide(ask(command), atMs);
  return {
    ...decision,
    facts: decision.facts.map((fact) => (fact.fact === 'StockRecorded' ? write(fact, command) : fact)),
  };
}
