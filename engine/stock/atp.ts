import {
  ATP_DATES_MAX,
  ATP_HORIZON_MS_DEFAULT,
  ATP_HORIZON_MS_MAX,
  type AtpOutcome,
  type AtpRequest,
} from '../contract/atp.ts';
import type { ChannelId } from '../contract/ids.ts';
import { refuse, type AtpRefusal, type Refused } from '../contract/outcome.ts';
import { freeOf } from './availability.ts';
import { dueSupplies } from './due-supplies.ts';
import { headroom, type Supply } from './headroom.ts';
import type { OpenSupply } from './inbound.ts';
import { demandGroups, positionsOf, termsOf } from './position-change.ts';
import { plannedSafety } from './safety.ts';
import { awaitedOf, demandAgainst, demandOf, poolsOf } from './set-aside.ts';
import { revisionOf } from './stock-answers.ts';
import type { ChannelPlan, StockState } from './stock-state.ts';

// What can be promised for a date (rule AV3): the least that is projected from that date to the horizon, so that a promise
// made today takes nothing that a later moment needs. Projected means: supplies count from their due time on, those past
// due not at all; safety rules hold by their dates, stale nodes stay so; everything promised stays promised.

export function atpOf(state: StockState, asked: AtpRequest, atMs: number): AtpOutcome {
  const horizonAt = asked.horizonAt ?? atMs + ATP_HORIZON_MS_DEFAULT;
  const { sku, channel } = asked;
  const known = revisionOf(state, sku);
  if (known === undefined) return refuse('unknown-sku', { field: 'sku' });
  const plan = state.channels.find(({ id }) => id === channel);
  if (plan === undefined) return refuse('unknown-channel', { field: 'channel' });
  const refusal = boundsRefusal(asked.dates, { atMs, horizonAt });
  if (refusal !== undefined) return refusal;
  const moments = asked.dates.map((date) => Math.max(date, atMs));
  const projection = project(state, state.skus.names.find(sku), { atMs, horizonAt });
  const units = leastFrom(moments, [...moments, ...state.safety.datesUntil(horizonAt)], (moment) =>
    atsAt(state, projection, plan, moment),
  );
  const dates = moments.map((at) => ({ at, units: units.get(at) ?? 0 }));
  return { status: 'projected', sku, channel, ...known, dates };
}

/** Units the channel may promise for the day its last supply is due, 0 when none is: nothing can be had for an earlier day that cannot be had then. */
export function promisableLater(state: StockState, sku: number, plan: ChannelPlan, atMs: number): number {
  const projection = project(state, sku, { atMs, horizonAt: Infinity });
  const lastDue = Math.max(0, ...projection.positions.flatMap(({ due }) => due.map(({ dueAt }) => dueAt)));
  if (lastDue === 0) return 0;
  const looks = [lastDue, ...state.safety.datesUntil(Infinity)];
  return leastFrom([lastDue], looks, (moment) => atsAt(state, projection, plan, moment)).get(lastDue) ?? 0;
}

function boundsRefusal(
  dates: readonly number[],
  { atMs, horizonAt }: { readonly atMs: number; readonly horizonAt: number },
): Refused<AtpRefusal> | undefined {
  if (!Number.isSafeInteger(horizonAt) || horizonAt < atMs || horizonAt > atMs + ATP_HORIZON_MS_MAX) {
    return refuse('horizon-out-of-bounds', { field: 'horizonAt' });
  }
  if (dates.length === 0 || dates.length > ATP_DATES_MAX) return refuse('too-many-dates', { field: 'dates' });
  const late = dates.findIndex((date) => !Number.isSafeInteger(date) || date > horizonAt);
  return late === -1 ? undefined : refuse('date-beyond-horizon', { field: `dates[${late}]` });
}

