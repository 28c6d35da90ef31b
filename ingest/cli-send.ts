import { setTimeout as sleep } from 'node:timers/promises';

import type { FeedAnswer } from './feed-answer.ts';
import { feedAnswerOf } from './order-answer.ts';
import type { OrdersAnswer } from './order-answer.ts';

// One body to the feed door over HTTP, until it is answered. The same body may arrive twice: rows have ids.

export interface SendTo {
  readonly url: string;
  readonly path: string;
  /** Whose it is, in words. */
  readonly called: string;
  readonly key: string;
  /** Injected by tests. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Told before each wait. */
  readonly onRetry?: (why: string, inMs: number) => void;
}

/** Something that sending again will not cure. */
export class SendError extends Error {
  override readonly name = 'SendError';
}

/** Tries per body: with the delays below about three minutes, enough for a restart with recovery. */
export const TRIES_MAX = 14;
const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 20_000;
/** For one answer, in ms: a body of 64 MiB may wait for a thread and be recorded in chunks. */
const ANSWER_MS_MAX = 300_000;

export async function send(body: Uint8Array, to: SendTo): Promise<FeedAnswer> {
  const { wait = sleep, onRetry = () => undefined } = to;
  for (let tried = 1; ; tried += 1) {
    const outcome = await post(body, to);
    if ('answer' in outcome) return outcome.answer;
    if (tried >= TRIES_MAX) throw new SendError(`${outcome.why}; gave up after ${tried} tries`);
    const delay = Math.max(outcome.retryAfterMs, Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** (tried - 1)));
    onRetry(outcome.why, delay);
    await wait(delay);
  }
}

type Outcome = { readonly answer: FeedAnswer } | { readonly why: string; readonly retryAfterMs: number };

async function post(body: Uint8Array, { url, path, called, key }: SendTo): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' },
      // Blob parts are typed by buffer; a Uint8Array over a plain ArrayBuffer is what files give us.
      body: body as Uint8Array<ArrayBuffer>,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      redirect: 'error',
    });
    text = await response.text();
  } catch (error) {
    return { why: `no answer from ${url} (${causeOf(error)})`, retryAfterMs: 0 };
  }
  const json = parse(text);
  if (response.status === 200 || response.status === 422) {
    const answer = answerOf(json);
    if (answer !== undefined) return { answer };
    // A query that is wrong is answered 422 too.
    if (messageOf(json) !== undefined) throw new SendError(advice(response.status, messageOf(json)!, called));
    throw new SendError(`${url} answered something that is no feed answer; is this Onhand?`);
  }
  const says = messageOf(json) ?? `status ${response.status}`;
  if (response.status === 503 || response.status === 429 || response.status === 502 || response.status === 504) {
    return { why: `the server is busy: ${says}`, retryAfterMs: retryAfter(response, json) };
  }
  throw new SendError(advice(response.status, says, called));
}

function advice(status: number, says: string, called: string): string {
  if (status === 401 || status === 403) return `the API key was not accepted for ${called}: ${says}`;
  if (status === 404) return `the server knows no ${called}: ${says}`;
  if (status === 413) return `the file is larger than the server takes at once: ${says}`;
  return `the server refused the request (${status}): ${says}`;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return String(cause);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerOf(json: unknown): FeedAnswer | undefined {
  if (typeof json !== 'object' || json === null || !('refused' in json)) return undefined;
  if ('outcomes' in json && Array.isArray(json.outcomes)) return feedAnswerOf(json as OrdersAnswer);
  return 'recorded' in json && Array.isArray(json.refused) ? (json as FeedAnswer) : undefined;
}

function messageOf(json: unknown): string | undefined {
  const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined;
  return typeof message === 'string' ? message : undefined;
}

function retryAfter(response: Response, json: unknown): number {
  const said = typeof json === 'object' && json !== null && 'retryAfterMs' in json ? json.retryAfterMs : undefined;
  const ms = typeof said === 'number' ? said : Number(response.headers.get('retry-after') ?? 0) * 1000;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 60_000) : 0;
}
