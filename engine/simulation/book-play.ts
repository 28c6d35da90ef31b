import type { IntakeCommand } from '../contract/command.ts';
import { rowKey, type ReferenceBatch } from '../contract/reference.ts';
import type { Chance } from './chance.ts';

type Change = Extract<IntakeCommand, { do: 'change' | 'cancel-change' }>;

/** A change made now, or for later, or on a version that may have passed; sometimes one that takes back: retired or cancelled. */
export function draftChange(chance: Chance, batch: ReferenceBatch, nowMs: number): Change {
  const by = chance.pick(['ann', 'bob']);
  if (chance.yes(0.06)) return { do: 'cancel-change', id: `p${1 + chance.below(6)}`, by };
  const plan = chance.yes(0.2) ? { effectiveAt: nowMs + chance.pick([1, 5_000, 60_000, 900_000]) } : {};
  const seen = chance.yes(0.1) ? { ifVersion: chance.below(60) } : {};
  const head = { do: 'change', by, ...plan, ...seen } as const;
  const { of, rows } = batch;
  const mayRetire = of === 'pools' || of === 'safety' || of === 'switches';
  if (!mayRetire || chance.yes(0.8)) return { ...head, batch };
  const none = { of, rows: [] } as unknown as ReferenceBatch;
  return { ...head, batch: none, retire: [rowKey(of, chance.pick<object>(rows))] };
}
