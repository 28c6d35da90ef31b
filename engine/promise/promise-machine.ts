import { unreachable } from '../contract/assert.ts';
import type { Outcome, PromiseCommand } from '../contract/command.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { Decision, Machine, Settled, ShardRequest } from '../contract/machine.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import { refuse } from '../contract/outcome.ts';
import type { PromiseAnswer, PromiseQuery } from '../contract/query.ts';
import { newestPage, type Reservation, type ReservationsAsked } from '../contract/reservation.ts';
import { PromiseState } from './promise-state.ts';
import type { Saga } from './saga.ts';
import {
  allAnswered,
  asOf,
  allocateRequests,
  endRequests,
  finalRefusal,
  firstRefusal,
  grantedLines,
  kitLines,
  holdRequests,
  moveRequest,
} from './saga.ts';
import { allocateReservation, allocationSettled } from './allocate-reservation.ts';
import { extendReservation, moveAnswered, startMove } from './change-reservation.ts';
import type { PromiseSettings } from './start-reservation.ts';
import { startReservation } from './start-reservation.ts';

type Decided = Decision<PromiseFact>;

/** Accepted, nothing changed. */
const NOTHING: Decided = { outcome: { status: 'applied' }, facts: [], requests: [] };

/** Expired reservations settled by one tick at most; the host ticks again at once while more are due. */
const EXPIRIES_PER_TICK = 500;

/**
 * Coordinates reservations over several stock shards: started (durable), each shard asked, each answer durable,
 * decided (durable), each shard told. Nobody waits holding anything; only the coordinator expires or releases (rule RS4).
 */
export function createPromiseMachine(
  settings: PromiseSettings,
): Machine<PromiseCommand, PromiseFact, PromiseQuery, PromiseAnswer> {
  const state = new PromiseState();

  return {
    decide(command, atMs) {
      switch (command.do) {
        case 'reserve':
          return startReservation(state, command, settings, atMs);
        case 'part-held':
          return partAnswered(state, command, settings.shard, atMs);
        case 'part-ended':
          return partEnded(state, command, settings.shard, atMs);
        case 'allocate-held':
          return allocateReservation(state, command, settings.shard, atMs);
        case 'part-moved':
          return moveAnswered(state, command, atMs);
        case 'extend':
          return extendReservation(state, command.request, atMs);
        case 'move':
          return startMove(state, command, settings.shard, atMs);
        case 'release':
          return release(state, command.id, command.client, settings.shard, atMs);
        case 'tick':
          return expireDue(state, settings.shard, atMs);
        case 'allocation-answered':
          // For the orders of this shard; a reservation has no step of its own.
          return NOTHING;
        default:
          return unreachable(command);
      }
    },
    evolve: (fact, lsn) => state.evolve(fact, lsn),
    dueAt: () => state.due.first()?.at ?? Infinity,
    takeChanges: () => [],
    takeOpen: () => state.takeOpen(),
    answer: (query, atMs) => answerQuery(state, query, atMs),
    outstanding: () => [...state.sagas.values()].flatMap((saga) => outstandingOf(saga, settings.shard)),
    beginImage: () => state.beginImage(),
    restore: (header) => state.restore(header),
    digest: () => state.digest(),
  };
}

/** Records one part's answer, and decides when nothing more is to be waited for. */
function partAnswered(
  state: PromiseState,
  command: Extract<PromiseCommand, { do: 'part-held' }>,
  self: number,
  at: number,
): Decided {
  const { saga: id, shard, outcome } = command;
  const saga = state.sagas.get(id);
  const part = saga?.parts.find((each) => each.shard === shard);
  // A repeated answer, or one that comes after the decision: the end-part already sent closes its part.
  if (saga === undefined || part === undefined || saga.state !== 'asking' || part.answer !== undefined) return NOTHING;

  const parts = saga.parts.map((each) => (each.shard === shard ? { ...each, answer: outcome } : each));
  const answered: Saga = { ...saga, parts };
  const fact: PromiseFact = { fact: 'PartAnswered', at, id, shard, outcome };
  const verdict = verdictOn(answered);
  if (verdict === 'wait') return { ...NOTHING, facts: [fact] };
  if (verdict === 'reserved') return reserved(answered, fact, `${self}.${state.lsn + 2}`, self, at);
  return {
    ...NOTHING,
    facts: [fact, { fact: 'ReservationDecided', at, id, outcome: verdict }],
    requests: endRequests({ ...answered, refusal: verdict }, 'abandoned', self),
    settled: [{ id, outcome: verdict }],
  };
}

function verdictOn(saga: Saga): 'wait' | 'reserved' | Refused<ReserveRefusal> {
  const final = finalRefusal(saga);
  if (final !== undefined) return final;
  if (!allAnswered(saga)) return 'wait';
  const refusal = firstRefusal(saga);
  return refusal !== undefined && grantedLines(saga).length === 0 ? refusal : 'reserved';
}

