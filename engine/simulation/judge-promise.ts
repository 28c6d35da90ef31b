import type { PromiseFact } from '../contract/promise-fact.ts';
import type { ReservationId } from '../contract/ids.ts';
import { judgeExtended, judgeMoveAnswered, judgeMoveStarted } from './judge-held.ts';
import type { Reservation } from '../contract/reservation.ts';
import { asAsked, heldFor, KIT_SKUS } from './kits.ts';
import { LATE_PART_MS, type Known } from './judge-stock.ts';
import { isClosed, type ModelSaga, partsOf, type PromiseModel, verdictOf } from './promise-model.ts';
import type { ModelPart } from './promised.ts';
import { judgeSagaAllocated } from './judge-orders.ts';
import { require, requireSame } from './violation.ts';

// Whether a promise shard may write a fact down, as things stand in the model before it.

export interface KnownParts extends Known {
  /** As the stock shard's durable facts have it; forgotten a day after it was done. */
  readonly part: (shard: number, saga: ReservationId) => ModelPart | undefined;
  /** A day has passed in one step: parts may be forgotten. */
  readonly paused: boolean;
}

type Of<Name extends PromiseFact['fact']> = Extract<PromiseFact, { fact: Name }>;

export function judgePromise(model: PromiseModel, fact: PromiseFact, known: KnownParts): void {
  if (fact.fact === 'ReservationStarted') return judgeStarted(model, fact, known);
  const saga = model.sagas.get(fact.id);
  require(saga !== undefined, () => `${fact.fact} of ${fact.id}, which nobody started`);
  switch (fact.fact) {
    case 'ReservationAllocated':
      return judgeSagaAllocated(saga, fact, known);
    case 'ReservationExtended':
      return judgeExtended(saga.state === 'held' ? saga.reservation : undefined, fact, known);
    case 'MoveStarted':
      return judgeMoveStarted(saga, fact, known);
    case 'MoveAnswered':
      return judgeMoveAnswered(saga, fact, known);
    case 'PartAnswered':
      return judgeAnswered(saga, fact, known);
    case 'ReservationDecided':
      return judgeDecided(saga, fact);
    case 'ReservationEnded':
      return judgeEnded(saga, fact, known);
    case 'PartClosed': {
      const part = known.part(fact.shard, fact.id);
      require(!saga.closed.has(fact.shard), () => `${fact.id} closes its part in ${fact.shard} twice`);
      require(saga.state === 'refused' || saga.state === 'ended', () => `${fact.id} is ${saga.state} and closes`);
      require(part?.ended ?? known.paused, () => `${fact.id} closes a part that has not ended durably`);
      return;
    }
  }
}

function judgeStarted(model: PromiseModel, fact: Of<'ReservationStarted'>, known: Known): void {
  const { id, keyDigest, request, shards, kits = [] } = fact;
  require(!model.sagas.has(id), () => `${id} is given twice`);
  require(!model.keys.has(keyDigest), () => `a second reservation ${id} under one key (RS2)`);
  const sent = known.sentRequests(keyDigest).map((each) => JSON.stringify(each));
  require(sent.includes(JSON.stringify(request)), () => `${id} is for a request nobody sent`);
  for (const kit of kits) require(known.sentKit(kit), () => `${id} has ${kit.sku} of what nobody said it is`);
  const held = heldFor(request, kits);
  requireSame({ lines: shards.length }, { lines: held.length }, () => `lines of ${id} that shards are asked`);
  for (const { line } of held) require(!KIT_SKUS.includes(line.sku), () => `${id} asks a shard for a kit (AV9)`);
}

function judgeAnswered(saga: ModelSaga, { id, at, shard, outcome }: Of<'PartAnswered'>, known: KnownParts): void {
  require(saga.state === 'asking', () => `${id} is ${saga.state} and takes an answer`);
  require(!saga.answers.has(shard), () => `${id} takes two answers of shard ${shard}`);
  const part = known.part(shard, id);
  if (part !== undefined) return requireSame(outcome, part.answer, () => `answer of shard ${shard} for ${id}`);
  const mayBeNone = known.paused || at - saga.startedAt >= LATE_PART_MS;
  require(mayBeNone && outcome.status === 'refused', () => `${id}: an answer of no part`);
}

function judgeDecided(saga: ModelSaga, { id, outcome }: Of<'ReservationDecided'>): void {
  require(saga.state === 'asking', () => `${id} is ${saga.state} and is decided`);
  const verdict = verdictOf(saga);
  require(verdict !== 'wait', () => `${id} is decided before every part has answered`);
  if (outcome.status === 'refused') {
    const held = heldFor(saga.request, saga.kits);
    const refusals = [...saga.answers].flatMap(([shard, answer]) =>
      answer.status === 'held' ? [] : [JSON.stringify(asAsked(held, saga.shards, { shard, refusal: answer }))],
    );
    require(verdict === 'refused', () => `${id} is refused, yet every part is held`);
    require(refusals.includes(JSON.stringify(outcome)), () => `${id} is refused for a reason no part gave`);
    return;
  }
  require(verdict !== 'refused', () => `${id} is reserved, yet a part is refused (RS1)`);
  const { request, startedAt } = saga;
  const { client, customer, channel, holdMs } = request;
  const whose = { client, channel, ...(customer !== undefined && { customer }) };
  const times = { createdAt: startedAt, expiresAt: startedAt + holdMs };
  requireSame(
    outcome.reservation,
    { id, ...whose, state: 'held', lines: verdict, ...kitsOf(saga), ...times },
    () => id,
  );
}

/** All or nothing: each kit as it was asked. */
function kitsOf({ request, kits }: ModelSaga): Pick<Reservation, 'kits'> {
  if (kits === undefined) return {};
  const lines = request.lines.filter(({ sku }) => KIT_SKUS.includes(sku));
  const componentsOf = (sku: string) => kits.find((kit) => kit.sku === sku)?.components ?? [];
  return { kits: lines.map((line) => ({ ...line, components: componentsOf(line.sku) })) };
}

function judgeEnded(saga: ModelSaga, { id, end, at }: Of<'ReservationEnded'>, known: Known): void {
  require(saga.state === 'held' && saga.reservation !== undefined, () => `${id} is ${saga.state} and ends`);
  const isOver = saga.reservation.expiresAt <= at;
  require(isOver === (end === 'expired'), () => `${id} is ${end} at ${at}, expires ${saga.reservation?.expiresAt}`);
  require(end === 'expired' || known.sentRelease(id), () => `nobody asked to release ${id}`);
}

/** When nothing is under way any more: every saga is decided, and what is over has closed its parts. */
export function requireAtRest(model: PromiseModel): void {
  for (const [id, saga] of model.sagas) {
    require(saga.state !== 'asking', () =>
      `${id} is never decided: ${partsOf(saga).length} parts, ${saga.answers.size} answered`);
    // One that is over took the moved units with it: nobody asks on.
    require(saga.state !== 'held' || saga.moving === undefined, () => `a move of ${id} is never answered`);
    require(saga.state === 'held' || isClosed(saga), () => `${id} is ${saga.state}, its parts never close`);
  }
}
