import type { PlanPart, SourcingPlan } from '../../contract/sourcing.ts';
import type { Assignment } from './assignment.ts';
import { MILLI, parcelMinor, pressureMilli, type Option } from './criteria.ts';
import type { Problem } from './problem.ts';
import type { NeededSku, View } from './view.ts';

/** An assignment as a person reads it: per node its lines, dates and what it costs, each part rounded to whole minor units. */
export function planOf({ options, items }: Problem, { options: chosen, units }: Assignment, view: View): SourcingPlan {
  const open = view.skus.map(({ lines }) => lines.map((line) => line.units));
  const parts = chosen.map((option, at) => {
    const row = units.subarray(at * items.length, (at + 1) * items.length);
    const taken = view.skus.map(() => 0);
    items.forEach(({ skus, isPiece }, item) => {
      for (const sku of skus) taken[sku] = isPiece ? row[item]! * view.skus[sku]!.units : row[item]!;
    });
    return partOf(options[option]!, taken, open, view);
  });
  const further = parts.filter(({ node }) => !view.servedBy.has(node)).length - (view.servedBy.size === 0 ? 1 : 0);
  const splitMinor = Math.max(0, further) * view.world.rules.costs.splitMinor;
  const pressure = chosen.reduce((sum, option) => sum + pressureMilli(options[option]!.candidate.node, view), 0);
  const pressureMinor = Math.round(pressure / MILLI);
  const costMinor = parts.reduce((sum, part) => sum + part.costMinor, splitMinor + pressureMinor);
  return { parts, costMinor, splitMinor, pressureMinor, missing: missingOf(view.skus, open) };
}

function partOf(option: Option, taken: readonly number[], open: number[][], view: View): PlanPart {
  const { candidate, carriage } = option;
  const { carrier, zone, date } = carriage;
  const grams = taken.reduce((sum, units, sku) => sum + units * view.skus[sku]!.grams, 0);
  return {
    node: candidate.node.id,
    ...(carrier !== undefined && { carrier }),
    ...(zone !== undefined && { zone }),
    grams: Math.round(grams),
    leavesAt: date.leavesAt,
    arrivesAt: date.arrivesAt,
    costMinor: Math.round(partMilli(option, taken, grams, view) / MILLI),
    lines: taken.flatMap((units, sku) => shareOut(view.skus[sku]!, units, open[sku]!)),
  };
}

/** Parcels × base + weight × price per kg + handling of each whole unit. */
function partMilli(option: Option, taken: readonly number[], grams: number, view: View): number {
  const { candidate, carriage } = option;
  const parcels = Math.max(1, Math.ceil(grams / carriage.gramsMax));
  const handling = view.world.rules.costs.handlingMinor[candidate.node.kind];
  const wholes = taken.reduce((sum, some, sku) => sum + some * view.skus[sku]!.wholes, 0);
  return parcels * MILLI * parcelMinor(option, view) + grams * carriage.perKgMinor + wholes * MILLI * handling;
}

/** Units of a sku to its lines, the first line first; `open` says what each still needs. */
function shareOut({ sku, lines }: NeededSku, units: number, open: number[]): PlanPart['lines'] {
  let left = units;
  return lines.flatMap(({ line }, index) => {
    const given = Math.min(left, open[index]!);
    left -= given;
    open[index]! -= given;
    return given === 0 ? [] : [{ line, sku, units: given }];
  });
}

function missingOf(skus: readonly NeededSku[], open: readonly (readonly number[])[]): SourcingPlan['missing'] {
  return skus.flatMap(({ sku, lines }, index) =>
    lines.flatMap(({ line }, at) => (open[index]![at]! > 0 ? [{ line, sku, units: open[index]![at]! }] : [])),
  );
}
