import type { ChannelId, ClientId } from '../contract/ids.ts';
import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { overQuota } from './quota.ts';
import { leavesOf, type Leaves, roomIn } from './room.ts';
import type { StockModel } from './stock-model.ts';

// Rule RS1 by its sentences: what a reservation must be given, or why not.

interface Asked {
  readonly channel: ChannelId;
  readonly lines: readonly ReserveLine[];
  readonly partial: boolean;
  readonly client: ClientId;
  readonly customer?: string;
}

/** Different sets of nodes a sku may be promised to (rule AV2). */
const SETS_MAX = 8;

export function grantOf(model: StockModel, asked: Asked): readonly ReserveLine[] | Refused<ReserveRefusal> {
  const known = model.channels.get(asked.channel);
  if (known === undefined) return refuse('unknown-channel', { field: 'channel' });
  const channel = model.groups.get(known.group) ?? [];
  const misnamed = misnamedIn(model, asked.lines, channel);
  if (misnamed !== undefined) return misnamed;

  const wanted = summed(asked.lines);
  const tooMuch = overQuota(model, asked, wanted);
  if (tooMuch !== undefined) return tooMuch;
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

/** The first line that names what is not there, code by code in the order of RESERVE_REFUSALS. */
function misnamedIn(
  model: StockModel,
  lines: readonly ReserveLine[],
  channel: readonly string[],
): Refused<ReserveRefusal> | undefined {
  const checks: readonly [ReserveRefusal, 'node' | 'group' | 'sku', (line: ReserveLine) => boolean][] = [
    ['unknown-node', 'node', (line) => 'node' in line && !model.nodes.has(line.node)],
    ['unknown-group', 'group', (line) => 'group' in line && !model.groups.has(line.group)],
    ['unknown-sku', 'sku', (line) => !model.skus.has(line.sku)],
    ['node-not-in-channel', 'node', (line) => 'node' in line && !channel.includes(line.node)],
  ];
  for (const [code, field, isBad] of checks) {
    const index = lines.findIndex(isBad);
    if (index >= 0) return refuse(code, { field: `lines[${index}].${field}` });
  }
  return undefined;
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
