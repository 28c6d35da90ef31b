import { assert } from '../contract/assert.ts';
import type { MovedUnits } from '../contract/stock-fact.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { PlacedLine } from './placed-line.ts';

/** The lines of a hold by name, and each as it is placed. */
export interface HeldLines {
  readonly lines: readonly ReserveLine[];
  readonly placed: readonly PlacedLine[];
}

/** What a move takes from a hold, what it puts there, and the lines after it. */
export interface LinesMoved {
  readonly taken: PlacedLine;
  readonly put: PlacedLine;
  readonly after: HeldLines;
}

/** `to`: the moved units at their new place. A line that is emptied goes; units join a line of the same place. */
export function moveLines(
  held: HeldLines,
  { line: index, units, returned = 0 }: MovedUnits,
  to: { readonly line: ReserveLine; readonly placed: PlacedLine },
): LinesMoved {
  const line = held.lines[index];
  const placed = held.placed[index];
  assert(line !== undefined && placed !== undefined, () => `no line ${index} to move units from`);
  assert(units <= line.units, () => `${units} units are moved, ${line.units} are held`);
  const rest = withUnits(placed, placed.units - units, (placed.pool?.units ?? 0) - returned);
  const before = rowsOf(held);
  before[index] = { line: { ...line, units: line.units - units }, placed: rest };
  const after = join(
    before.filter((each) => each.line.units > 0),
    to,
  );
  return {
    taken: withUnits(placed, units, returned),
    put: to.placed,
    after: { lines: after.map((each) => each.line), placed: after.map((each) => each.placed) },
  };
}

/** Lines join those of the same place, or stand behind them. */
export function joinLines(held: HeldLines, more: HeldLines): HeldLines {
  let rows = rowsOf(held);
  for (const row of rowsOf(more)) rows = join(rows, row);
  return { lines: rows.map((each) => each.line), placed: rows.map((each) => each.placed) };
}

function rowsOf({ lines, placed }: HeldLines): Row[] {
  return lines.map((line, index) => ({ line, placed: placed[index] as PlacedLine }));
}

interface Row {
  readonly line: ReserveLine;
  readonly placed: PlacedLine;
}

/** A group's nodes may have changed since a line was held: then the same name is another place. */
function join(rows: readonly Row[], to: Row): Row[] {
  const same = rows.findIndex((row) => placeText(row) === placeText(to) && isOfOnePool(row.placed, to.placed));
  const known = rows[same];
  if (known === undefined) return [...rows, to];
  const units = known.line.units + to.line.units;
  const pool = (known.placed.pool?.units ?? 0) + (to.placed.pool?.units ?? 0);
  const channel = known.placed.pool ?? to.placed.pool;
  const placed = withUnits(channel === undefined ? known.placed : { ...known.placed, pool: channel }, units, pool);
  return rows.with(same, { line: { ...known.line, units }, placed });
}

/** Units drawn from the pools of two channels go back to each its own, so they stay two lines. */
function isOfOnePool(a: PlacedLine, b: PlacedLine): boolean {
  return a.pool === undefined || b.pool === undefined || a.pool.channel === b.pool.channel;
}

function placeText({ line, placed }: Row): string {
  const name = 'node' in line ? line.node : line.group;
  return JSON.stringify([line.sku, name, 'node' in placed, 'node' in placed ? placed.node : placed.set]);
}

export function withUnits(line: PlacedLine, units: number, poolUnits: number): PlacedLine {
  const { pool, ...rest } = line;
  return pool === undefined || poolUnits === 0
    ? { ...rest, units }
    : { ...rest, units, pool: { ...pool, units: poolUnits } };
}
