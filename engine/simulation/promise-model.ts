import type { PromiseFact } from '../contract/promise-fact.ts';
import type { HoldEnd } from '../contract/stock-fact.ts';
import type { ReservationId } from '../contract/ids.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import type { MoveRequest, Reservation, ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import type { StockPortReply } from '../contract/stock-port.ts';
import type { MoveAnswer } from './promised.ts';
import { REMEMBERED_MS } from './stock-model.ts';

// What one promise shard must know. Values are never changed in place.

type PartAnswer = Extract<StockPortReply, { do: 'part-held' }>['outcome'];

interface ModelMove {
  readonly number: number;
  readonly request: MoveRequest;
  readonly shard: number;
  readonly keyDigest: string;
}

export interface ModelSaga {
  readonly request: ReserveRequest;
  readonly shards: readonly number[];
  readonly kits: Extract<PromiseFact, { fact: 'ReservationStarted' }>['kits'] | undefined;
  readonly keyDigest: string;
  readonly startedAt: number;
  readonly answers: ReadonlyMap<number, PartAnswer>;
  readonly closed: ReadonlySet<number>;
  /** The move that is not answered yet; how many were begun, and the keys of those made (rule RS7). */
  readonly moving?: ModelMove | undefined;
  readonly moves: number;
  readonly made: readonly string[];
  readonly state: 'asking' | 'held' | 'refused' | 'ended';
  readonly reservation?: Reservation;
  readonly refusal?: Refused<ReserveRefusal>;
  readonly end?: HoldEnd | 'allocated';
  readonly allocated?: Extract<PromiseFact, { fact: 'ReservationAllocated' }>['allocated'];
  readonly settledAt?: number;
}

const STICKY: readonly string[] = ['units-exceed-available', 'too-many-demand-groups'];

export class PromiseModel {
  lsn = 0;
  lastAt = -Infinity;
  sagas = new Map<ReservationId, ModelSaga>();
  keys = new Map<string, ReservationId>();
  /** Closed for longer than they are remembered. */
  forgotten: ReadonlySet<ReservationId> = new Set();

  clone(): PromiseModel {
    const copy = new PromiseModel();
    Object.assign(copy, this);
    copy.sagas = new Map(this.sagas);
    copy.keys = new Map(this.keys);
    return copy;
  }

  apply(fact: PromiseFact, lsn: number): readonly string[] {
    this.lsn = lsn;
    this.lastAt = fact.at;
    this.#forget(fact.at);
    if (fact.fact === 'ReservationStarted') {
      const { request, shards, kits, keyDigest, at: startedAt } = fact;
      const none = { answers: new Map(), closed: new Set<number>(), moves: 0, made: [] };
      this.sagas.set(fact.id, { request, shards, kits, keyDigest, startedAt, ...none, state: 'asking' });
      this.keys.set(keyDigest, fact.id);
    } else {
      this.sagas.set(fact.id, this.#after(this.sagas.get(fact.id) as ModelSaga, fact));
    }
    return [];
  }

  #after(saga: ModelSaga, fact: Exclude<PromiseFact, { fact: 'ReservationStarted' }>): ModelSaga {
    switch (fact.fact) {
      case 'PartAnswered':
        return { ...saga, answers: new Map(saga.answers).set(fact.shard, fact.outcome) };
      case 'PartClosed':
        return { ...saga, closed: new Set(saga.closed).add(fact.shard) };
      case 'ReservationEnded':
        return { ...saga, state: 'ended', end: fact.end, settledAt: fact.at };
      case 'ReservationDecided': {
        if (fact.outcome.status === 'reserved')
          return { ...saga, state: 'held', reservation: fact.outcome.reservation };
        if (!STICKY.includes(fact.outcome.code)) this.keys.delete(saga.keyDigest);
        return { ...saga, state: 'refused', refusal: fact.outcome, settledAt: fact.at };
      }
      case 'ReservationAllocated':
        return { ...saga, state: 'ended', end: 'allocated', allocated: fact.allocated, settledAt: fact.at };
      case 'ReservationExtended': {
        const reservation = saga.reservation as Reservation;
        const extensions = (reservation.extensions ?? 0) + 1;
        return { ...saga, reservation: { ...reservation, expiresAt: fact.expiresAt, extensions } };
      }
      case 'MoveStarted': {
        const { request, shard, keyDigest, move } = fact;
        return { ...saga, moves: move, moving: { number: move, request, shard, keyDigest } };
      }
      case 'MoveAnswered':
        return moveAnswered(saga, fact.outcome);
    }
  }

  #forget(at: number): void {
    for (const [id, saga] of this.sagas) {
      const isOver = saga.settledAt !== undefined && saga.settledAt + REMEMBERED_MS <= at;
      if (!isOver || !isClosed(saga)) continue;
      this.sagas.delete(id);
      this.forgotten = new Set(this.forgotten).add(id);
      if (this.keys.get(saga.keyDigest) === id) this.keys.delete(saga.keyDigest);
    }
  }
}

/** What has ended stays as it was: its units went with it. */
function moveAnswered({ moving, ...saga }: ModelSaga, outcome: MoveAnswer): ModelSaga {
  if (outcome.status === 'refused' || saga.state !== 'held' || moving === undefined) return saga;
  const answers = new Map(saga.answers).set(moving.shard, outcome);
  const now = { ...saga, answers, made: [...saga.made, moving.keyDigest] };
  return { ...now, reservation: { ...(saga.reservation as Reservation), lines: heldLines(now) } };
}

export function partsOf(saga: ModelSaga): number[] {
  return [...new Set(saga.shards)];
}

export function isClosed(saga: ModelSaga): boolean {
  return partsOf(saga).every((shard) => saga.closed.has(shard));
}

/** What the answers so far make of it (rule RS1): nothing yet, all of it, or a no. */
export function verdictOf(saga: ModelSaga): 'wait' | readonly ReserveLine[] | 'refused' {
  const answers = partsOf(saga).map((shard) => saga.answers.get(shard));
  const { partial } = saga.request;
  const isFinal = (code: string): boolean => !partial || !STICKY.includes(code);
  if (answers.some((answer) => answer?.status === 'refused' && isFinal(answer.code))) return 'refused';
  if (answers.includes(undefined)) return 'wait';
  const lines = heldLines(saga);
  return lines.length === 0 ? 'refused' : lines;
}

function heldLines(saga: ModelSaga): ReserveLine[] {
  return partsOf(saga).flatMap((shard) => {
    const answer = saga.answers.get(shard);
    return answer?.status === 'held' ? answer.lines : [];
  });
}
