import type { SilenceFact, StockFact } from '../contract/stock-fact.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import { requireBraked } from './brakes-play.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { requireExpected } from './expected-play.ts';
import { judgeBandDates } from './band-model.ts';
import { type Granted, grantOf } from './grant.ts';
import { judgeExtended, judgeMoved, judgePartMove, type KnownHeld } from './judge-held.ts';
import { judgeOrder } from './judge-orders.ts';
import { judgeNodeSilence } from './judge-silence.ts';
import { requireRoomForPools } from './pool-model.ts';
import type { ModelSaga } from './promise-model.ts';
import { isServable } from './room.ts';
import { idKey } from './promised.ts';
import { heldFor } from './kits.ts';
import { keyDigests } from './sent.ts';
import { requireDatesReached } from './safety-model.ts';
import { REMEMBERED_MS, type StockModel } from './stock-model.ts';
import { require, requireSame } from './violation.ts';
import { judgeServed, requireServed } from './waiting-model.ts';

// Whether a stock shard may write a fact down, as things stand in the model before it.

/** What clients have sent and what other shards have made durable. */
export interface Known extends KnownHeld {
  readonly sentEvent: (event: object, approvedBy: ClientId | undefined) => boolean;
  /** Requests sent under a key, one per content. */
  readonly sentRequests: (keyDigest: string) => readonly ReserveRequest[];
  readonly sentKit: (kit: object) => boolean;
  readonly sentRelease: (id: ReservationId) => boolean;
  readonly sentSteps: (allocation: string, step: number) => readonly AllocationStep[];
  /** As its coordinator's durable facts have it. */
  readonly saga: (id: ReservationId) => ModelSaga | undefined;
  /** It was closed more than a day ago. */
  readonly isForgotten: (id: ReservationId) => boolean;
  /** The intake shard's fact of that number. */
  readonly silenceSaid: (number: number) => SilenceFact | undefined;
}

/** Source time may be this far ahead of the engine's (rule FD10). */
const AHEAD_MS = 5 * 60_000;

type Of<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;

export function judgeStock(model: StockModel, fact: StockFact, shard: number, known: Known): void {
  requireNoneOverdue(model, fact);
  if (fact.fact !== 'UnitsReleased') requireDatesReached(model, fact);
  judgeBandDates(model, fact);
  requireServed(model, fact);
  switch (fact.fact) {
    case 'StockRecorded':
      return judgeRecorded(model, fact, known);
    case 'ReferenceApplied':
      if (fact.batch.of === 'pools') requireRoomForPools(model, fact.batch.rows);
      return;
    case 'SafetyDatesReached':
    case 'BandDatesReached':
      return;
    case 'NodeWentStale':
    case 'SilenceStepReached':
    case 'NodeCameBack':
      return judgeNodeSilence(model, fact, known.silenceSaid(fact.number));
    case 'UnitsReserved':
      return judgeReserved(model, fact, known);
    case 'ReservationRefused': {
      require(!hasKey(model, fact.keyDigest), () => 'a key that is remembered is answered anew');
      const requests = known.sentRequests(fact.keyDigest);
      return requireExplained(model, fact.refusal, requests);
    }
    case 'UnitsReleased':
      return judgeReleased(model, fact, known);
    case 'UnitsAllocated':
    case 'HeldAllocated':
    case 'AllocationMoved':
    case 'AllocationReduced':
    case 'UnitsDeparted':
    case 'UnitsCameBack':
    case 'UnitsTransferred':
    case 'UnitsWrittenOff':
    case 'ShortDeclared':
    case 'UnitsAwaited':
    case 'WaitingStopped':
    case 'AllocationRefused':
      return judgeOrder(model, fact, shard, known);
    case 'UnitsServed':
      return judgeServed(model, fact);
    case 'ServingHeard':
      return model.orders.waiting.clone().hear(fact);
    case 'StockCorrected':
      return require(false, () => `${fact.client} corrects ${fact.sku}, nobody asked for it`);
    case 'SumsRepaired':
      return require(false, () => `${fact.sku} has sums that are not what their terms give`);
    case 'HoldExtended':
      return judgeExtended(model.holds.get(fact.id)?.reservation, fact, known);
    case 'UnitsMoved':
      return judgeMoved(model, fact, known);
    case 'PartMoved':
    case 'PartMoveRefused':
      return judgePartMove(model, fact, shard, known);
    case 'PartHeld':
    case 'PartRefused':
      return judgePart(model, fact, shard, known);
    case 'PartEnded':
      return judgePartEnded(model, fact, known);
  }
}

/** Rule AV7: what could be served before can be served with one more promise. Checked around every promise. */
export function requireServable(model: StockModel, skus: readonly string[], before: ReadonlySet<string>): void {
  for (const sku of skus)
    require(!before.has(sku) || isServable(model, sku), () => `${sku} is promised beyond what is there`);
}

