import type { WorkActBody } from '../../gateway/protocol/work-bodies.ts';
import type { Work } from './next-acts.ts';

/** Parcels of one work order at most that the form offers. */
export const PARCELS_MAX = 10;

/** Units of each line in the parcels after the first, which holds the rest. */
export interface ParcelPlan {
  readonly carrier: string;
  readonly parcels: readonly { readonly tracking: string; readonly units: Readonly<Record<number, number>> }[];
}

export const ONE_PARCEL: ParcelPlan = { carrier: '', parcels: [{ tracking: '', units: {} }] };

function pickedUnits({ units, picked = units }: Work['lines'][number]): number {
  return picked;
}

/** How many units of the line are in the parcel (0: the first, which holds what no other does). */
export function unitsIn(plan: ParcelPlan, line: Work['lines'][number], parcel: number): number {
  if (parcel > 0) return plan.parcels[parcel]?.units[line.line] ?? 0;
  const others = plan.parcels.slice(1).reduce((sum, { units }) => sum + (units[line.line] ?? 0), 0);
  return pickedUnits(line) - others;
}

export function withParcels(plan: ParcelPlan, count: number): ParcelPlan {
  const more = Array.from({ length: Math.max(0, count - plan.parcels.length) }, () => ({ tracking: '', units: {} }));
  return { ...plan, parcels: [...plan.parcels.slice(0, count), ...more] };
}

export function withTracking(plan: ParcelPlan, parcel: number, tracking: string): ParcelPlan {
  return { ...plan, parcels: plan.parcels.map((each, at) => (at === parcel ? { ...each, tracking } : each)) };
}

/** Moves units of the line between the parcel and the first one, as far as there are any. */
export function withUnits(plan: ParcelPlan, line: Work['lines'][number], parcel: number, units: number): ParcelPlan {
  const free = unitsIn(plan, line, 0) + unitsIn(plan, line, parcel);
  const kept = Math.max(0, Math.min(free, units));
  const moved = (each: ParcelPlan['parcels'][number]) => ({ ...each, units: { ...each.units, [line.line]: kept } });
  return { ...plan, parcels: plan.parcels.map((each, at) => (at === parcel ? moved(each) : each)) };
}

/** What stands in the way of shipping it so; undefined: nothing. */
export function faultOf(plan: ParcelPlan, { lines }: Work): string | undefined {
  if (plan.carrier.trim() === '') return 'Who carries it?';
  const empty = plan.parcels.findIndex((_, at) => lines.every((line) => unitsIn(plan, line, at) === 0));
  return empty < 0 ? undefined : `Parcel ${empty + 1} is empty.`;
}

export function shipAct(plan: ParcelPlan, { lines }: Work): WorkActBody {
  const carrier = plan.carrier.trim();
  const parcels = plan.parcels.map(({ tracking }, at) => ({
    carrier,
    ...(tracking.trim() !== '' && { tracking: tracking.trim() }),
    lines: lines.map((line) => ({ line: line.line, units: unitsIn(plan, line, at) })).filter(({ units }) => units > 0),
  }));
  return { act: 'ship', parcels };
}
