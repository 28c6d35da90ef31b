import { setTimeout as wait } from 'node:timers/promises';
import type { HttpError } from '../../gateway/protocol/http-error.ts';
import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { Door, Reply } from './door.ts';
import { inLanes } from './lanes.ts';
import type { PlannedTry, RushPlan } from './rush-plan.ts';

// Shoppers: they carry out the plan and write down, by this machine's clock, what they asked, when, and what they got.

export type Answered =
  | { readonly is: 'reserved'; readonly reservation: ReservationInfo }
  | { readonly is: 'refused'; readonly code: string };

export interface LoggedTry {
  readonly plan: PlannedTry;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly answer: Answered;
  /** Answer to the same request sent again. */
  readonly second?: Answered;
  /** Answer to the same key with other content. */
  readonly reused?: Answered;
  /** When it was given back, and whether the server agreed. */
  readonly release?: { readonly sentAt: number; readonly answeredAt: number; readonly code: string };
}

/** Shoppers at a time. */
const LANES = 8;
/** Beyond the longest short hold, in ms: a hold over several shards is ended by its coordinator's next tick. */
const SETTLE_MS = 400;

export interface RushLog {
  readonly concurrent: readonly LoggedTry[];
  readonly sequential: readonly LoggedTry[];
}

/** `feedEnds`: when the contested skus move no more, so the sequential part can be decided to the unit. */
export async function runRush(door: Door, plan: RushPlan, feedEnds: Promise<unknown>): Promise<RushLog> {
  const concurrent: LoggedTry[] = [];
  for (const wave of plan.waves) {
    concurrent.push(...(await inLanes(wave, LANES, (planned) => carryOut(door, planned))));
    await settle(concurrent);
  }
  await feedEnds;
  const sequential = await inLanes(plan.sequential, 1, (planned) => carryOut(door, planned));
  await settle(sequential);
  return { concurrent, sequential };
}

/** Waits, by the clock, until every hold that was left to itself is past its time. */
async function settle(log: readonly LoggedTry[]): Promise<void> {
  let until = 0;
  for (const { plan, answer } of log) {
    if (plan.fate === 'expire' && answer.is === 'reserved') until = Math.max(until, answer.reservation.expiresAt);
  }
  await wait(Math.max(0, until + SETTLE_MS - Date.now()));
}

async function carryOut(door: Door, plan: PlannedTry): Promise<LoggedTry> {
  const sentAt = Date.now();
  const [answer, second] = await Promise.all([
    reserve(door, plan),
    plan.twice ? reserve(door, plan) : Promise.resolve(undefined),
  ]);
  const answeredAt = Date.now();
  const reused = plan.reuse ? await reserve(door, { ...plan, holdMs: plan.holdMs + 1 }) : undefined;
  const release =
    plan.fate === 'release' && answer.is === 'reserved'
      ? await giveBack(door, answer.reservation.id, plan.releaseAfterMs)
      : undefined;
  return {
    plan,
    sentAt,
    answeredAt,
    answer,
    ...(second === undefined ? {} : { second }),
    ...(reused === undefined ? {} : { reused }),
    ...(release === undefined ? {} : { release }),
  };
}

export async function reserve(door: Door, plan: PlannedTry): Promise<Answered> {
  const { key, channel, lines, holdMs, partial } = plan;
  const reply = await door.call('POST', '/v1/reservations', {
    body: JSON.stringify({ channel, lines, holdMs, partial }),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
  if (reply.status >= 200 && reply.status < 300) return { is: 'reserved', reservation: reply.body as ReservationInfo };
  return { is: 'refused', code: codeOf(reply) };
}

async function giveBack(door: Door, id: string, afterMs: number): Promise<NonNullable<LoggedTry['release']>> {
  await wait(afterMs);
  const sentAt = Date.now();
  const reply = await door.call('DELETE', `/v1/reservations/${id}`);
  const code = reply.status < 300 ? 'released' : codeOf(reply);
  return { sentAt, answeredAt: Date.now(), code };
}

export function codeOf(reply: Reply): string {
  return (reply.body as HttpError | undefined)?.code ?? `http-${reply.status}`;
}

export function sameAnswer(a: Answered, b: Answered): boolean {
  if (a.is === 'refused' || b.is === 'refused') return a.is === b.is && 'code' in a && 'code' in b && a.code === b.code;
  return (
    a.reservation.id === b.reservation.id && JSON.stringify(a.reservation.lines) === JSON.stringify(b.reservation.lines)
  );
}
