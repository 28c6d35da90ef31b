import type { Planted } from './planted.ts';
import { inMachines, takingInstead } from './with-machine.ts';

/** Bugs in what silence does and who is told of it (rule AV5), and in what is due (rule AV6). */
export const SILENCE_BUGS: readonly Planted[] = [
  {
    name: 'a stock shard says that it knows of a silence and writes nothing down',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        return command.do === 'node-silence' && command.silence !== null ? { ...decision, facts: [] } : decision;
      },
    })),
  },
  {
    name: 'who was told of a silence is not asked again after a crash',
    ...inMachines('intake', (inner) => ({
      outstanding: () => inner.outstanding().filter(({ command }) => command.do !== 'node-silence'),
    })),
  },
  {
    name: 'silence is looked at a minute late',
    ...inMachines('intake', (inner) => ({ dueAt: () => inner.dueAt() + 60_000 })),
  },
  {
    name: 'an event of the owner is heard of later than it came',
    ...inMachines('intake', (inner) => ({
      decide(command, atMs) {
        return inner.decide(command.do === 'owner-heard' ? { ...command, heardAt: atMs } : command, atMs);
      },
    })),
  },
  {
    name: 'every channel sells what is only due',
    ...takingInstead((fact) => {
      if (fact.fact !== 'ReferenceApplied' || fact.batch.of !== 'channels') return fact;
      const rows = fact.batch.rows.map((row) => ({ ...row, sellsInbound: true }));
      return { ...fact, batch: { of: 'channels', rows } };
    }),
  },
];
