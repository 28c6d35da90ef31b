import type { Endpoint } from './endpoints.ts';
import type { AttemptResult } from './http-attempt.ts';
import type { JobNext } from './jobs.ts';

/** Ms from one attempt to the next, as Standard Webhooks proposes: some three days in all. */
const RETRY_AFTER_MS = [
  5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];
/** Up to a fifth longer, so that what failed together is not tried together. */
const JITTER = 0.2;
/** Attempts that fail in a row before an endpoint is taken for down: then one attempt at a time, and rests between. */
export const FAILURES_CALM = 3;
const REST_MS = 1_000;
const REST_MS_MAX = 300_000;

export interface Verdict {
  readonly next: JobNext;
  readonly endpoint: Partial<{ [K in keyof Endpoint]: Endpoint[K] | undefined }>;
  /** Nothing goes to the endpoint before, ms since the epoch. */
  readonly restUntil: number;
}

export interface Judged {
  readonly result: AttemptResult;
  /** Of the job, this one included. */
  readonly attempts: number;
  readonly endpoint: Pick<Endpoint, 'failures' | 'failingSince' | 'pausedFor'>;
  readonly nowMs: number;
  /** Time of failures alone after which the endpoint is paused. */
  readonly pauseMs: number;
  /** 0 to 1. */
  readonly random: number;
}

/** What an attempt means for its job and its endpoint. */
export function judgeAttempt(judged: Judged): Verdict {
  const { result, nowMs } = judged;
  const status = result.status ?? 0;
  if (isDelivered(result)) {
    const endpoint = { failures: 0, failingSince: undefined, deliveredAt: nowMs };
    return { next: { state: 'delivered' }, endpoint, restUntil: 0 };
  }
  const failures = judged.endpoint.failures + 1;
  const failingSince = judged.endpoint.failingSince ?? nowMs;
  const paused = pausedBy(judged, status, failures, failingSince);
  return {
    next: status === 410 ? { state: 'failed' } : retryOf(judged),
    endpoint: { failures, failingSince, ...(paused !== undefined && { pausedFor: paused }) },
    restUntil: Math.max(restOf(judged, failures), nowMs + (result.retryAfterMs ?? 0)),
  };
}

export function isDelivered({ status = 0 }: AttemptResult): boolean {
  return status >= 200 && status < 300;
}

function pausedBy({ endpoint, nowMs, pauseMs }: Judged, status: number, failures: number, since: number) {
  if (endpoint.pausedFor !== undefined) return undefined;
  if (status === 410) return 'gone';
  return failures >= FAILURES_CALM && nowMs - since >= pauseMs ? 'failing' : undefined;
}

function retryOf({ attempts, nowMs, random, result }: Judged): JobNext {
  const delayMs = RETRY_AFTER_MS[attempts - 1];
  if (delayMs === undefined) return { state: 'failed' };
  const wait = Math.max(delayMs * (1 + JITTER * random), result.retryAfterMs ?? 0);
  return { state: 'waiting', nextAt: nowMs + wait };
}

function restOf({ nowMs, random }: Judged, failures: number): number {
  if (failures < FAILURES_CALM) return 0;
  return nowMs + Math.min(REST_MS * 2 ** (failures - FAILURES_CALM), REST_MS_MAX) * (1 + JITTER * random);
}
