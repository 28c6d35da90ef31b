import type { ChannelId, NodeId } from '../contract/ids.ts';
import type { SumName, WrongSum } from '../contract/repair.ts';
import { availableOf, shortOf, type PositionTerms } from './availability.ts';
import { termsOfRow, type ExpectedTerms } from './expected-movements.ts';
import { FLAG } from './position-table.ts';
import { positionsOf, termsOf } from './position-change.ts';
import { allocatedKey, type PromisedSums } from './promised-sums.ts';
import type { StockState } from './stock-state.ts';

/** Positions looked at, and those that are short by what is kept. */
interface Seen {
  positions: number;
  short: number;
}

type Wrong = WrongSum[];

/** What is kept of a sku beside its terms, and is not what they give. A sum of sums is judged by the right ones. */
export function wrongSumsOf(state: StockState, sku: number, promised: PromisedSums, seen: Seen): readonly WrongSum[] {
  const wrong: Wrong = [];
  const sums = state.channels.map(() => 0);
  for (const position of positionsOf(state, sku)) {
    const kept = termsOf(state, position);
    seen.positions++;
    if (shortOf(kept) > 0) seen.short++;
    const available = judgePosition(state, { position, sku, kept, promised }, wrong);
    const channels = state.channelsOfNode[state.positions.node.get(position)] ?? [];
    for (const channel of channels) sums[channel] = (sums[channel] ?? 0) + available;
  }
  for (const [channel, { id }] of state.channels.entries()) {
    const kept = state.skus.channels[channel]?.sum.get(sku) ?? 0;
    note(wrong, { sum: 'channel-sum', channel: id as ChannelId }, kept, sums[channel] ?? 0);
  }
  judgeDemand(state, sku, promised, wrong);
  judgeDrawn(state, sku, promised, wrong);
  return wrong;
}

/** Returns what is available there, by right terms. */
function judgePosition(
  state: StockState,
  at: {
    readonly position: number;
    readonly sku: number;
    readonly kept: PositionTerms;
    readonly promised: PromisedSums;
  },
  wrong: Wrong,
): number {
  const { position, sku, kept, promised } = at;
  const { positions } = state;
  const node = nodeName(state, positions.node.get(position));
  const must = (sum: SumName, is: number, after: number): void => note(wrong, { sum, node }, is, after);
  const reserved = promised.atNode.get(sku)?.get(positions.node.get(position)) ?? 0;
  const row = positions.states.get(position);
  const unavailable = row === 0 ? 0 : state.states.unavailable(row);
  const terms = { ...kept, reserved, unavailable, ...judgeExpected(state, at, wrong) };
  const [available, short] = [availableOf(terms), shortOf(terms)];
  must('reserved', kept.reserved, reserved);
  must('unavailable', kept.unavailable, unavailable);
  must('allocated', kept.allocated, terms.allocated);
  must('departed', kept.departed, terms.departed);
  must('available', positions.available.get(position), available);
  must('short', Number(positions.has(position, FLAG.short)), Number(short > 0));
  must('shortfall', state.shortfalls.find(position)?.units ?? 0, short);
  must('filled', Number(positions.has(position, FLAG.filled)), Number(terms.onHand > 0));
  return available;
}

/** Units allocated by reference, and the two terms that follow from what left and what was booked (rule FD8). */
function judgeExpected(
  state: StockState,
  { position, sku, promised }: { readonly position: number; readonly sku: number; readonly promised: PromisedSums },
  wrong: Wrong,
): ExpectedTerms {
  const base = state.positions.snapshots.base(position);
  const node = state.positions.node.get(position);
  const orders = new Map<string, number>();
  for (const [key, units] of promised.allocated.get(sku) ?? []) {
    if (key.startsWith(allocatedKey(node, ''))) orders.set(key.slice(allocatedKey(node, '').length), units);
  }
  const sums = { allocated: 0, departed: 0 };
  const at = { sum: 'allocated-for', node: nodeName(state, node) } as const;
  for (const row of state.expected.rowsAt(position)) {
    const allocated = row.direction === 'in' ? 0 : (orders.get(row.ref) ?? 0);
    note(wrong, { ...at, ref: row.ref }, row.allocated, allocated);
    const terms = termsOfRow({ ...row, allocated }, base);
    const kept = row.kept === undefined ? 0 : state.expected.onTheWay(position, row.ref);
    sums.allocated += terms.allocated - kept;
    sums.departed += row.direction === 'out' ? terms.departed : -terms.departed;
    if (row.direction === 'out') orders.delete(row.ref);
  }
  for (const [ref, units] of orders) {
    note(wrong, { ...at, ref }, 0, units);
    sums.allocated += units;
  }
  return sums;
}

function judgeDemand(state: StockState, sku: number, promised: PromisedSums, wrong: Wrong): void {
  const is = new Map(promised.atSet.get(sku));
  const at = (set: number) => ({
    sum: 'demand' as const,
    nodes: state.sets.nodes(set).map((node) => nodeName(state, node)),
  });
  for (const { set, units } of state.demand.of(sku)) {
    note(wrong, at(set), units, is.get(set) ?? 0);
    is.delete(set);
  }
  for (const [set, units] of is) note(wrong, at(set), 0, units);
}

/** Drawn is what open promises drew and what has left since. */
function judgeDrawn(state: StockState, sku: number, promised: PromisedSums, wrong: Wrong): void {
  const name = state.skus.names.name(sku);
  const is = new Map(promised.drawn.get(sku));
  for (const { channel, units } of state.pools.usedOf(name)) is.set(channel, (is.get(channel) ?? 0) + units);
  for (const { channel, units } of state.pools.drawnOf(name)) {
    note(wrong, { sum: 'drawn', channel }, units, is.get(channel) ?? 0);
    is.delete(channel);
  }
  for (const [channel, units] of is) note(wrong, { sum: 'drawn', channel: channel as ChannelId }, 0, units);
}

function note(wrong: Wrong, of: Omit<WrongSum, 'before' | 'after'>, before: number, after: number): void {
  if (before !== after) wrong.push({ ...of, before, after });
}

function nodeName(state: StockState, node: number): NodeId {
  return state.nodes.names.name(node) as NodeId;
}
