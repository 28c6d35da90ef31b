import type { Fact } from '../../contract/fact.ts';
import type { ReferenceBatch } from '../../contract/reference.ts';
import type { Planted } from './planted.ts';
import { inMachines, takingInstead } from './with-machine.ts';

type Rows<Of extends ReferenceBatch['of']> = Extract<ReferenceBatch, { of: Of }>['rows'];

const HOUR_MS = 3_600_000;

/** Bugs in what safety rules, thresholds and pools keep back (rules AV1, AV2). */
export const REFERENCE_BUGS: readonly Planted[] = [
  {
    name: "other channels' pools are sold",
    ...onRows('pools', (row) => ({ ...row, units: 0 })),
  },
  {
    name: 'a sale does not draw its pool',
    ...takingInstead((fact) => {
      if (fact.fact !== 'UnitsReserved' && fact.fact !== 'PartHeld') return fact;
      const { drawn: _, ...rest } = fact;
      return rest as Fact;
    }),
  },
  {
    name: 'the threshold of a channel is not kept back',
    ...onRows('channels', (row) => ({ ...row, threshold: 0 })),
  },
  {
    name: 'a safety rule begins and nobody notices',
    ...inMachines('stock', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        return { ...decision, facts: decision.facts.filter(({ fact }) => fact !== 'SafetyDatesReached') };
      },
    })),
  },
  {
    name: 'a safety rule holds longer than it says',
    ...onRows('safety', (row) => (row.to === undefined ? row : { ...row, to: row.to + HOUR_MS })),
  },
  {
    name: 'a safety rule holds at every node',
    ...onRows('safety', (row) => {
      const { node: _, ...rest } = row;
      return rest;
    }),
  },
  {
    name: 'a node that is switched off goes on selling',
    ...onRows('nodes', (row) => ({ ...row, enabled: true })),
  },
];

function onRows<Of extends ReferenceBatch['of']>(
  of: Of,
  rewrite: (row: Rows<Of>[number]) => Rows<Of>[number],
): Pick<Planted, 'shard'> {
  return takingInstead((fact) => {
    if (fact.fact !== 'ReferenceApplied' || fact.batch.of !== of) return fact;
    const rows = (fact.batch.rows as readonly Rows<Of>[number][]).map(rewrite);
    return { ...fact, batch: { of, rows } as ReferenceBatch };
  });
}
