import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { availableOf } from './availability.ts';
import { addDemand, type Demand } from './demand.ts';
import { DEMAND_GROUPS_MAX, headroom, type DemandGroup, type Supply } from './headroom.ts';
import type { PlacedLine } from './placed-line.ts';
import { positionsOf, suppliesOf, termsOf } from './position-change.ts';
import type { StockState } from './stock-state.ts';

// Which lines can be had (rule RS1). Lines are tried on a copy of each sku's supply, each with the earlier ones held.

/** A line that has passed the checks of names and bounds; `index` is its place in the request. */
export interface WantedLine {
  readonly index: number;
  readonly line: ReserveLine;
  readonly placed: PlacedLine;
}

export interface Wanted {
  readonly lines: readonly WantedLine[];
  /** Node set of the channel. */
  readonly channelSet: number;
  readonly partial: boolean;
}

/** A sku's supply as the lines tried so far would leave it. */
interface Trial {
  supplies: readonly Supply[];
  demands: readonly Demand[];
}

/** `freed`: units of holds that have expired but are not released yet. */
export function grantLines(
  state: StockState,
  wanted: Wanted,
  freed: readonly PlacedLine[],
): readonly ReserveLine[] | Refused<ReserveRefusal> {
  const trials = new Map<number, Trial>();
  for (const { placed } of wanted.lines) trials.set(placed.sku, trialOf(state, placed.sku, freed));
  const tooMany = tooManyGroups(wanted.lines, trials);
  if (tooMany !== undefined) return tooMany;
  const granted: ReserveLine[] = [];
  let firstShort: Refused<ReserveRefusal> | undefined;
  for (const { line, placed, index } of wanted.lines) {
    const trial = trials.get(placed.sku) as Trial;
    const room = roomFor(state, trial, placed, wanted.channelSet);
    if (room < placed.units) {
      firstShort ??= refuse('units-exceed-available', { field: `lines[${index}].units`, units: room });
      if (!wanted.partial) return firstShort;
    }
    const units = Math.min(room, placed.units);
    if (units > 0) granted.push({ ...line, units });
    take(trial, { ...placed, units });
  }
  return granted.length === 0 && firstShort !== undefined ? firstShort : granted;
}

function trialOf(state: StockState, sku: number, freed: readonly PlacedLine[]): Trial {
  const ofSku = freed.filter((line) => line.sku === sku);
  if (ofSku.length === 0) return { supplies: suppliesOf(state, sku), demands: state.demand.of(sku) };
  const supplies: Supply[] = [];
  for (const position of positionsOf(state, sku)) {
    const node = state.positions.node.get(position);
    const terms = termsOf(state, position);
    supplies.push({ node, available: availableOf({ ...terms, reserved: terms.reserved - unitsAt(ofSku, node) }) });
  }
  let demands = state.demand.of(sku);
  for (const line of ofSku) if ('set' in line) demands = addDemand(demands, line.set, -line.units);
  return { supplies, demands };
}

function unitsAt(lines: readonly PlacedLine[], node: number): number {
  let units = 0;
  for (const line of lines) if ('node' in line && line.node === node) units += line.units;
  return units;
}

function tooManyGroups(
  lines: readonly WantedLine[],
  trials: ReadonlyMap<number, Trial>,
): Refused<ReserveRefusal> | undefined {
  const sets = new Map<number, Set<number>>();
  for (const { placed, index } of lines) {
    if (!('set' in placed)) continue;
    let ofSku = sets.get(placed.sku);
    if (ofSku === undefined) {
      sets.set(placed.sku, (ofSku = new Set(trials.get(placed.sku)?.demands.map((demand) => demand.set))));
    }
    if (ofSku.add(placed.set).size > DEMAND_GROUPS_MAX) {
      return refuse('too-many-demand-groups', { field: `lines[${index}]` });
    }
  }
  return undefined;
}

/** Units >= 0 that the line could have. A node line: min(headroom({node}), ATS); a group line: min(headroom(group), ATS). */
function roomFor(state: StockState, trial: Trial, placed: PlacedLine, channelSet: number): number {
  const groups: DemandGroup[] = trial.demands.map(({ set, units }) => ({
    units,
    has: (node) => state.sets.has(set, node),
  }));
  const place =
    'node' in placed
      ? (node: number): boolean => node === placed.node
      : (node: number): boolean => state.sets.has(placed.set, node);
  const atPlace = headroom(place, trial.supplies, groups);
  const ats = headroom((node) => state.sets.has(channelSet, node), trial.supplies, groups);
  return Math.max(0, Math.min(atPlace, ats));
}

function take(trial: Trial, line: PlacedLine): void {
  if (line.units === 0) return;
  if ('set' in line) {
    trial.demands = addDemand(trial.demands, line.set, line.units);
    return;
  }
  trial.supplies = trial.supplies.map((supply) =>
    supply.node === line.node ? { node: supply.node, available: supply.available - line.units } : supply,
  );
}
