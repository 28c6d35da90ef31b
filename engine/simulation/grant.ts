import type { ChannelId, ClientId } from '../contract/ids.ts';
import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { DEMAND_GROUPS_MAX, demandGroups } from './pool-model.ts';
import { overQuota } from './quota.ts';
import { against, leavesOf, type Leaves, roomIn } from './room.ts';
import type { StockModel } from './stock-model.ts';

// Rule RS1 by its sentences: what a reservation must be given, or why not.

interface Asked {
  readonly channel: ChannelId;
  readonly lines: readonly ReserveLine[];
  readonly partial: boolean;
  /** Absent: an order, which no quota of holds bounds. */
  readonly client?: ClientId;
  readonly customer?: string;
}

export interface Granted {
  readonly lines: readonly ReserveLine[];
  /** Units of each line that come out of the channel's pool; absent: none do. */
  readonly drawn?: readonly number[];
}

export function grantOf(model: StockModel, asked: Asked): Granted | Refused<ReserveRefusal> {
  const known = model.channels.get(asked.channel);
  if (known === undefined) return refuse('unknown-channel', { field: 'channel' });
  const { id: channel, threshold = 0 } = known;
  const misnamed = misnamedIn(model, asked.lines, model.nodesOf(channel));
  if (misnamed !== undefined) return misnamed;

  const wanted = summed(asked.lines);
  const { client } = asked;
  const tooMuch = client === undefined ? undefined : overQuota(model, { ...asked, client }, wanted);
  if (tooMuch !== undefined) return tooMuch;
  const leaves = new Map(wanted.map(({ line }) => [line.sku as string, leavesOf(model, line.sku)]));
  const tooMany = wanted.find((_, index) => groupsAfter(model, wanted.slice(0, index + 1)) > DEMAND_GROUPS_MAX);
  if (tooMany !== undefined) return refuse('too-many-demand-groups', { field: `lines[${tooMany.index}]` });

  const lines: ReserveLine[] = [];
  const drawn: number[] = [];
  let firstShort: Refused<ReserveRefusal> | undefined;
  for (const { line, index } of wanted) {
    const left = leaves.get(line.sku) as Leaves;
    const room = Math.max(
      0,
      Math.min(placeRoom(left, model, line, channel), roomFor(left, model, channel) - threshold),
    );
    if (room < line.units) {
      firstShort ??= refuse('units-exceed-available', { field: `lines[${index}].units`, units: room });
      if (!asked.partial) return firstShort;
    }
    const units = Math.min(room, line.units);
    if (units === 0) continue;
    lines.push({ ...line, units });
    drawn.push(Math.min(units, left.pools.get(channel) ?? 0));
    leaves.set(line.sku, without(left, model, { ...line, units }, channel));
  }
  if (lines.length === 0 && firstShort !== undefined) return firstShort;
  return { lines, ...(drawn.some((units) => units > 0) && { drawn }) };
}

/** Units the line's place can still take, whoever sells. */
export function placeRoom(left: Leaves, model: StockModel, line: ReserveLine, channel: string): number {
  const place = 'node' in line ? [line.node] : (model.groups.get(line.group) ?? []);
  return roomIn(against(left, model, channel), [...model.nodes.keys()], place);
}

function roomFor(left: Leaves, model: StockModel, channel: string): number {
  return roomIn(against(left, model, channel), [...model.nodes.keys()], model.nodesOf(channel));
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

/** The channel's sales draw its pool first. */
function without(left: Leaves, model: StockModel, line: ReserveLine, channel: string): Leaves {
  const inPool = left.pools.get(channel);
  const pools =
    inPool === undefined ? left.pools : new Map(left.pools).set(channel, inPool - Math.min(inPool, line.units));
  if (!('node' in line)) return { ...left, pools, unplaced: [...left.unplaced, ...model.promised([line], channel)] };
  return { ...left, pools, available: (node) => left.available(node) - (node === line.node ? line.units : 0) };
}

/** Demand groups of the last line's sku, were all the lines promised; 0 when the line asks for none. */
function groupsAfter(model: StockModel, wanted: readonly { line: ReserveLine }[]): number {
  const last = wanted.at(-1)?.line;
  if (last === undefined || 'node' in last) return 0;
  const lines = wanted.map(({ line }) => line).filter((line) => line.sku === last.sku && 'group' in line);
  return demandGroups(model, last.sku, [...model.live(last.sku), ...model.promised(lines, '')]);
}
