import { digestHex } from '../contract/digest.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { ReservationId } from '../contract/ids.ts';
import {
  EXTENSIONS_MAX,
  HOLD_MS_MAX,
  type ExtendRequest,
  type MoveRequest,
  type Reservation,
} from '../contract/reservation.ts';
import { moveOf } from './grant-move.ts';
import type { KnownParts } from './judge-promise.ts';
import type { Known } from './judge-stock.ts';
import { type ModelSaga, partsOf } from './promise-model.ts';
import type { StockModel } from './stock-model.ts';
import { isSame, require, requireSame } from './violation.ts';

// Whether a hold may change as a fact says: its time (rule RS4), or where its units are (rule RS7).

/** What clients have asked for what they hold. */
export interface KnownHeld {
  readonly sentExtends: (id: ReservationId) => readonly ExtendRequest[];
  readonly sentMoves: (id: ReservationId) => readonly MoveRequest[];
}

type Of<Name extends (StockFact | PromiseFact)['fact']> = Extract<StockFact | PromiseFact, { fact: Name }>;

export function judgeExtended(
  held: Reservation | undefined,
  { id, at, expiresAt }: Of<'HoldExtended' | 'ReservationExtended'>,
  known: KnownHeld,
): void {
  requireHeld(held, id, at);
  const asked = known
    .sentExtends(id)
    .some(({ client, holdMs }) => client === held.client && held.createdAt + holdMs === expiresAt);
  require(asked, () => `nobody asked to extend ${id} to ${expiresAt}`);
  require(expiresAt > held.expiresAt, () => `${id} is extended from ${held.expiresAt} to ${expiresAt}`);
  require(expiresAt - held.createdAt <= HOLD_MS_MAX, () => `${id} is held beyond 4 hours (RS4)`);
  require((held.extensions ?? 0) < EXTENSIONS_MAX, () => `${id} is extended once too often (RS6)`);
}

export function judgeMoved(model: StockModel, { id, keyDigest, moved, at }: Of<'UnitsMoved'>, known: Known): void {
  const hold = model.holds.get(id);
  require(hold !== undefined, () => `${id} moves and is not held`);
  requireHeld(hold.reservation, id, at);
  const { made = [], promised, reservation } = hold;
  require(!made.includes(keyDigest), () => `${id} is moved twice under one key (RS7)`);
  const { lines, channel } = reservation;
  const should = known
    .sentMoves(id)
    .filter(({ key, client }) => digestHex(key) === keyDigest && client === reservation.client)
    .map((request) => moveOf(model, { lines, promised }, request, { channel, made: made.length }));
  require(should.some((each) => isSame(each, moved)), () =>
    `${id} moves ${JSON.stringify(moved)}, the rules give ${JSON.stringify(should)}`);
}

export function judgePartMove(
  model: StockModel,
  fact: Of<'PartMoved' | 'PartMoveRefused'>,
  shard: number,
  known: Known,
): void {
  const saga = known.saga(fact.saga);
  const part = model.parts.get(fact.saga);
  const moving = saga?.moving;
  require(saga !== undefined && moving?.number === fact.move && moving.shard === shard, () =>
    `${fact.fact} ${fact.move} of ${fact.saga}, which is not under way`);
  require(part !== undefined && !part.ended, () => `${fact.fact} of ${fact.saga}, which has ended`);
  require(part.move?.number !== fact.move, () => `move ${fact.move} of ${fact.saga} is answered twice`);
  const { lines = [], promised } = part;
  const should = moveOf(model, { lines, promised }, moving.request, { channel: saga.request.channel, made: 0 });
  const said = fact.fact === 'PartMoved' ? fact.moved : fact.refusal;
  requireSame(said, should, () => `move ${fact.move} of ${fact.saga}`);
}

export function judgeMoveStarted(saga: ModelSaga, fact: Of<'MoveStarted'>, known: KnownHeld): void {
  const { id, at, request, shard, move, keyDigest } = fact;
  requireHeld(saga.state === 'held' ? saga.reservation : undefined, id, at);
  require(saga.moving === undefined, () => `${id} begins a second move`);
  require(move === saga.moves + 1, () => `move ${move} of ${id} follows ${saga.moves}`);
  require(partsOf(saga).includes(shard), () => `${id} has no part in shard ${shard}`);
  require(digestHex(request.key) === keyDigest && !saga.made.includes(keyDigest), () =>
    `${id} is moved twice under one key`);
  require(known.sentMoves(id).some((sent) => isSame(sent, request)), () => `nobody asked for move ${move} of ${id}`);
}

export function judgeMoveAnswered(saga: ModelSaga, { id, move, outcome }: Of<'MoveAnswered'>, known: KnownParts): void {
  const { moving } = saga;
  require(moving?.number === move, () => `move ${move} of ${id} is answered, not under way`);
  const part = known.part(moving.shard, id);
  const answered = part?.move?.number === move ? part.move.answer : undefined;
  if (answered !== undefined) return requireSame(outcome, answered, () => `answer to move ${move} of ${id}`);
  const isGone = part?.ended ?? known.paused;
  require(isGone && outcome.status === 'refused' && outcome.code === 'already-ended', () =>
    `move ${move} of ${id} is answered and no part did`);
}

/** At `at` it is over, whether or not anybody looked (rule RS4). */
function requireHeld(held: Reservation | undefined, id: string, at: number): asserts held is Reservation {
  require(held?.state === 'held', () => `${id} changes and is not held`);
  require(held.expiresAt > at, () => `${id} changes at ${at}, is over since ${held.expiresAt}`);
}
