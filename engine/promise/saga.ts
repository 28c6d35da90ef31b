import type { HoldEnd } from '../contract/fact.ts';
import type { ReservationId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import type { Reservation, ReserveLine, ReserveRequest } from '../contract/reservation.ts';

// A reservation over several stock shards, as its coordinator sees it.
//
//            every part held (or, with `partial`, one at least)          released | expired
//   asking ─────────────────────────────────────────────────► held ──────────────────────────► ended
//      │  a part refused
//      └──────────────────► refused
//
// In `refused` and `ended` each shard is told to end its part until it says so; then the saga is only a memory.

type PartAnswer = { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;

export interface Part {
  readonly shard: number;
  answer?: PartAnswer;
  closed: boolean;
}

export type SagaState = 'asking' | 'held' | 'refused' | 'ended';
export type SagaEvent = 'reserved' | 'refused' | 'ended';

/** Total: what each decision makes of each state. `forbidden` is a broken invariant, never a caller's mistake. */
export const SAGA_TABLE: Record<SagaState, Record<SagaEvent, SagaState | 'forbidden'>> = {
  asking: { reserved: 'held', refused: 'refused', ended: 'forbidden' },
  held: { reserved: 'forbidden', refused: 'forbidden', ended: 'ended' },
  refused: { reserved: 'forbidden', refused: 'forbidden', ended: 'forbidden' },
  ended: { reserved: 'forbidden', refused: 'forbidden', ended: 'forbidden' },
};

export interface Saga {
  readonly id: ReservationId;
  readonly keyDigest: string;
  readonly contentDigest: string;
  readonly request: ReserveRequest;
  /** Owner shard of each line of the request. */
  readonly shards: readonly number[];
  readonly startedAt: number;
  readonly parts: readonly Part[];
  state: SagaState;
  /** Position of the decision within the shard. */
  decidedLsn?: number;
  reservation?: Reservation;
  refusal?: Refused<ReserveRefusal>;
  end?: HoldEnd;
  /** When the decision or the end came, ms since the epoch. */
  settledAt?: number;
}

export function partsOf(shards: readonly number[]): Part[] {
  return [...new Set(shards)].map((shard) => ({ shard, closed: false }));
}

export function allAnswered(saga: Saga): boolean {
  return saga.parts.every((part) => part.answer !== undefined);
}

export function firstRefusal(saga: Saga): Refused<ReserveRefusal> | undefined {
  for (const { answer } of saga.parts) if (answer?.status === 'refused') return answer;
  return undefined;
}

/** What was granted. A part may sum lines of the same sku and place, so lines come back part by part. */
export function grantedLines(saga: Saga): ReserveLine[] {
  return saga.parts.flatMap(({ answer }) => (answer?.status === 'held' ? answer.lines : []));
}

export function isClosed(saga: Saga): boolean {
  return saga.parts.every((part) => part.closed);
}

/** Asks each shard for its part. */
export function holdRequests(saga: Pick<Saga, 'id' | 'request' | 'shards'>, self: number): ShardRequest[] {
  const { id, request, shards } = saga;
  return [...new Set(shards)].map((shard) => ({
    shard,
    command: {
      do: 'hold-part',
      saga: id,
      replyTo: self,
      channel: request.channel,
      lines: request.lines.filter((_, index) => shards[index] === shard),
      partial: request.partial,
    },
  }));
}

/** Tells each shard that has not said so yet to end its part; refused ones too, so they forget the saga. */
export function endRequests(saga: Saga, reason: HoldEnd, self: number): ShardRequest[] {
  return saga.parts
    .filter((part) => !part.closed)
    .map(({ shard }) => ({ shard, command: { do: 'end-part', saga: saga.id, replyTo: self, reason } }));
}
