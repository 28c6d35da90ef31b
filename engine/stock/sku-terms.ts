import type {
  NodeTerms,
  OpenAllocation,
  OpenHold,
  OpenMovement,
  PromisedAt,
  SkuTerms,
  SnapshotBase,
} from '../contract/explain.ts';
import type { ChannelId, ClientId, NodeId, ReservationId, Sku } from '../contract/ids.ts';
import type { SnapshotHead } from './coverage.ts';
import { coveredUnits, inTransit, termsOfRow, unitsOf } from './expected-movements.ts';
import type { PlacedLine } from './placed-line.ts';
import { positionsOf } from './position-change.ts';
import { FLAG } from './position-table.ts';
import { SKU_FLAG } from './sku-table.ts';
import { safetyRuleOf } from './safety.ts';
import { demandOf, poolsOf } from './set-aside.ts';
import { skuStockOf, unheardStockOf } from './stock-answers.ts';
import type { StockState } from './stock-state.ts';

// A read: what explains a sku's numbers and no event says again (rule AV8). It looks through every open hold of the
// shard, some 10 ms for 100,000.

/** Holds handed out: more are never shown, their units are known from the sums. */
const HOLDS_MAX = 1_000;
/** Expected movements handed out of a position. */
const MOVEMENTS_MAX = 100;

export function skuTermsOf(state: StockState, name: Sku): SkuTerms | undefined {
  const sku = state.skus.names.find(name);
  const stock = sku === 0 ? unheardStockOf(state, name) : skuStockOf(state, sku);
  if (stock === undefined) return undefined;
  const { lsn } = state;
  const channels = state.channels.map(({ id, set }) => ({ channel: id as ChannelId, nodes: nodesOf(state, set) }));
  if (sku === 0)
    return { stock, lsn, scale: 0, nodes: [], channels, demand: [], pools: [], holds: [], allocations: [] };
  return {
    stock,
    lsn,
    scale: state.skus.scale.get(sku),
    nodes: Array.from(positionsOf(state, sku), (position) => nodeTermsOf(state, sku, position)),
    channels,
    demand: demandOf(state, sku).map(({ set, units }) => ({ nodes: nodesOf(state, set), units })),
    pools: poolsOf(state, sku).map(({ channel, set, quota, drawn }) => {
      return { channel, nodes: nodesOf(state, set), quota, drawn };
    }),
    holds: holdsOn(state, sku),
    allocations: allocationsOn(state, sku),
  };
}

function nodesOf(state: StockState, set: number): NodeId[] {
  return state.sets.nodes(set).map((node) => nodeName(state, node));
}

function nodeName(state: StockState, node: number): NodeId {
  return state.nodes.names.name(node) as NodeId;
}

function nodeTermsOf(state: StockState, sku: number, position: number): NodeTerms {
  const node = state.positions.node.get(position);
  const base = baseOf(state.positions.snapshots.get(position));
  const row = state.positions.states.get(position);
  const { silence } = state.nodes.at(node);
  const safetyRule = safetyRuleOf(state, state.safety.current, sku, node)?.id;
  const statesBase = row === 0 ? undefined : baseOf(state.states.snapshots.get(row));
  const countBase = row === 0 ? undefined : baseOf(state.states.counts.get(row));
  return {
    node: nodeName(state, node),
    nodeEnabled: state.nodes.at(node).enabled,
    itemEnabled: state.skus.has(sku, SKU_FLAG.enabled),
    positionEnabled: !state.positions.has(position, FLAG.off),
    ...(base !== undefined && { base }),
    ...(statesBase !== undefined && { statesBase }),
    ...(countBase !== undefined && { countBase }),
    ...(safetyRule !== undefined && { safetyRule }),
    movements: movementsAt(state, position),
    ...(silence !== null && { silence }),
  };
}

function baseOf(head: SnapshotHead | undefined): SnapshotBase | undefined {
  if (head === undefined) return undefined;
  const { source, id, at, seq, covers, complete } = head;
  return { source, id, at, seq, covers, complete };
}

interface HeldLine {
  readonly id: ReservationId;
  readonly client?: ClientId;
  readonly expiresAt?: number;
  readonly line: PlacedLine;
}

function holdsOn(state: StockState, sku: number): OpenHold[] {
  const held: HeldLine[] = [];
  for (const { reservation, lines } of state.holds) {
    const { id, client, expiresAt } = reservation;
    for (const line of lines) if (line.sku === sku) held.push({ id, client, expiresAt, line });
  }
  for (const [id, { ended, lines }] of state.parts.save().rows) {
    for (const line of ended ? [] : lines) if (line.sku === sku) held.push({ id, line });
  }
  const newest = held.slice(-HOLDS_MAX);
  return newest.map(({ line, ...hold }) => ({ ...hold, units: line.units, ...placeOf(state, line) }));
}

function allocationsOn(state: StockState, sku: number): OpenAllocation[] {
  const open: OpenAllocation[] = [];
  for (const [id, { channel, movementRef, placed }] of state.allocations) {
    for (const line of placed) {
      if (line.sku !== sku) continue;
      open.push({ id, channel, movementRef, units: line.units, ...placeOf(state, line) });
    }
  }
  return open.slice(-HOLDS_MAX);
}

/** What counts for something: settled ones are only remembered. */
function movementsAt(state: StockState, position: number): OpenMovement[] {
  const base = state.positions.snapshots.base(position);
  const open: OpenMovement[] = [];
  for (const row of state.expected.rowsAt(position)) {
    const { departed } = termsOfRow(row, base);
    const transit = inTransit(row).reduce((sum, { units }) => sum + units, 0);
    if (row.allocated === 0 && departed === 0 && transit === 0) continue;
    const { direction, ref: movementRef, allocated, away, booked } = row;
    const units = { allocated, away: unitsOf(away), booked, covered: coveredUnits(away, base) };
    const [lost, onItsWay] = [
      row.lost === undefined ? {} : { lost: row.lost },
      transit > 0 ? { inTransit: transit } : {},
    ];
    const kept = row.kept === undefined ? 0 : state.expected.onTheWay(position, row.ref);
    const signed = direction === 'out' ? departed : -departed;
    open.push({ movementRef, direction, ...units, departed: signed, ...lost, ...onItsWay, ...(kept > 0 && { kept }) });
  }
  return open.slice(-MOVEMENTS_MAX);
}

function placeOf(state: StockState, line: PlacedLine): PromisedAt {
  return 'set' in line ? { nodes: nodesOf(state, line.set) } : { node: nodeName(state, line.node) };
}
