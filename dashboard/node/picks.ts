import type { WorkActBody } from '../../gateway/protocol/work-bodies.ts';
import type { Work } from './next-acts.ts';

type PickRow = NonNullable<Extract<WorkActBody, { readonly act: 'pick' }>['lines']>[number];
export type ShortReason = NonNullable<PickRow['short']>;

/** What was picked so far of an open work order, by line; a line that is not there: nothing yet. */
export type Picks = Readonly<Record<number, { readonly picked: number; readonly short?: ShortReason }>>;

export function pickedOf(picks: Picks, line: number): number {
  return picks[line]?.picked ?? 0;
}

/** So many of the line are in hand; what was said about missing ones goes when none is missing. */
export function withPicked(picks: Picks, line: Work['lines'][number], picked: number): Picks {
  const kept = Math.max(0, Math.min(line.units, Math.trunc(picked)));
  const short = picks[line.line]?.short;
  return { ...picks, [line.line]: { picked: kept, ...(short !== undefined && kept < line.units && { short }) } };
}

/** Why the rest of the line is not there; without a reason it is still being looked for. */
export function withShort(picks: Picks, line: number, short: ShortReason | undefined): Picks {
  return { ...picks, [line]: { picked: pickedOf(picks, line), ...(short !== undefined && { short }) } };
}

/** Every unit is in hand or known to be missing. */
export function isWhole(work: Work, picks: Picks): boolean {
  return work.lines.every(({ line, units }) => pickedOf(picks, line) === units || picks[line]?.short !== undefined);
}

export function pickAct(work: Work, picks: Picks): WorkActBody {
  return { act: 'pick', lines: work.lines.map(({ line }) => ({ line, ...(picks[line] ?? { picked: 0 }) })) };
}

/** One unit of a sku of the work order was scanned: the first of its lines that lacks one gets it. */
export function scanUnit(
  work: Work,
  picks: Picks,
  sku: string,
): { readonly is: 'picked' | 'full'; readonly picks: Picks } {
  const open = work.lines.find((line) => line.sku === sku && pickedOf(picks, line.line) < line.units);
  if (open === undefined) return { is: 'full', picks };
  return { is: 'picked', picks: withPicked(picks, open, pickedOf(picks, open.line) + 1) };
}
