import type { WorkRefusal } from '../contract/node-port.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { Parcel, WorkAct, WorkLine, WorkOrder } from '../contract/work-order.ts';

type Ship = Extract<WorkAct, { act: 'ship' }>;

/** Parcels of all that was picked; without a word about them it is one. Codes in the order of WORK_REFUSALS. */
export function shippedParcels({ lines }: WorkOrder, act: Ship): Parcel[] | Refused<WorkRefusal> {
  const { parcels } = act;
  if (parcels === undefined || parcels.length === 0) return [wholeParcel(lines, act)];
  const inside = parcels.flatMap((parcel) => parcel.lines);
  if (inside.some(({ line }) => !lines.some((each) => each.line === line))) {
    return refuse('unknown-line', { field: 'parcels' });
  }
  const units = (number: number): number =>
    inside.reduce((sum, each) => (each.line === number ? sum + each.units : sum), 0);
  const isWhole = inside.every((each) => Number.isInteger(each.units) && each.units > 0);
  if (!isWhole || lines.some((line) => units(line.line) !== pickedOf(line))) {
    return refuse('units-out-of-bounds', { field: 'parcels' });
  }
  return [...parcels];
}

export function sameParcels(one: readonly Parcel[], other: readonly Parcel[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wholeParcel(lines: readonly WorkLine[], { carrier = 'other', tracking }: Ship): Parcel {
  const inside = lines.filter((line) => pickedOf(line) > 0).map((line) => ({ line: line.line, units: pickedOf(line) }));
  return { carrier, ...(tracking !== undefined && { tracking }), lines: inside };
}

function pickedOf({ units, picked = units }: WorkLine): number {
  return picked;
}
