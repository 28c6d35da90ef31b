import type { ChannelId } from '../contract/ids.ts';
import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { availableOf } from './availability.ts';
import { addDemand, type Demand } from './demand.ts';
import { DEMAND_GROUPS_MAX, headroom, type Supply } from './headroom.ts';
import type { PlacedLine } from './placed-line.ts';
import { demandGroups, positionsOf, suppliesOf, termsOf } from './position-change.ts';
import { demandAgainst, demandOf, drawFrom, leftIn, poolsOf, type PoolAt } from './set-aside.ts';
import type { StockState } from './stock-state.ts';

// Which lines can be had (rule RS1). Lines are tried on a copy of each sku's supply, each with the earlier ones held.

/** A line that has passed the checks of names and bounds; `index` is its place in the request. */
export interface WantedLine {
  readonly index: number;
  readonly line: ReserveLine;
  readonly placed: PlacedLine;
}

export interface SellingChannel {
  readonly id: ChannelId;
  /** Its nodes. */
  readonly set: number;
  readonly threshold: number;
}

export interface Wanted {
  readonly lines: readonly WantedLine[];
  readonly channel: SellingChannel;
  readonly partial: boolean;
  /** The units are promised already and only change place: what the channel may sell does not matter. */
  readonly isMove?: true;
}

/** A sku's supply as the lines tried so far would leave it. */
interface Trial {
  supplies: readonly Supply[];
  demands: readonly Demand[];
  pools: readonly PoolAt[];
}

export interface Granted {
  readonly lines: readonly ReserveLine[];
  /** Units of each line that come out of the channel's pool; absent when none do. */
  readonly drawn?: readonly number[];
}

/** `freed`: units of holds that have expired but are not released yet. */
export function grantLines(
  state: StockState,
  wanted: Wanted,
  freed: readonly PlacedLine[],
): Granted | Refused<ReserveRefusal> {
  const trials = new Map<number, Trial>();
  for (const { placed } of wanted.lines) trials.set(placed.sku, trialOf(state, placed.sku, freed));
  const tooMany = tooManyGroups(state, wanted.lines, trials);
  if (tooMany !== undefined) return tooMany;
  const granted: ReserveLine[] = [];
  const drawn: number[] = [];
  let firstShort: Refused<ReserveRefusal> | undefined;
  for (const { line, placed, index } of wanted.lines) {
    const trial = trials.get(placed.sku) as Trial;
    const room = roomFor(state, trial, placed, wanted);
    if (room < placed.units) {
      firstShort ??= refuse('units-exceed-available', { field: `lines[${index}].units`, units: room });
      if (!wanted.partial) return firstShort;
    }
    const units = Math.min(room, placed.units);
    if (units === 0) continue;
    granted.push(units === line.units ? line : { ...line, units });
    drawn.push(draw(trial, wanted.channel.id, units));
    take(trial, { ...placed, units });
  }
  if (granted.length === 0 && firstShort !== undefined) return firstShort;
  return drawn.some((fromPool) => fromPool > 0) ? { lines: granted, drawn } : { lines: granted };
}

function trialOf(state: StockState, sku: number, freed: readonly PlacedLine[]): Trial {
  const ofSku = freed.filter((line) => line.sku === sku);
  if (ofSku.length === 0)
    return { supplies: suppliesOf(state, sku), demands: demandOf(state, sku), pools: poolsOf(state, sku) };
  const supplies: Supply[] = [];
  for (const position of positionsOf(state, sku)) {
    const node = state.positions.node.get(position);
    const terms = termsOf(state, position);
    supplies.push({ node, available: availableOf({ ...terms, reserved: terms.reserved - unitsAt(ofSku, node) }) });
  }
  let demands = demandOf(state, sku);
  for (const line of ofSku) if ('set' in line) demands = addDemand(demands, line.set, -line.units);
  const pools = poolsOf(state, sku).map((pool) => ({ ...pool, drawn: pool.drawn - drawnOf(ofSku, pool.channel) }));
  return { supplies, demands, pools };
}

function unitsAt(lines: readonly PlacedLine[], node: number): number {
  let units = 0;
  for (const line of lines) if ('node' in line && line.node === node) units += line.units;
  return units;
}

function drawnOf(lines: readonly PlacedLine[], channel: ChannelId): number {
  let units = 0;
  for (const { pool } of lines) if (pool?.channel === channel) units += pool.units;
  return units;
}

function tooManyGroups(
  state: StockState,
  lines: readonly WantedLine[],
  trials: ReadonlyMap<number, Trial>,
): Refused<ReserveRefusal> | undefined {
  const sets = new Map<number, Set<number>>();
  for (const { placed, index } of lines) {
    if (!('set' in placed)) continue;
    let ofSku = sets.get(placed.sku);
    if (ofSku === undefined) {
      const awaited = state.waiting.of(placed.sku).map(({ set }) => set);
      ofSku = new Set([...(trials.get(placed.sku)?.demands.map((demand) => demand.set) ?? []), ...awaited]);
      sets.set(placed.sku, ofSku);
    }
    const pools = state.pools.quotasOf(state.skus.names.name(placed.sku)).length;
    if (ofSku.add(placed.set).size + pools > DEMAND_GROUPS_MAX) {
      return refuse('too-many-demand-groups', { field: `lines[${index}]` });
    }
  }
  return undefined;
}

/** Units >= 0 that the line could have. A node line: min(headroom({node}), ATS); a group line: min(headroom(group), ATS). */
function roomFor(state: StockState, trial: Trial, placed: PlacedLine, { channel, isMove }: Wanted): number {
  const groups = demandGroups(state, demandAgainst(trial.demands, trial.pools, channel.id));
  const place =
    'node' in placed
      ? (node: number): boolean => node === placed.node
      : (node: number): boolean => state.sets.has(placed.set, node);
  const atPlace = headroom(place, trial.supplies, groups);
  if (isMove === true) return Math.max(0, atPlace);
  const ats = headroom((node) => state.sets.has(channel.set, node), trial.supplies, groups) - channel.threshold;
  return Math.max(0, Math.min(atPlace, ats));
}

/** A channel's sales draw its pool first; returns how much of them it gave. */
function draw(trial: Trial, channel: ChannelId, units: number): number {
  const own = trial.pools.find((pool) => pool.channel === channel);
  if (own === undefined) return 0;
  const drawn = Math.min(units, leftIn(own));
  trial.pools = drawFrom(trial.pools, channel, drawn);
  return drawn;
}

function take(trial: Trial, line: PlacedLine): void {
  if ('set' in line) {
    trial.demands = addDemand(trial.demands, line.set, line.units);
    return;
  }
  trial.supplies = trial.supplies.map((supply) =>
    supply.node === line.node ? { node: supply.node, available: supply.available - line.units } : supply,
  );
}