function reserved(saga: Saga, answered: PromiseFact, position: string, self: number, at: number): Decided {
  const { id, request } = saga;
  const reservation: Reservation = {
    id,
    client: request.client,
    ...(request.customer !== undefined && { customer: request.customer }),
    channel: request.channel,
    state: 'held',
    lines: grantedLines(saga),
    ...(saga.kits !== undefined && { kits: kitLines(saga) }),
    createdAt: saga.startedAt,
    expiresAt: saga.startedAt + request.holdMs,
  };
  const facts: PromiseFact[] = [
    answered,
    { fact: 'ReservationDecided', at, id, outcome: { status: 'reserved', reservation } },
  ];
  const settled: Settled[] = [{ id, outcome: { status: 'reserved', reservation, position } }];
  if (at < reservation.expiresAt) return { ...NOTHING, facts, settled };
  // The answers took longer than the hold (the server was down): it is over as it begins.
  facts.push({ fact: 'ReservationEnded', at, id, end: 'expired' });
  return { ...NOTHING, facts, settled, requests: endRequests(saga, 'expired', self) };
}

function partEnded(
  state: PromiseState,
  { saga: id, shard }: Extract<PromiseCommand, { do: 'part-ended' }>,
  self: number,
  at: number,
): Decided {
  const saga = state.sagas.get(id);
  const part = saga?.parts.find((each) => each.shard === shard);
  if (saga === undefined || part === undefined || part.closed) return NOTHING;
  const parts = saga.parts.map((each) => (each === part ? { ...each, closed: true } : each));
  const settled = allocationSettled({ ...saga, parts }, self);
  return { ...NOTHING, facts: [{ fact: 'PartClosed', at, id, shard }], ...settled };
}

function release(state: PromiseState, id: ReservationId, client: ClientId, self: number, at: number): Decided {
  const saga = state.sagas.get(id);
  const reservation = saga?.reservation;
  if (saga === undefined || reservation === undefined || saga.request.client !== client) {
    return { ...NOTHING, outcome: refuse('unknown-reservation') };
  }
  const outcome: Outcome = { status: 'released', reservation: { ...reservation, state: 'released' } };
  if (saga.end === 'released') return { ...NOTHING, outcome };
  if (saga.end !== undefined || at >= reservation.expiresAt) return { ...NOTHING, outcome: refuse('already-ended') };
  return {
    outcome,
    facts: [{ fact: 'ReservationEnded', at, id, end: 'released' }],
    requests: endRequests(saga, 'released', self),
  };
}

function expireDue(state: PromiseState, self: number, at: number): Decided {
  // An extended one stands in the queue twice, and neither of them counts before its new time.
  const due = [...new Set(state.due.dueBy(at, EXPIRIES_PER_TICK))]
    .map((id) => state.sagas.get(id))
    .filter((saga) => saga?.state === 'held' && (saga.reservation?.expiresAt ?? 0) <= at) as Saga[];
  return {
    ...NOTHING,
    facts: due.map(({ id }) => ({ fact: 'ReservationEnded', at, id, end: 'expired' })),
    requests: due.flatMap((saga) => endRequests(saga, 'expired', self)),
  };
}

/** Requests without a durable answer, for sending again after a crash. */
function outstandingOf(saga: Saga, self: number): ShardRequest[] {
  switch (saga.state) {
    case 'asking':
      return holdRequests(saga, self).filter(({ shard }) =>
        saga.parts.some((part) => part.shard === shard && part.answer === undefined),
      );
    case 'held': {
      const { moving, request } = saga;
      return moving === undefined ? [] : [moveRequest(saga.id, request.channel, moving, self)];
    }
    case 'refused':
      return endRequests(saga, 'abandoned', self);
    case 'ended':
      if (saga.end === 'allocated') return allocateRequests(saga, self);
      return endRequests(saga, saga.end ?? 'abandoned', self);
    default:
      return unreachable(saga.state);
  }
}

function answerQuery(state: PromiseState, query: PromiseQuery, at: number): PromiseAnswer {
  switch (query.ask) {
    case 'reservation': {
      const saga = state.sagas.get(query.id);
      const visible = saga !== undefined && (query.client === undefined || saga.request.client === query.client);
      return { answer: 'reservation', reservation: visible ? asOf(saga, at) : undefined };
    }
    case 'reservations':
      return { answer: 'reservations', reservations: newestPage(heldNow(state, query, at), query) };
    case 'open-counts':
      return { answer: 'open-counts', open: Array.from(state.openOf, ([client, { size }]) => [client, size]) };
    case 'stats': {
      const held = [...state.sagas.values()].filter((saga) => saga.state === 'held').length;
      return { answer: 'stats', stats: { open: state.sagas.size, held } };
    }
    default:
      return unreachable(query);
  }
}

function heldNow(state: PromiseState, { client }: ReservationsAsked, at: number): Reservation[] {
  const ids = client === undefined ? state.sagas.keys() : (state.openOf.get(client) ?? []);
  return [...ids].flatMap((id) => {
    const saga = state.sagas.get(id);
    const reservation = saga?.state === 'held' ? asOf(saga, at) : undefined;
    return reservation?.state === 'held' ? [reservation] : [];
  });
}
