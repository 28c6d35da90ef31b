import type { HoldEnd } from '../contract/stock-fact.ts';
import type { AllocationId, ChannelId, ReservationId } from '../contract/ids.ts';
import { explodeLines, type KitLine } from '../contract/kit.ts';
import type { ShardRequest } from '../contract/machine.ts';
import { sticksToKey, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { KitRef } from '../contract/reference.ts';
import type { MoveRequest, Reservation, ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import { keyDigestOf } from '../contract/reservation.ts';

import type { LineUnits } from '../contract/stock-port.ts';

// A reservation over several stock shards, as its coordinator sees it.
//
//            every part held (or, with `partial`, one at least)          released | expired | allocated
//   asking ─────────────────────────────────────────────────► held ──────────────────────────► ended
//      │  a part refused
//      └──────────────────► refused
//
// While it is `held` its time may grow, and one move at a time may be under way: asked of the part's shard, durable when
// answered (rule RS7). What is asked when the saga has ended is refused by the shard, whose part ended too.
//
// In `refused` and `ended` each shard is told to end its part until it says so; then the saga is only a memory.

type PartAnswer = { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;

export interface Part {
  readonly shard: number;
  answer?: PartAnswer;
  closed: boolean;
}

export interface SagaMove {
  /** Number within the saga, from 1. */
  readonly number: number;
  readonly keyDigest: string;
  readonly contentDigest: string;
  readonly request: MoveRequest;
  readonly shard: number;
}

/** An order that took the held units over, and which of them. */
export interface SagaAllocation {
  readonly allocation: AllocationId;
  readonly step: number;
  readonly movementRef: string;
  /** Of every part; none: all of it is given back. */
  readonly takes: readonly { readonly shard: number; readonly lines: readonly LineUnits[] }[];
  readonly replyTo?: number;
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
  /** Owner shard of each line to be held. */
  readonly shards: readonly number[];
  readonly kits?: readonly Pick<KitRef, 'sku' | 'components'>[];
  readonly startedAt: number;
  readonly parts: readonly Part[];
  state: SagaState;
  /** Position of the decision within the shard. */
  decidedLsn?: number;
  reservation?: Reservation;
  refusal?: Refused<ReserveRefusal>;
  end?: HoldEnd | 'allocated';
  /** What became of it when it ended so: each part turns its units into allocated ones. */
  allocated?: SagaAllocation;
  /** What its key is answered, when the reservation has changed since (rule RS2). */
  first?: Reservation;
  /** The move that is not answered yet. */
  moving?: SagaMove;
  /** Moves that were made, oldest first, for retries; and how many were begun. */
  moved?: readonly Pick<SagaMove, 'keyDigest' | 'contentDigest'>[];
  moves?: number;
  /** When the decision or the end came, ms since the epoch. */
  settledAt?: number;
}

/** The lines that shards are asked to hold: kits exploded, others as they are (rule AV9). `origins`: which line each came from. */
export function linesToHold({ request, kits }: Pick<Saga, 'request' | 'kits'>): ReturnType<typeof explodeLines> {
  return explodeLines(request.lines, kits ?? []);
}

/** Kits as they were asked. */
export function kitLines({ request, kits = [] }: Pick<Saga, 'request' | 'kits'>): KitLine[] {
  return request.lines.flatMap((line) => {
    const kit = kits.find(({ sku }) => sku === line.sku);
    return kit === undefined ? [] : [{ ...line, components: kit.components }];
  });
}

/** A part's refusal in the caller's words: which of the lines as they were asked, and how many of those there could be. */
function sayRefusal(saga: Saga, shard: number, refusal: Refused<ReserveRefusal>): Refused<ReserveRefusal> {
  const [, index, rest] = /^lines\[(\d+)\](.*)$/.exec(refusal.field ?? '') ?? [];
  if (index === undefined) return refusal;
  const { lines, origins } = linesToHold(saga);
  const place = saga.shards.flatMap((owner, at) => (owner === shard ? [at] : []))[Number(index)] ?? 0;
  const origin = origins[place] ?? 0;
  const perKit = (lines[place]?.units ?? 1) / (saga.request.lines[origin]?.units ?? 1);
  const units = refusal.units === undefined ? {} : { units: Math.floor(refusal.units / perKit) };
  return { ...refusal, field: `lines[${origin}]${rest}`, ...units };
}

export function partsOf(shards: readonly number[]): Part[] {
  return [...new Set(shards)].map((shard) => ({ shard, closed: false }));
}

export function allAnswered(saga: Saga): boolean {
  return saga.parts.every((part) => part.answer !== undefined);
}

export function firstRefusal(saga: Saga): Refused<ReserveRefusal> | undefined {
  for (const { shard, answer } of saga.parts) if (answer?.status === 'refused') return sayRefusal(saga, shard, answer);
  return undefined;
}

/** A no that ends it whatever else is granted: with `partial` only stock may fall short, as within one shard (rule RS1). */
export function finalRefusal(saga: Saga): Refused<ReserveRefusal> | undefined {
  for (const { shard, answer } of saga.parts) {
    if (answer?.status !== 'refused' || (saga.request.partial && sticksToKey(answer.code))) continue;
    return sayRefusal(saga, shard, answer);
  }
  return undefined;
}

/** What was granted. A part may sum lines of the same sku and place, so lines come back part by part. */
export function grantedLines(saga: Pick<Saga, 'parts'>): ReserveLine[] {
  return saga.parts.flatMap(({ answer }) => (answer?.status === 'held' ? answer.lines : []));
}

/** A reservation as it is at `at`: past its time it has expired, even when nobody has written that down yet (rule RS4). */
export function asOf({ reservation, end }: Saga, at: number): Reservation | undefined {
  if (reservation === undefined) return undefined;
  if (end === 'released' || end === 'allocated') return { ...reservation, state: end };
  return end !== undefined || at >= reservation.expiresAt ? { ...reservation, state: 'expired' } : reservation;
}

export function isClosed(saga: Saga): boolean {
  return saga.parts.every((part) => part.closed);
}

/** Asks each shard for its part. */
export function holdRequests(
  saga: Pick<Saga, 'id' | 'request' | 'shards' | 'kits' | 'startedAt'>,
  self: number,
): ShardRequest[] {
  const { id, request, shards, startedAt } = saga;
  const { lines } = linesToHold(saga);
  return [...new Set(shards)].map((shard) => ({
    shard,
    command: {
      do: 'hold-part',
      saga: id,
      replyTo: self,
      startedAt,
      client: request.client,
      ...(request.customer !== undefined && { customer: request.customer }),
      keyDigest: keyDigestOf(request),
      channel: request.channel,
      lines: lines.filter((_, index) => shards[index] === shard),
      partial: request.partial,
    },
  }));
}

/** Asks a part's shard to move its units. */
export function moveRequest(id: ReservationId, channel: ChannelId, move: SagaMove, self: number): ShardRequest {
  const { sku, from, to, units } = move.request;
  const what = { sku, from, to, ...(units !== undefined && { units }) };
  return {
    shard: move.shard,
    command: { do: 'move-part', saga: id, replyTo: self, channel, move: move.number, ...what },
  };
}

/** Tells each shard that has not said so yet to end its part; refused ones too, so they forget the saga. */
export function endRequests(saga: Saga, reason: HoldEnd, self: number): ShardRequest[] {
  const { id, refusal } = saga;
  const forgets = refusal === undefined || sticksToKey(refusal.code) ? {} : ({ forgetsKey: true } as const);
  return saga.parts
    .filter((part) => !part.closed)
    .map(({ shard }) => ({ shard, command: { do: 'end-part', saga: id, replyTo: self, reason, ...forgets } }));
}

/** Tells each shard that has not said so yet to turn its part into allocated units. */
export function allocateRequests({ id, parts, allocated }: Saga, self: number): ShardRequest[] {
  if (allocated === undefined) return [];
  const { allocation, step, movementRef, takes } = allocated;
  return takes
    .filter(({ shard }) => parts.some((part) => part.shard === shard && !part.closed))
    .map(({ shard, lines }) => ({
      shard,
      command: { do: 'allocate-part', saga: id, replyTo: self, allocation, step, movementRef, lines },
    }));
}
