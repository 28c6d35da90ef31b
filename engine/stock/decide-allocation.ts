import { assert, unreachable } from '../contract/assert.ts';
import type { AllocationOutcome } from '../contract/allocation.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { ShardRequest } from '../contract/machine.ts';
import { refuse } from '../contract/outcome.ts';
import { LINES_MAX, type ReserveLine } from '../contract/reservation.ts';
import type { AllocationStep, StockPortCommand } from '../contract/stock-port.ts';
import { allocationOf, NO_LINES } from './allocations.ts';
import { awaitUnits, stopWaiting, whoseOf } from './await-units.ts';
import type { Judged, No } from './judged-step.ts';
import { leftNow, postsWithin } from './left-at.ts';
import { asItIs, expire, overdue } from './decide-reserve.ts';
import { judgeMove } from './decide-move.ts';
import { declareShort } from './declare-short.ts';
import { AHEAD_MS_MAX } from './feeds.ts';
import { joinLines } from './move-lines.ts';
import { linesOf } from './parts.ts';
import type { PlacedLine } from './placed-line.ts';
import { transfer, writeOff } from './decide-transfer.ts';
import { grantLines } from './reserve-lines.ts';
import { UNITS_MAX } from './quantities.ts';
import type { StockState } from './stock-state.ts';
import { takenUnits, withoutTaken } from './take-units.ts';
import { placeLine, wantedLines } from './wanted-lines.ts';

// decide() for the steps of an allocation (rules RS3, FD8). Each step is answered once: the same step again gets the same
// answer, a no included, so that a request that arrives twice cannot have another effect than the first time.

type Of<Name extends AllocationStep['do']> = Extract<AllocationStep, { do: Name }>;

interface Decided {
  readonly outcome: AllocationOutcome;
  readonly facts: readonly StockFact[];
  readonly requests: readonly ShardRequest[];
}

export function decideAllocation(state: StockState, command: AllocationStep, atMs: number): Decided {
  const { allocation: id, step } = command;
  const known = state.steps.find(id);
  if (known?.step === step) return told(state, command, known.answer, []);
  if (known !== undefined && step < known.step)
    return told(state, command, refuse('step-passed', { field: 'step' }), []);
  const judged = judge(state, command, atMs);
  if ('status' in judged) {
    return told(state, command, judged, [{ fact: 'AllocationRefused', at: atMs, id, step, refusal: judged }]);
  }
  const answer: AllocationOutcome =
    'answer' in judged ? judged.answer : { status: 'allocated', allocation: allocationOf(id, judged.row) };
  return told(state, command, answer, judged.facts);
}

function told(
  state: StockState,
  { allocation, step, replyTo }: AllocationStep,
  outcome: AllocationOutcome,
  facts: readonly StockFact[],
): Decided {
  if (replyTo === undefined) return { outcome, facts, requests: [] };
  const { shard } = state.settings;
  const command = { do: 'allocation-answered', allocation, step, shard, outcome } as const;
  return { outcome, facts, requests: [{ shard: replyTo, command }] };
}

function judge(state: StockState, command: AllocationStep, atMs: number): Judged | No {
  switch (command.do) {
    case 'allocate':
      return allocate(state, command, atMs);
    case 'allocate-held':
      return allocateHeld(state, command, atMs);
    case 'move-allocated':
      return moveAllocated(state, command, atMs);
    case 'reduce-allocated':
      return reduce(state, command, atMs);
    case 'ship-allocated':
      return ship(state, command, atMs);
    case 'take-back':
      return takeBack(state, command, atMs);
    case 'transfer':
      return transfer(state, command, atMs);
    case 'write-off':
      return writeOff(state, command, atMs);
    case 'await-units':
      return awaitUnits(state, command, atMs);
    case 'stop-waiting':
      return stopWaiting(state, command, atMs);
    case 'declare-short':
      return declareShort(state, command, atMs);
    default:
      return unreachable(command);
  }
}

function allocate(state: StockState, command: Of<'allocate'>, atMs: number): Judged | No {
  const { allocation: id, step, partial } = command;
  const before = state.allocations.find(id);
  const { channel = command.channel, movementRef = command.movementRef ?? id } = whoseOf(state, id) ?? {};
  const wanted = wantedLines(state, { channel, lines: command.lines, partial });
  if ('status' in wanted) return wanted as No;
  const expired = overdue(state, atMs);
  const granted = grantLines(
    state,
    wanted,
    expired.flatMap((hold) => hold.lines),
  );
  if ('status' in granted) return granted as No;
  const more = { lines: granted.lines, placed: granted.lines.map((line) => placeLine(state, line)) };
  const row = { channel, movementRef, ...joinLines(before ?? NO_LINES, more) };
  if (row.lines.length > LINES_MAX) return refuse('too-many-lines', { field: 'lines' });
  const fact: StockFact = { fact: 'UnitsAllocated', at: atMs, id, step, channel, movementRef, ...granted };
  return { facts: [...expire(expired, atMs), fact], row };
}

/** This shard's part of a hold that spans shards; the same request again changes nothing. */
export function decideAllocatePart(
  state: StockState,
  command: Extract<StockPortCommand, { do: 'allocate-part' }>,
  atMs: number,
): Omit<Decided, 'outcome'> {
  const { saga, replyTo, allocation: id, step, movementRef, lines } = command;
  const { shard } = state.settings;
  const requests = [{ shard: replyTo, command: { do: 'part-ended', saga, shard } as const }];
  const part = state.parts.find(saga);
  if (part?.ended === true) return { facts: [], requests };
  if (part?.channel === undefined || lines.length === 0) {
    return { facts: [{ fact: 'PartEnded', at: atMs, saga, end: 'released' }], requests };
  }
  const taken = takenUnits({ lines: linesOf(part), placed: part.lines }, lines);
  assert(!('status' in taken), () => `part ${saga} holds other units than ${JSON.stringify(lines)}`);
  const { channel } = part;
  const ref = whoseOf(state, id)?.movementRef ?? movementRef;
  return {
    facts: [{ fact: 'HeldAllocated', at: atMs, id, step, from: saga, channel, movementRef: ref, taken }],
    requests,
  };
}

