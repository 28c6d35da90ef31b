import type { Decision } from '../../contract/machine.ts';
import type { Command } from '../../contract/command.ts';
import type { Fact } from '../../contract/fact.ts';
import type { EventId } from '../../contract/ids.ts';
import type { AnyMachine } from '../../shard/hosted-shard.ts';
import type { Planted } from './planted.ts';
import { inMachines, takingInstead } from './with-machine.ts';

type Recorded = Extract<Fact, { fact: 'StockRecorded' }>;

/** Bugs in what events do (rules FD1 to FD3). */
export const FEED_BUGS: readonly Planted[] = [
  { name: 'an id is forgotten: the same event counts again', ...forgetting(() => true) },
  { name: 'ids are forgotten by a restart', ...forgetting((since, id) => !since.has(id)) },
  {
    name: 'a snapshot that arrives late replaces a newer one',
    ...onEvent((fact) => (fact.event.kind === 'snapshot' ? { ...fact.event, at: fact.at } : fact.event)),
  },
  {
    name: 'a delta counts although the snapshot covers it',
    ...onEvent(({ event, at }) => {
      if (event.kind !== 'delta') return event;
      const { seq: _, postedAt: __, ...rest } = event;
      return { ...rest, at };
    }),
  },
  {
    name: 'a complete sets newer positions to 0',
    ...onEvent((fact) => (fact.event.kind === 'complete' ? { ...fact.event, at: fact.at } : fact.event)),
  },
  {
    name: 'a void has no effect',
    ...onEvent(({ event }) => (event.kind === 'void' ? { ...event, voids: 'nobody' as EventId } : event)),
  },
  {
    name: 'a snapshot without states clears them',
    ...onEvent(({ event }) => (event.kind === 'snapshot' ? { ...event, states: event.states ?? {} } : event)),
  },
  {
    name: 'what is finer than a unit is dropped',
    ...takingInstead((fact) => {
      if (fact.fact !== 'StockRecorded') return fact;
      const { carryMicros, ...rest } = fact;
      return carryMicros === undefined ? fact : { ...rest, carryMicros: 0 };
    }),
  },
  {
    name: 'the safety stock of a node is not kept back',
    ...takingInstead((fact) => {
      if (fact.fact !== 'ReferenceApplied' || fact.batch.of !== 'nodes') return fact;
      return { ...fact, batch: { of: 'nodes', rows: fact.batch.rows.map((row) => ({ ...row, safety: 0 })) } };
    }),
  },
];

function onEvent(rewrite: (fact: Recorded) => Recorded['event']): Pick<Planted, 'shard'> {
  return takingInstead((fact) => (fact.fact === 'StockRecorded' ? { ...fact, event: rewrite(fact) } : fact));
}

/** What is a duplicate is decided as if it were new; `forgets` gets what this machine has itself decided. */
function forgetting(forgets: (since: ReadonlySet<string>, id: string) => boolean): Pick<Planted, 'shard'> {
  return inMachines('stock', (inner) => {
    const since = new Set<string>();
    return { decide: (command, atMs) => decideAnew(inner, command, atMs, { since, forgets }) };
  });
}

function decideAnew(
  inner: AnyMachine,
  command: Command,
  atMs: number,
  { since, forgets }: { since: Set<string>; forgets: (since: ReadonlySet<string>, id: string) => boolean },
): Decision<Fact> {
  const decision = inner.decide(command, atMs);
  if (command.do !== 'record') return decision;
  const { event } = command;
  const isForgotten = decision.outcome.status === 'duplicate' && forgets(since, event.id);
  since.add(event.id);
  if (!isForgotten) return decision;
  const asNew = inner.decide({ ...command, event: { ...event, id: `${event.id}-${atMs}` as EventId } }, atMs);
  return { ...asNew, facts: asNew.facts.map((fact) => (fact.fact === 'StockRecorded' ? { ...fact, event } : fact)) };
}
