import { digestHex } from '../../contract/digest.ts';
import type { Command } from '../../contract/command.ts';
import type { Fact } from '../../contract/fact.ts';
import type { MovedUnits } from '../../contract/stock-fact.ts';
import type { Planted } from './planted.ts';
import { inMachines, takingInstead } from './with-machine.ts';

/** Bugs in holds that change while they are held (rules RS4, RS7). */
export const HELD_BUGS: readonly Planted[] = [
  {
    name: 'an extension is forgotten, the hold ends when it once would have',
    ...inMachines('stock', (inner) => {
      const until = new Map<string, number>();
      return {
        evolve(fact, lsn) {
          if (fact.fact === 'UnitsReserved') until.set(fact.reservation.id, fact.reservation.expiresAt);
          const before = fact.fact === 'HoldExtended' ? until.get(fact.id) : undefined;
          inner.evolve(before === undefined ? fact : ({ ...fact, expiresAt: before } as Fact), lsn);
        },
      };
    }),
  },
  { name: 'moved units stay where they were', ...movingOtherwise((moved) => ({ ...moved, to: moved.from })) },
  {
    name: 'a pool does not get back what a move returns',
    ...movingOtherwise((moved) => {
      const { returned: _, ...rest } = moved;
      return rest;
    }),
  },
  {
    name: 'a move that was made is made again',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        if (command.do !== 'move') return inner.decide(command, atMs);
        const { request } = command;
        const anew: Command = { ...command, request: { ...request, key: `${request.key} ${atMs}` } };
        const decision = inner.decide(anew, atMs);
        const keyDigest = digestHex(request.key);
        const facts = decision.facts.map((fact) => (fact.fact === 'UnitsMoved' ? { ...fact, keyDigest } : fact));
        return { ...decision, facts };
      },
    })),
  },
  {
    name: 'a move takes units that another promise needs',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        const no = decision.facts.find(({ fact }) => fact === 'PartMoveRefused');
        if (command.do !== 'move-part' || no?.fact !== 'PartMoveRefused') return decision;
        if (no.refusal.code !== 'units-exceed-available') return decision;
        const { sku, from, to, units = 1, saga, move } = command;
        const moved: MovedUnits = { line: 0, sku, from, units, to };
        return { ...decision, facts: [{ fact: 'PartMoved', at: atMs, saga, move, moved }] };
      },
    })),
  },
];

function movingOtherwise(rewrite: (moved: MovedUnits) => MovedUnits): Pick<Planted, 'shard'> {
  return takingInstead((fact) => {
    return fact.fact === 'UnitsMoved' || fact.fact === 'PartMoved' ? { ...fact, moved: rewrite(fact.moved) } : fact;
  });
}