function allocateHeld(state: StockState, command: Of<'allocate-held'>, atMs: number): Judged | No {
  const { allocation: id, step, id: from, client, lines } = command;
  const hold = state.holds.find(from);
  if (hold === undefined || hold.reservation.client !== client) return refuse('unknown-reservation', { field: 'id' });
  const reservation = asItIs(hold.reservation, atMs);
  if (reservation.state !== 'held') return refuse('already-ended', { field: 'id' });
  const held = { lines: reservation.lines, placed: hold.lines };
  const taken = takenUnits(held, lines);
  if ('status' in taken) return taken;
  const before = state.allocations.find(id);
  const { channel = reservation.channel, movementRef = command.movementRef ?? id } = whoseOf(state, id) ?? {};
  const more = withoutTaken(held, taken).taken;
  const named = taken.map(({ sku, units, at }): ReserveLine => ({ sku, units, ...at }));
  const row = { channel, movementRef, ...joinLines(before ?? NO_LINES, { lines: named, placed: more }) };
  if (row.lines.length > LINES_MAX) return refuse('too-many-lines', { field: 'lines' });
  return { facts: [{ fact: 'HeldAllocated', at: atMs, id, step, from, channel, movementRef, taken }], row };
}

function moveAllocated(state: StockState, command: Of<'move-allocated'>, atMs: number): Judged | No {
  const { allocation: id, step } = command;
  const before = state.allocations.find(id);
  if (before === undefined) return refuse('unknown-allocation', { field: 'allocation' });
  const { channel, movementRef } = before;
  const freedOf = (taken: PlacedLine): number => freedUnits(state, taken, movementRef);
  const judged = judgeMove(state, { ...command, channel, isFull: false, freedOf }, before, atMs);
  if ('status' in judged) return judged as No;
  const { moved, lines, placed, released } = judged;
  return {
    facts: [...released, { fact: 'AllocationMoved', at: atMs, id, step, moved }],
    row: { ...before, lines, placed },
  };
}

/** At a node the owner may have booked that units left before we said so: then giving them back frees nothing. */
function freedUnits(state: StockState, taken: PlacedLine, movementRef: string): number {
  if ('set' in taken) return taken.units;
  return state.expected.freedBy(state.positions.find(taken.sku, taken.node), movementRef, taken.units);
}

function reduce(state: StockState, command: Of<'reduce-allocated'>, atMs: number): Judged | No {
  const { allocation: id, step } = command;
  const before = state.allocations.find(id);
  if (before === undefined) return refuse('unknown-allocation', { field: 'allocation' });
  const taken = takenUnits(before, command.lines);
  if ('status' in taken) return taken;
  const row = { ...before, ...withoutTaken(before, taken).after };
  return { facts: [{ fact: 'AllocationReduced', at: atMs, id, step, taken }], row };
}

function ship(state: StockState, command: Of<'ship-allocated'>, atMs: number): Judged | No {
  const { allocation: id, step, as, happenedAt = atMs } = command;
  const before = state.allocations.find(id);
  if (before === undefined) return refuse('unknown-allocation', { field: 'allocation' });
  const unplaced = command.lines.findIndex((line) => !('node' in line));
  if (unplaced !== -1) return refuse('unknown-line', { field: `lines[${unplaced}]` });
  const taken = takenUnits(before, command.lines);
  if ('status' in taken) return taken;
  if (!(happenedAt <= atMs + AHEAD_MS_MAX)) return refuse('happened-in-the-future', { field: 'happenedAt' });
  const departed = taken.map((each) => {
    const leftAt = command.happenedAt ?? leftNow(state, each, atMs);
    return { ...each, leftAt, postedBy: leftAt + postsWithin(state, each.at) };
  });
  const { movementRef } = before;
  const row = { ...before, ...withoutTaken(before, taken).after };
  return { facts: [{ fact: 'UnitsDeparted', at: atMs, id, step, as, movementRef, happenedAt, departed }], row };
}

function takeBack(state: StockState, command: Of<'take-back'>, atMs: number): Judged | No {
  const { allocation: id, step, sku, node, units } = command;
  if (!state.reference.channels.has(command.channel)) return refuse('unknown-channel', { field: 'channel' });
  if (!state.reference.nodes.has(node)) return refuse('unknown-node', { field: 'node' });
  if (state.skus.names.find(sku) === 0) return refuse('unknown-sku', { field: 'sku' });
  if (!Number.isSafeInteger(units) || units < 1 || units > UNITS_MAX) {
    return refuse('units-out-of-bounds', { field: 'units' });
  }
  const { happenedAt = atMs } = command;
  if (!(happenedAt <= atMs + AHEAD_MS_MAX)) return refuse('happened-in-the-future', { field: 'happenedAt' });
  const { channel = command.channel, movementRef: ref = id } = state.allocations.find(id) ?? {};
  const movementRef = command.movementRef ?? ref;
  const leftAt = command.happenedAt ?? leftNow(state, { sku, at: { node } }, atMs);
  const postedBy = leftAt + postsWithin(state, { node });
  const row = state.allocations.find(id) ?? { channel, movementRef, ...NO_LINES };
  const came = { channel, movementRef, sku, node, units, leftAt, postedBy };
  return { facts: [{ fact: 'UnitsCameBack', at: atMs, id, step, ...came }], row };
}
