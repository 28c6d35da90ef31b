import type { TakenUnits } from '../contract/stock-fact.ts';
import { REASON_CHARS_MAX } from '../contract/correction.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import { refuse } from '../contract/outcome.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { NO_LINES } from './allocations.ts';
import type { Judged, No } from './judged-step.ts';
import { leftNow, postsWithin } from './left-at.ts';
import { transitAt } from './due-supplies.ts';
import { takenWith } from './expected-movements.ts';
import { AHEAD_MS_MAX, isTime } from './feeds.ts';
import { headroom } from './headroom.ts';
import { joinLines, type HeldLines } from './move-lines.ts';
import { demandGroups, suppliesOf } from './position-change.ts';
import { UNITS_MAX } from './quantities.ts';
import { demandAgainst, demandOf, poolsOf } from './set-aside.ts';
import type { StockState } from './stock-state.ts';
import { placeLine } from './wanted-lines.ts';
import { takenUnits, withoutTaken } from './take-units.ts';

// decide() for units on their way from node to node (rule FD8): one shard owns both positions, so one decision does both.

type Of<Name extends AllocationStep['do']> = Extract<AllocationStep, { do: Name }>;

export function transfer(state: StockState, command: Of<'transfer'>, atMs: number): Judged | No {
  const { allocation: id, step, of, sku, from, to, units, dueAt, happenedAt = atMs } = command;
  const before = state.allocations.find(id);
  if (of === 'allocated' && before === undefined) return refuse('unknown-allocation', { field: 'allocation' });
  const named = nameRefusal(state, command);
  if (named !== undefined) return named;
  if (from === to) return refuse('same-node', { field: 'to' });
  const held = before ?? NO_LINES;
  const taken = of === 'allocated' ? takenUnits(held, [{ sku, units, node: from }]) : undefined;
  if (taken !== undefined && 'status' in taken) return refuse(taken.code, { field: fieldOf(taken.code) });
  if (!isCount(units)) return refuse('units-out-of-bounds', { field: 'units' });
  if (!(happenedAt <= atMs + AHEAD_MS_MAX)) return refuse('happened-in-the-future', { field: 'happenedAt' });
  if (!isTime(dueAt)) return refuse('due-out-of-bounds', { field: 'dueAt' });
  const { channel = command.channel, movementRef = command.movementRef ?? id } = before ?? {};
  const isKept = taken !== undefined && command.keep === true;
  const leftAt = command.happenedAt ?? leftNow(state, { sku, at: { node: from } }, atMs);
  const postedBy = leftAt + postsWithin(state, { node: from });
  if (taken === undefined) {
    const room = roomToSend(state, { sku, from, movementRef }, { units, at: leftAt, postedBy });
    if (room !== undefined) return refuse('units-exceed-available', { field: 'units', units: room });
  }
  const head = { fact: 'UnitsTransferred', at: atMs, id, step, channel, movementRef } as const;
  const fact = {
    ...head,
    sku,
    from,
    to,
    units,
    dueAt,
    leftAt,
    postedBy,
    ...(taken !== undefined && { taken }),
    ...(isKept && { keep: true as const }),
  };
  const after = afterTaking(held, taken);
  return { facts: [fact], row: { channel, movementRef, ...(isKept ? withKept(state, after, command) : after) } };
}

function afterTaking(held: typeof NO_LINES, taken: readonly TakenUnits[] | undefined): typeof NO_LINES {
  return taken === undefined ? { lines: held.lines, placed: held.placed } : withoutTaken(held, taken).after;
}

/** With the units where they are going to. */
export function withKept(
  state: StockState,
  after: HeldLines,
  { sku, to: node, units }: { readonly sku: Sku; readonly to: NodeId; readonly units: number },
): HeldLines {
  const line = { sku, units, node };
  return joinLines(after, { lines: [line], placed: [placeLine(state, line)] });
}

/** The step names one line, so its fields are the step's own. */
function fieldOf(code: 'unknown-line' | 'units-out-of-bounds'): string {
  return code === 'unknown-line' ? 'from' : 'units';
}

/** Undefined: there is room. What the owner has booked under the reference is gone already and needs none. */
function roomToSend(
  state: StockState,
  { sku, from, movementRef }: { readonly sku: Sku; readonly from: NodeId; readonly movementRef: string },
  leaving: { readonly units: number; readonly at: number; readonly postedBy: number },
): number | undefined {
  const [row, node] = [state.skus.names.find(sku), state.nodes.names.find(from)];
  const position = state.positions.find(row, node);
  const base = state.positions.snapshots.base(position);
  const known = state.expected.find(position, 'out', movementRef);
  const more = takenWith(known, leaving, base) - takenWith(known, { ...leaving, units: 0 }, base);
  if (position === 0) return 0;
  const groups = demandGroups(state, demandAgainst(demandOf(state, row), poolsOf(state, row), ''));
  const room = Math.max(
    0,
    headroom((each) => each === node, suppliesOf(state, row), groups),
  );
  return more <= room ? undefined : room + leaving.units - more;
}

export function writeOff(state: StockState, command: Of<'write-off'>, atMs: number): Judged | No {
  const { allocation: id, step, sku, to, units, reason } = command;
  const named = nameRefusal(state, command);
  if (named !== undefined) return named;
  if (!isCount(units)) return refuse('units-out-of-bounds', { field: 'units' });
  const before = state.allocations.find(id);
  const { channel = command.channel, movementRef = command.movementRef ?? id } = before ?? {};
  const position = state.positions.find(state.skus.names.find(sku), state.nodes.names.find(to));
  const open = transitAt(state, position).filter(({ inboundRef }) => inboundRef === movementRef);
  const there = open.reduce((sum, supply) => sum + supply.units, 0);
  if (units > there) return refuse('not-in-transit', { field: 'units', units: there });
  if (reason.trim() === '' || reason.length > REASON_CHARS_MAX) return refuse('reason-missing', { field: 'reason' });
  const row = before ?? { channel, movementRef, ...NO_LINES };
  const lost = { channel, movementRef, sku, to, units, reason };
  return { facts: [{ fact: 'UnitsWrittenOff', at: atMs, id, step, ...lost }], row };
}

function nameRefusal(state: StockState, command: Of<'transfer' | 'write-off'>): No | undefined {
  const { nodes, channels } = state.reference;
  if (!channels.has(command.channel)) return refuse('unknown-channel', { field: 'channel' });
  if (command.do === 'transfer' && !nodes.has(command.from)) return refuse('unknown-node', { field: 'from' });
  if (!nodes.has(command.to)) return refuse('unknown-node', { field: 'to' });
  return state.skus.names.find(command.sku) === 0 ? refuse('unknown-sku', { field: 'sku' }) : undefined;
}

function isCount(units: number): boolean {
  return Number.isSafeInteger(units) && units >= 1 && units <= UNITS_MAX;
}
