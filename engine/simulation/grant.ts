import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { leavesOf, type Leaves, roomIn } from './room.ts';
import type { StockModel } from './stock-model.ts';

// Rule RS1 by its sentences: what a reservation must be given, or why not.

interface Asked {
  readonly channel: string;
  readonly lines: readonly ReserveLine[];
  readonly partial: boolean;
}

/** Different sets of nodes a sku may be promised to (rule AV2). */
const SETS_MAX = 8;

export function grantOf(model: StockModel, asked: Asked): readonly ReserveLine[] | Refused<ReserveRefusal> {
  const channel = model.groups.get(model.channels.get(asked.channel)?.group ?? '') ?? [];
  const unknown = asked.lines.findIndex(({ sku }) => !model.skus.has(sku));
  if (unknown >= 0) return refuse('unknown-sku', { field: `lines[${unknown}].sku` });
  const foreign = asked.lines.findIndex((line) => 'node' in line && !channel.includes(line.node));
  if (foreign >= 0) return refuse('node-not-in-channel', { field: `lines[${foreign}].node` });

  const wanted = summed(asked.lines);
  const leaves = new Map(wanted.map(({ line }) => [line.sku as string, leavesOf(model, line.sku)]));
  const tooMany = wanted.find((_, index) => setsAfter(model, leaves, wanted.slice(0, index + 1)) > SETS_MAX);
  if (tooMany !== undefined) return refuse('too-many-demand-groups', { field: `lines[${tooMany.index}]` });

  const granted: ReserveLine[] = [];
  let firstShort: Refused<ReserveRefusal> | undefined;
  for (const { line, index } of wanted) {
    const left = leaves.get(line.sku) as Leaves;
    const [promised] = model.promised([line]);
    const all = [...model.nodes.keys()];
    const room = Math.max(0, Math.min(roomIn(left, all, promised?.nodes ?? []), roomIn(left, all, channel)));
    if (room < line.units) {
      firstShort ??= refuse('units-exceed-available', { field: `lines[${index}].units`, units: room });
      if (!asked.partial) return firstShort;
    }
    const units = Math.min(room, line.units);
    if (units === 0) continue;
    granted.push({ ...line, units });
    leaves.set(line.sku, without(left, model, { ...line, units }));
  }
  return granted.length === 0 && firstShort !== undefined ? firstShort : granted;
}

/** Lines of the same sku and place are one, where the first of them stood. */
function summed(lines: readonly ReserveLine[]): { line: ReserveLine; index: number }[] {
  const known = new Map<string, { line: ReserveLine; index: number }>();
  for (const [index, line] of lines.entries()) {
    const place = JSON.stringify({ ...line, units: 0 });
    const before = known.get(place);
    if (before === undefined) known.set(place, { line, index });
    else known.set(place, { ...before, line: { ...line, units: line.units + before.line.units } });
  }
  return [...known.values()];
}

function without(left: Leaves, model: StockModel, line: ReserveLine): Leaves {
  if (!('node' in line)) return { ...left, unplaced: [...left.unplaced, ...model.promised([line])] };
  return { ...left, available: (node) => left.available(node) - (node === line.node ? line.units : 0) };
}

/** Largest number of different node sets any sku of the lines would be promised to. */
function setsAfter(
  model: StockModel,
  leaves: ReadonlyMap<string, Leaves>,
  wanted: readonly { line: ReserveLine }[],
): number {
  const last = wanted.at(-1)?.line;
  if (last === undefined || 'node' in last) return 0;
  const lines = wanted.map(({ line }) => line).filter((line) => line.sku === last.sku && 'group' in line);
  const promises = [...(leaves.get(last.sku)?.unplaced ?? []), ...model.promised(lines)];
  return new Set(promises.map(({ nodes }) => nodes.toSorted().join())).size;
}
