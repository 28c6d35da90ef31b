import type { Fact } from '../../contract/fact.ts';
import type { ReservationId } from '../../contract/ids.ts';
import type { ShardRequest } from '../../contract/machine.ts';
import type { ReserveLine } from '../../contract/reservation.ts';
import type { Planted } from './planted.ts';
import { inMachines, takingInstead } from './with-machine.ts';

/** Longer than a short hold, so that it shows. */
const GRACE_MS = 5_000;

/** Bugs in holds, parts and sagas (rules AV2, RS1 to RS4). */
export const HOLD_BUGS: readonly Planted[] = [
  {
    name: 'a hold does not expire in time',
    ...takingInstead((fact) => {
      if (fact.fact !== 'UnitsReserved') return fact;
      const { reservation } = fact;
      return { ...fact, reservation: { ...reservation, expiresAt: reservation.expiresAt + 600_000 } };
    }),
  },
  {
    name: 'a hold can be released when it has expired',
    ...inMachines('stock', (inner) => ({
      dueAt: () => inner.dueAt() + GRACE_MS,
      decide(command, atMs) {
        if (command.do !== 'release') return inner.decide(command, atMs);
        const decision = inner.decide(command, atMs - GRACE_MS);
        return { ...decision, facts: decision.facts.map((fact) => ({ ...fact, at: atMs })) };
      },
    })),
  },
  {
    name: 'headroom does not know what is promised to groups',
    ...takingInstead((fact) => {
      if (fact.fact === 'PartHeld') return { ...fact, lines: placed(fact.lines) };
      if (fact.fact !== 'UnitsReserved') return fact;
      return { ...fact, reservation: { ...fact.reservation, lines: placed(fact.reservation.lines) } };
    }),
  },
  { name: 'released units come back twice', ...returningTwice() },
  {
    name: 'half a saga is committed: a refused part counts as held',
    ...inMachines('promise', (inner) => ({
      decide(command, atMs) {
        if (command.do !== 'part-held' || command.outcome.status !== 'refused') return inner.decide(command, atMs);
        return inner.decide({ ...command, outcome: { status: 'held', lines: [] } }, atMs);
      },
    })),
  },
  {
    name: 'only the first shard is told that a saga has ended',
    ...inMachines('promise', (inner) => ({
      decide: (command, atMs) => {
        const decision = inner.decide(command, atMs);
        return { ...decision, requests: firstEnd(decision.requests) };
      },
      outstanding: () => firstEnd(inner.outstanding()),
    })),
  },
  {
    name: 'a part that is asked for again is held again',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        if (command.do !== 'hold-part' || decision.facts.length > 0) return decision;
        const again = inner.decide({ ...command, saga: `${command.saga}again` as ReservationId }, atMs);
        return {
          ...decision,
          facts: again.facts.map((fact) => ('saga' in fact ? { ...fact, saga: command.saga } : fact)),
        };
      },
    })),
  },
  {
    name: 'the no of a key is forgotten, its next answer is another',
    ...takingInstead((fact) =>
      fact.fact === 'ReservationRefused' ? { ...fact, keyDigest: fact.keyDigest.replaceAll('0', 'f') } : fact,
    ),
  },
];

function placed(lines: readonly ReserveLine[]): ReserveLine[] {
  return lines.filter((line) => 'node' in line);
}

function firstEnd(requests: readonly ShardRequest[]): ShardRequest[] {
  const [first] = requests.filter(({ command }) => command.do === 'end-part');
  return requests.filter((request) => request.command.do !== 'end-part' || request === first);
}

/** What a release gave back is added to the next delta at the same place. */
function returningTwice(): Pick<Planted, 'shard'> {
  return inMachines('stock', (inner) => {
    const lines = new Map<string, readonly ReserveLine[]>();
    const owed = new Map<string, number>();
    function taken(fact: Fact): Fact {
      if (fact.fact === 'UnitsReserved') lines.set(fact.reservation.id, fact.reservation.lines);
      if (fact.fact === 'UnitsReleased') {
        for (const line of placed(lines.get(fact.id) ?? [])) {
          const place = 'node' in line ? `${line.sku} ${line.node}` : '';
          owed.set(place, (owed.get(place) ?? 0) + line.units);
        }
      }
      if (fact.fact !== 'StockRecorded' || fact.event.kind !== 'delta') return fact;
      const place = `${fact.event.sku} ${fact.event.node}`;
      const units = fact.units + (owed.get(place) ?? 0);
      owed.delete(place);
      return { ...fact, units };
    }
    return { evolve: (fact, lsn) => inner.evolve(taken(fact), lsn) };
  });
}
