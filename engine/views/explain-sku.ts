import type { NodeStock } from '../contract/change.ts';
import type {
  AllocatedTerm,
  ChannelExplanation,
  DemandExplanation,
  Explanation,
  HeldTerm,
  NodeExplanation,
  NodeTerms,
  OpenAllocation,
  OpenHold,
  OpenMovement,
  SkuTerms,
} from '../contract/explain.ts';
import type { NodeId } from '../contract/ids.ts';
import type { Movement } from '../contract/ledger.ts';
import { UNAVAILABLE_STATES, type UnavailableState } from '../contract/stock-event.ts';
import { assert } from '../contract/assert.ts';
import { wholeUnits } from '../stock/quantities.ts';
import { type Effect, effectsOf, SeriesNumbers } from './effects.ts';
import type { Evidence } from './evidence.ts';
import { summedTerm } from './summed-term.ts';
import { tightestChoice } from './tightest.ts';

/** Holds named behind one term; the units of the others are summed. */
const HOLDS_MAX = 100;

export interface Asked {
  /** Only this node's terms. */
  readonly node?: NodeId;
  readonly channel?: string;
}

/** The shard's numbers with what stands behind each of them (rule AV8). */
export function explainSku(terms: SkuTerms, evidence: Evidence, asked: Asked): Explanation {
  const { stock } = terms;
  const series = new SeriesNumbers();
  const nodes = stock.nodes.flatMap((numbers, index) => {
    if (asked.node !== undefined && numbers.node !== asked.node) return [];
    const known = terms.nodes[index];
    assert(known?.node === numbers.node, () => `terms of ${known?.node} beside numbers of ${numbers.node}`);
    return [explainNode(terms, { numbers, known, evidence, series })];
  });
  const available = new Map(stock.nodes.map((one) => [one.node, one.available]));
  const demand = explainDemand(terms);
  const { reachesFrom } = evidence;
  return {
    sku: stock.sku,
    position: stock.position,
    revision: stock.revision,
    nodes,
    channels: stock.channels.flatMap(({ channel, ats, band, threshold = 0 }): ChannelExplanation[] => {
      if (asked.channel !== undefined && channel !== asked.channel) return [];
      const own = terms.channels.find((one) => one.channel === channel)?.nodes ?? [];
      const tightest = tightestChoice({ channel, nodes: own }, available, demand);
      return [{ channel, nodes: own, ...tightest, threshold, ats, band }];
    }),
    demand,
    ...(reachesFrom !== undefined && { reachesFrom }),
  };
}

function explainDemand({ demand, pools, holds, allocations }: SkuTerms): DemandExplanation[] {
  const unplaced = demand.map(({ nodes, units }) => {
    const behind = holds.filter((hold) => 'nodes' in hold && isSame(hold.nodes, nodes));
    const orders = allocations.filter((one) => 'nodes' in one && isSame(one.nodes, nodes));
    const listed = orders.slice(-HOLDS_MAX);
    const held = heldTerm(units, behind);
    return { nodes, ...held, allocations: listed, more: held.more - unitsOf(listed) };
  });
  const left = pools.map(({ channel, nodes, quota, drawn }) => {
    return {
      nodes,
      pool: channel,
      quota,
      drawn,
      units: Math.max(0, quota - drawn),
      holds: [],
      allocations: [],
      more: 0,
    };
  });
  return [...unplaced, ...left.filter(({ units }) => units > 0)];
}

interface At {
  readonly numbers: NodeStock;
  readonly known: NodeTerms;
  readonly evidence: Evidence;
  readonly series: SeriesNumbers;
}

function explainNode(
  { holds, allocations, scale }: SkuTerms,
  { numbers, known, evidence, series }: At,
): NodeExplanation {
  const { node, onHand, unavailable, departed, reserved, allocated, safety, available, short, asOf, uncertain } =
    numbers;
  const { nodeEnabled, itemEnabled, positionEnabled, base, safetyRule, silence } = known;
  const movements = evidence.movements(node);
  const effects = effectsOf(movements, series);
  const whole = effects.filter(({ moved }) => moved === undefined);
  const between = effects.filter(({ moved }) => moved !== undefined);
  const baseMovement = base && evidence.base(node, base);
  const since = evidence.safetyOf(node, safetyRule);
  return {
    node,
    nodeEnabled,
    itemEnabled,
    positionEnabled,
    onHand: summedTerm({
      units: onHand,
      base,
      baseCause: causeOf(baseMovement, baseMovement?.units ?? 0, series),
      effects: whole.map((effect) => ({ effect, units: effect.units })),
    }),
    unavailable: {
      units: unavailable,
      states: UNAVAILABLE_STATES.map((state) => {
        const named = state === 'suspect' ? known.countBase : known.statesBase;
        const namedBy = named && evidence.base(node, named);
        return {
          state,
          ...summedTerm({
            units: numbers.states[state] ?? 0,
            base: named,
            baseCause: causeOf(namedBy, unitsOfState(namedBy, state, scale), series),
            effects: between.map((effect) => ({ effect, units: unitsInto(effect, state) })),
          }),
        };
      }).filter(({ units, base: from, causes, folded }) => units !== 0 || from?.units || causes.length > 0 || folded),
    },
    departed: departedTerm(departed, known.movements),
    reserved: heldTerm(
      reserved,
      holds.filter((hold) => 'node' in hold && hold.node === node),
    ),
    allocated: allocatedTerm(
      allocated,
      allocations.filter((one) => 'node' in one && one.node === node),
    ),
    safety: {
      units: safety,
      rule: safetyRule ?? 'node',
      ...(since !== undefined && { since }),
      ...(silence !== undefined && { silence }),
    },
    available,
    short,
    asOf,
    uncertain,
  };
}

function causeOf(movement: Movement | undefined, units: number, series: SeriesNumbers) {
  return movement && { movement, units, series: series.of(movement) };
}

function unitsOfState(movement: Movement | undefined, state: UnavailableState, scale: number): number {
  const units = wholeUnits(movement?.detail?.states?.[state] ?? 0, scale);
  return typeof units === 'number' ? units : 0;
}

/** A move out of a state and into it again adds nothing. */
function unitsInto({ moved, units }: Effect, state: UnavailableState): number {
  return (moved?.to === state ? units : 0) - (moved?.from === state ? units : 0);
}

function heldTerm(units: number, holds: readonly OpenHold[]): HeldTerm {
  const listed = holds.slice(-HOLDS_MAX);
  return { units, holds: listed, more: units - listed.reduce((sum, hold) => sum + hold.units, 0) };
}

/** What the node's own system booked before we said it has left is allocated no more, though the order still has it. */
function allocatedTerm(units: number, allocations: readonly OpenAllocation[]): AllocatedTerm {
  const listed = allocations.slice(-HOLDS_MAX);
  return { units, allocations: listed, more: units - unitsOf(listed) };
}

function departedTerm(units: number, movements: readonly OpenMovement[]): NodeExplanation['departed'] {
  return { units, movements, more: units - movements.reduce((sum, { departed }) => sum + departed, 0) };
}

function unitsOf(allocations: readonly OpenAllocation[]): number {
  return allocations.reduce((sum, { units }) => sum + units, 0);
}

function isSame(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((node, index) => node === b[index]);
}
