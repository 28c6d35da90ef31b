import { assert } from '../contract/assert.ts';
import type { TakenUnits } from '../contract/stock-fact.ts';
import type { Sku } from '../contract/ids.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { Place, ReserveLine } from '../contract/reservation.ts';
import type { LineUnits } from '../contract/stock-port.ts';
import type { PlacedLine } from './placed-line.ts';
import { withUnits, type HeldLines } from './move-lines.ts';

type Bad = Refused<'unknown-line' | 'units-out-of-bounds'>;

/** Which units of which lines are meant; absent: all. A place may have two lines when its group changed in between. */
export function takenUnits(held: HeldLines, asked: readonly LineUnits[] | undefined): readonly TakenUnits[] | Bad {
  const left = held.lines.map(({ units }) => units);
  const pools = held.placed.map(({ pool }) => pool?.units ?? 0);
  const taken: TakenUnits[] = [];
  const takeFrom = (line: number, units: number): void => {
    const { sku } = held.lines[line] as ReserveLine;
    const drawn = Math.min(units, pools[line] as number);
    left[line] = (left[line] as number) - units;
    pools[line] = (pools[line] as number) - drawn;
    taken.push({ line, sku, at: placeOf(held.lines[line] as ReserveLine), units, ...(drawn > 0 && { drawn }) });
  };
  if (asked === undefined) {
    for (const [line, units] of left.entries()) takeFrom(line, units);
    return taken;
  }
  for (const [index, wanted] of asked.entries()) {
    const there = held.lines.flatMap((line, at) => (isAt(line, wanted.sku, wanted) ? [at] : []));
    if (there.length === 0) return refuse('unknown-line', { field: `lines[${index}]` });
    const units = there.reduce((sum, at) => sum + (left[at] as number), 0);
    if (!Number.isSafeInteger(wanted.units) || wanted.units < 1 || wanted.units > units) {
      return refuse('units-out-of-bounds', { field: `lines[${index}].units`, units });
    }
    let open = wanted.units;
    for (const at of there) {
      const here = Math.min(open, left[at] as number);
      if (here > 0) takeFrom(at, here);
      open -= here;
    }
  }
  return taken;
}

function isAt(line: ReserveLine, sku: Sku, place: Place): boolean {
  if (line.sku !== sku) return false;
  return 'node' in place ? 'node' in line && line.node === place.node : 'group' in line && line.group === place.group;
}

function placeOf(line: ReserveLine): Place {
  return 'node' in line ? { node: line.node } : { group: line.group };
}

/** The lines after it, without those that are empty; and what was taken, placed as it stood. */
export function withoutTaken(
  { lines, placed }: HeldLines,
  taken: readonly TakenUnits[],
): { readonly after: HeldLines; readonly taken: readonly PlacedLine[] } {
  const rest = [...placed];
  const out = taken.map(({ line, units, drawn = 0 }) => {
    const from = rest[line];
    assert(from !== undefined && from.units >= units, () => `${units} units are taken from line ${line}`);
    rest[line] = withUnits(from, from.units - units, (from.pool?.units ?? 0) - drawn);
    return withUnits(from, units, drawn);
  });
  const kept = lines.map((line, index) => ({ ...line, units: rest[index]?.units ?? 0 }));
  return {
    after: { lines: kept.filter(({ units }) => units > 0), placed: rest.filter(({ units }) => units > 0) },
    taken: out,
  };
}
