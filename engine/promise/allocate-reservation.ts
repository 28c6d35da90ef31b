import type { AllocationOutcome } from '../contract/allocation.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { Decision, ShardRequest } from '../contract/machine.ts';
import { refuse, type AllocationRefusal, type Refused } from '../contract/outcome.ts';
import type { Place, ReserveLine } from '../contract/reservation.ts';
import type { AllocationStep, LineUnits } from '../contract/stock-port.ts';
import type { PromiseState } from './promise-state.ts';
import { allocateRequests, asOf, grantedLines, isClosed, type Part, type Saga, type SagaAllocation } from './saga.ts';

// A reservation over several shards becomes an allocation (rule RS3). That it does is one fact here, the coordinator's,
// which alone ends it; every part still holds its units then, and turns them into allocated ones when it is told to. Who
// asked is answered when all parts have, so that a next step finds the units allocated in every shard.

type AllocateHeld = Extract<AllocationStep, { do: 'allocate-held' }>;
type Decided = Decision<PromiseFact>;

export function allocateReservation(state: PromiseState, command: AllocateHeld, self: number, at: number): Decided {
  const saga = state.sagas.get(command.id);
  const reservation = saga && asOf(saga, at);
  if (saga === undefined || reservation?.client !== command.client) {
    return answered(command, refuse('unknown-reservation', { field: 'id' }), self);
  }
  const { allocated } = saga;
  if (allocated?.allocation === command.allocation) return asBefore(saga, allocated, command, self);
  if (reservation.state !== 'held') return answered(command, refuse('already-ended', { field: 'id' }), self);
  if (saga.moving !== undefined) return answered(command, refuse('move-under-way', { field: 'id' }), self);
  const takes = takesOf(saga.parts, command.lines);
  if ('status' in takes) return answered(command, takes, self);
  const { allocation, step, movementRef = allocation, replyTo } = command;
  const now: SagaAllocation = { allocation, step, movementRef, takes, ...(replyTo !== undefined && { replyTo }) };
  return {
    outcome: { status: 'pending', id: saga.id },
    facts: [{ fact: 'ReservationAllocated', at, id: saga.id, allocated: now }],
    requests: allocateRequests({ ...saga, allocated: now }, self),
  };
}

function answered({ allocation, step, replyTo }: AllocateHeld, outcome: AllocationOutcome, self: number): Decided {
  const requests = replyTo === undefined ? [] : [reply({ allocation, step, replyTo }, outcome, self)];
  return { outcome, facts: [], requests };
}

function reply(
  { allocation, step, replyTo }: Pick<SagaAllocation, 'allocation' | 'step'> & { readonly replyTo: number },
  outcome: AllocationOutcome,
  shard: number,
): ShardRequest {
  return { shard: replyTo, command: { do: 'allocation-answered', allocation, step, shard, outcome } };
}

/** The same order asks again, whatever it calls the step: one hold is allocated once. */
function asBefore(saga: Saga, allocated: SagaAllocation, command: AllocateHeld, self: number): Decided {
  if (isClosed(saga)) return answered(command, outcomeOf(saga, allocated), self);
  return { outcome: { status: 'pending', id: saga.id }, facts: [], requests: [] };
}

function outcomeOf({ request: { channel } }: Saga, allocated: SagaAllocation): AllocationOutcome {
  const { allocation: id, movementRef, takes } = allocated;
  const lines = takes.flatMap(({ lines: each }): ReserveLine[] => [...each]);
  return { status: 'allocated', allocation: { id, channel, movementRef, lines } };
}

/** What is told when this was the last part: to who waits, and to the shard that asked. */
export function allocationSettled(saga: Saga, self: number): Pick<Decided, 'requests' | 'settled'> {
  const { allocated, id } = saga;
  if (allocated === undefined || !isClosed(saga)) return { requests: [] };
  const outcome = outcomeOf(saga, allocated);
  const { allocation, step, replyTo } = allocated;
  return {
    requests: replyTo === undefined ? [] : [reply({ allocation, step, replyTo }, outcome, self)],
    settled: [{ id, outcome }],
  };
}

type Bad = Refused<Extract<AllocationRefusal, 'unknown-line' | 'units-out-of-bounds'>>;

/** Which units of which part; absent: all that is held. */
function takesOf(parts: readonly Part[], asked: readonly LineUnits[] | undefined): SagaAllocation['takes'] | Bad {
  const wanted = asked ?? grantedLines({ parts });
  const takes = parts.map(({ shard, answer }) => {
    return { shard, held: answer?.status === 'held' ? answer.lines : [], lines: [] as LineUnits[] };
  });
  for (const [index, line] of wanted.entries()) {
    // A sku has one shard, so all of it is in one part.
    const take = takes.find(({ held }) => held.some((each) => isSame(each, line)));
    if (take === undefined) return refuse('unknown-line', { field: `lines[${index}]` });
    const units = unitsAt(take.held, line) - unitsAt(take.lines, line);
    if (!Number.isSafeInteger(line.units) || line.units < 1 || line.units > units) {
      return refuse('units-out-of-bounds', { field: `lines[${index}].units`, units });
    }
    take.lines.push(line);
  }
  return takes.map(({ shard, lines }) => ({ shard, lines }));
}

function unitsAt(lines: readonly LineUnits[], at: LineUnits): number {
  return lines.reduce((sum, line) => sum + (isSame(line, at) ? line.units : 0), 0);
}

function isSame(a: LineUnits, b: LineUnits): boolean {
  return a.sku === b.sku && placeName(a) === placeName(b);
}

const placeName = (place: Place): string => ('node' in place ? `node ${place.node}` : `group ${place.group}`);