/** Rule RS4: what is over ends before anything else is decided at that moment. */
function requireNoneOverdue(model: StockModel, fact: StockFact): void {
  if (fact.fact === 'UnitsReleased' || fact.fact === 'SafetyDatesReached' || fact.fact === 'BandDatesReached') return;
  for (const { reservation, endedAt } of model.holds.values()) {
    const isOver = endedAt === undefined && reservation.expiresAt <= fact.at;
    require(!isOver, () => `${fact.fact} at ${fact.at}, yet ${reservation.id} is over since ${reservation.expiresAt}`);
  }
}

function judgeRecorded(model: StockModel, fact: Of<'StockRecorded'>, known: Known): void {
  const { event, at } = fact;
  require(known.sentEvent(event, fact.approvedBy), () => `nobody sent ${JSON.stringify(event)}`);
  require(!model.ids.has(idKey(event)), () => `${idKey(event)} counts twice (FD1)`);
  require(event.at <= at + AHEAD_MS, () => `${event.id} is from the future (FD10)`);
  model.remainders.judge(fact);
  requireExpected(model, event);
  requireBraked(model, fact);
}

function judgeReserved(model: StockModel, fact: Of<'UnitsReserved'>, known: Known): void {
  const { reservation, keyDigest, at } = fact;
  require(!hasKey(model, keyDigest), () => `a second reservation ${reservation.id} under one key (RS2)`);
  require(!model.holds.has(reservation.id), () => `${reservation.id} is given twice`);
  const { client, customer, channel, createdAt, expiresAt, state } = reservation;
  requireSame({ createdAt, state }, { createdAt: at, state: 'held' }, () => reservation.id);
  const alike = known
    .sentRequests(keyDigest)
    .filter((asked) => asked.client === client && asked.customer === customer)
    .filter((asked) => asked.channel === channel && at + asked.holdMs === expiresAt);
  requireExplained(model, grantIn(reservation.lines, fact.drawn), alike);
}

/** Of a reservation of this shard alone, or of one that spans shards and has a part here. */
function hasKey({ keys, parts }: StockModel, keyDigest: string): boolean {
  return keys.has(keyDigest) || [...parts.values()].some((part) => part.keyDigest === keyDigest);
}

function grantIn(lines: readonly ReserveLine[], drawn: readonly number[] | undefined): Granted {
  return drawn === undefined ? { lines } : { lines, drawn };
}

/** One of the requests must lead to exactly this. */
function requireExplained(
  model: StockModel,
  said: Granted | Refused<ReserveRefusal>,
  requests: readonly ReserveRequest[],
): void {
  const should = requests.map((asked) => grantOf(model, asked));
  const texts = should.map((each) => JSON.stringify(each));
  require(texts.includes(JSON.stringify(said)), () =>
    `given ${JSON.stringify(said)}, the rules give ${texts.join(' or ')}`);
}

function judgeReleased(model: StockModel, { id, end, at }: Of<'UnitsReleased'>, known: Known): void {
  const hold = model.holds.get(id);
  require(hold !== undefined && hold.endedAt === undefined, () => `${id} ends (${end}) and is not held`);
  const isOver = hold.reservation.expiresAt <= at;
  require(isOver === (end === 'expired'), () => `${id} is ${end} at ${at}, expires at ${hold.reservation.expiresAt}`);
  require(end === 'expired' || known.sentRelease(id), () => `nobody asked to release ${id}`);
}

/** A request for a part that is older has none any more: it may be a repetition whose part is forgotten. */
export const LATE_PART_MS = REMEMBERED_MS / 2;

function judgePart(model: StockModel, fact: Of<'PartHeld' | 'PartRefused'>, shard: number, known: Known): void {
  const saga = known.saga(fact.saga);
  require(saga !== undefined, () => `a part of ${fact.saga}, whose start is not durable`);
  require(fact.at - saga.startedAt < LATE_PART_MS, () => `a part of ${fact.saga}, long after its start`);
  require(!model.parts.has(fact.saga), () => `${fact.saga} has its part answered twice`);
  const lines = heldFor(saga.request, saga.kits).map((held) => held.line);
  const own = lines.filter((_, index) => saga.shards[index] === shard);
  const said = fact.fact === 'PartHeld' ? grantIn(fact.lines, fact.drawn) : fact.refusal;
  const isUsed = keyDigests(saga.request.client, saga.request.key).some((digest) => model.keys.has(digest));
  const reused = refuse('key-reused', { field: 'key' });
  requireSame(said, isUsed ? reused : grantOf(model, { ...saga.request, lines: own }), () => `part of ${fact.saga}`);
}

function judgePartEnded(model: StockModel, { saga: id, end }: Of<'PartEnded'>, known: Known): void {
  const saga = known.saga(id);
  // A request that comes once more after a day finds nothing of its saga anywhere, and ends nothing.
  if (saga === undefined && known.isForgotten(id) && !model.parts.has(id)) return;
  require(saga !== undefined, () => `part of ${id} ends, whose start is not durable`);
  require(model.parts.get(id)?.ended !== true, () => `part of ${id} ends twice`);
  // A part of which an order takes nothing is given back.
  const ended = saga.end === 'allocated' ? 'released' : saga.end;
  const should = saga.state === 'refused' ? 'abandoned' : ended;
  requireSame({ end }, { end: should }, () => `part of ${id}, which is ${saga.state}`);
}