/** A position as it will be: units free of promises now, and what is still to come. */
interface Projected {
  readonly node: number;
  readonly free: number;
  readonly isOn: boolean;
  /** Units that the silence of the node's owner adds to its safety stock. */
  readonly widened: number;
  readonly due: readonly OpenSupply[];
}

interface Projection {
  readonly sku: number;
  readonly positions: readonly Projected[];
}

function project(
  state: StockState,
  sku: number,
  { atMs, horizonAt }: { readonly atMs: number; readonly horizonAt: number },
): Projection {
  if (sku === 0) return { sku, positions: [] };
  const positions = [...positionsOf(state, sku)].map((position) => {
    const terms = termsOf(state, position);
    const due = dueSupplies(state, position).filter(({ dueAt }) => dueAt > atMs && dueAt <= horizonAt);
    const node = state.positions.node.get(position);
    const widened = state.nodes.at(node).silence?.widenUnits ?? 0;
    return { node, free: freeOf(terms), isOn: terms.enabled, widened, due };
  });
  return { sku, positions };
}

/** What the channel could sell, of the nodes of each set in `within`, if it were that moment and nothing else had happened. */
function atsAt(
  state: StockState,
  { sku, positions }: Projection,
  { id, set, threshold }: Pick<ChannelPlan, 'id' | 'set' | 'threshold'>,
  moment: number,
  within: readonly number[] = [],
): number {
  const plan = state.safety.planAt(moment);
  const supplies = positions.map(({ node, free, isOn, widened, due }): Supply => {
    const come = due.reduce((sum, supply) => sum + (supply.dueAt <= moment ? supply.units : 0), 0);
    return { node, available: isOn ? Math.max(0, free + come - plannedSafety(state, plan, sku, node) - widened) : 0 };
  });
  // What is waited for is promised as well, and served before what would be promised now.
  const awaited = awaitedOf(state, sku);
  const demands = demandAgainst(demandOf(state, sku, awaited), poolsOf(state, sku, awaited), id);
  const groups = demandGroups(state, demands);
  const roomIn = (set: number): number => headroom((node) => state.sets.has(set, node), supplies, groups);
  return Math.max(0, Math.min(roomIn(set) - threshold, ...within.map(roomIn)));
}

/** The earliest moment from which on so many units may be promised to the nodes of a set; else how many at most. */
export function promisableFrom(
  state: StockState,
  asked: { readonly sku: number; readonly channel: ChannelId; readonly set: number; readonly units: number },
  atMs: number,
): { readonly dueAt?: number; readonly units: number } {
  const { sku, channel, set } = asked;
  const plan = state.channels.find(({ id }) => id === channel);
  if (plan === undefined) return { units: 0 };
  const horizonAt = atMs + ATP_HORIZON_MS_MAX;
  const projection = project(state, sku, { atMs, horizonAt });
  const moments = [atMs, ...projection.positions.flatMap(({ due }) => due.map(({ dueAt }) => dueAt))];
  const least = leastFrom(moments, [...moments, ...state.safety.datesUntil(horizonAt)], (moment) =>
    atsAt(state, projection, plan, moment, [set]),
  );
  const enough = moments.filter((moment) => (least.get(moment) ?? 0) >= asked.units);
  const units = Math.max(...moments.map((moment) => least.get(moment) ?? 0));
  return enough.length === 0 ? { units } : { units, dueAt: Math.min(...enough) };
}

/**
 * For each moment the least value from it on. Only a safety rule can take something away later, so besides the moments
 * themselves its dates are all that need to be looked at: between them the projection grows.
 */
function leastFrom(
  moments: readonly number[],
  looks: readonly number[],
  valueAt: (moment: number) => number,
): ReadonlyMap<number, number> {
  const first = Math.min(...moments);
  const least = new Map<number, number>();
  let low = Infinity;
  for (const look of [...new Set(looks)].sort((a, b) => b - a)) {
    if (look < first) break;
    low = Math.min(low, valueAt(look));
    least.set(look, low);
  }
  return least;
}
