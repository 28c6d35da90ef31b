import type { Fact } from '../../contract/fact.ts';
import type { Planted } from './planted.ts';
import { inMachines, takingInstead } from './with-machine.ts';

type Departed = Extract<Fact, { fact: 'UnitsDeparted' }>;

/** Bugs in what orders have and what left for them (rules RS3, FD8). */
export const ORDER_BUGS: readonly Planted[] = [
  {
    name: 'what ships is free again until its owner books it',
    ...takingInstead((fact) => {
      if (fact.fact !== 'UnitsDeparted') return fact;
      const { at, id, step, departed } = fact;
      return { fact: 'AllocationReduced', at, id, step, taken: departed };
    }),
  },
  {
    name: 'a movement counts twice, by our word and by its owner',
    ...takingInstead((fact) => {
      if (fact.fact !== 'StockRecorded' || fact.event.kind !== 'delta') return fact;
      const { movementRef: _, ...event } = fact.event;
      return { ...fact, event };
    }),
  },
  {
    name: 'a hold that becomes an order is given back',
    ...takingInstead((fact) => {
      if (fact.fact !== 'HeldAllocated') return fact;
      return { ...fact, taken: [] };
    }),
  },
  {
    name: 'a step that arrives twice counts twice',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        if (command.do !== 'allocate' || decision.facts.length > 0) return decision;
        const again = inner.decide({ ...command, step: command.step + 0.5 }, atMs);
        return {
          ...again,
          facts: again.facts.map((fact) => ('step' in fact ? { ...fact, step: command.step } : fact)),
        };
      },
    })),
  },
  {
    name: 'what is on its way to a node is still there when it was lost',
    ...takingInstead((fact) => (fact.fact === 'UnitsWrittenOff' ? { ...fact, units: 0 } : fact)),
  },
  {
    name: 'a transfer is due at its sender',
    ...takingInstead((fact) => (fact.fact === 'UnitsTransferred' ? { ...fact, to: fact.from } : fact)),
  },
  {
    name: 'who was served goes on waiting, and is served twice',
    ...inMachines('stock', (inner) => ({
      evolve(fact, lsn) {
        inner.evolve(fact, lsn);
        if (fact.fact === 'UnitsServed') inner.evolve(waitsAgain(fact), lsn);
      },
    })),
  },
  {
    name: 'those who wait are not served the oldest first',
    ...takingInstead((fact) => (fact.fact === 'UnitsAwaited' ? { ...fact, placedAt: 0 } : fact)),
  },
  {
    name: 'what came for those who wait is sold to others first',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        const isServing = decision.facts.some(({ fact }) => fact === 'UnitsServed');
        return command.do === 'tick' && isServing ? { ...decision, facts: [], requests: [] } : decision;
      },
      dueAt: () => Math.max(1, inner.dueAt()),
    })),
  },
  { name: 'a count does not see that units had left', ...onDeparted((one) => ({ ...one, leftAt: 9e15 })) },
  { name: 'a book snapshot covers what was not posted yet', ...onDeparted((one) => ({ ...one, postedBy: 0 })) },
  {
    name: 'an order is answered before all parts are allocated',
    ...inMachines('promise', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        if (command.do !== 'allocate-held' || decision.outcome.status !== 'pending') return decision;
        const { allocation: id, id: reservation } = command;
        const told = { id, channel: 'web' as never, movementRef: id, lines: [] };
        return {
          ...decision,
          outcome: { status: 'allocated', allocation: told },
          settled: [{ id: reservation, outcome: { status: 'allocated', allocation: told } }],
        };
      },
    })),
  },
];

function onDeparted(
  rewrite: (one: Departed['departed'][number]) => Departed['departed'][number],
): Pick<Planted, 'shard'> {
  return takingInstead((fact) =>
    fact.fact === 'UnitsDeparted' ? { ...fact, departed: fact.departed.map(rewrite) } : fact,
  );
}

function waitsAgain({ at, sku, served }: Extract<Fact, { fact: 'UnitsServed' }>): Fact {
  const { id, group, units, channel } = served[0] as (typeof served)[number];
  const terms = { order: id as never, movementRef: id, placedAt: 0, priority: 0, dueAt: at };
  return { fact: 'UnitsAwaited', at, id, step: 0, channel, sku, group, units, ...terms };
}
