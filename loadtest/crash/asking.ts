import { setTimeout as wait } from 'node:timers/promises';
import type { FeedAnswer } from '../../gateway/protocol/feed-bodies.ts';
import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import { type Answered, codeOf } from '../verify/rush-client.ts';
import type { FeedMessage } from './feed-messages.ts';
import type { TryEntry } from './client-log.ts';
import type { Wire } from './wire.ts';

// What the client asks for about stock and holds, and what the answers mean.

export type Sent = { readonly is: 'taken'; readonly recorded: number; readonly duplicates: number } | Strange;
export type Released = { readonly is: 'released' } | { readonly is: 'already-ended' } | Strange;
/** An answer that nothing in this run should get. */
interface Strange {
  readonly is: 'strange';
  readonly says: string;
}

export async function send(wire: Wire, message: FeedMessage): Promise<Sent | undefined> {
  const reply = await wire.ask('POST', `/v1/feeds/${message.source}`, {
    body: message.body,
    headers: { 'content-type': message.contentType },
  });
  if (reply === undefined) return undefined;
  const { recorded, duplicates } = (reply.body ?? {}) as Partial<FeedAnswer>;
  const whole = reply.status === 200 && (recorded ?? 0) + (duplicates ?? 0) === message.movements.length;
  return whole
    ? { is: 'taken', recorded: recorded ?? 0, duplicates: duplicates ?? 0 }
    : {
        is: 'strange',
        says: `${message.source} answered ${reply.status} ${JSON.stringify(reply.body)?.slice(0, 400)}`,
      };
}

export async function reserve(
  wire: Wire,
  { key, channel, lines, holdMs, partial }: Pick<TryEntry, 'key' | 'channel' | 'lines' | 'holdMs' | 'partial'>,
): Promise<Answered | undefined> {
  const reply = await wire.ask('POST', '/v1/reservations', {
    body: JSON.stringify({ channel, lines, holdMs, partial }),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
  if (reply === undefined) return undefined;
  return reply.status === 201
    ? { is: 'reserved', reservation: reply.body as ReservationInfo }
    : { is: 'refused', code: codeOf(reply) };
}

export async function release(wire: Wire, id: string): Promise<Released | undefined> {
  const reply = await wire.ask('DELETE', `/v1/reservations/${id}`);
  if (reply === undefined) return undefined;
  if (reply.status === 200) return { is: 'released' };
  const code = codeOf(reply);
  return code === 'already-ended'
    ? { is: 'already-ended' }
    : { is: 'strange', says: `giving ${id} back was answered ${code}` };
}

export const POLL_MS = 50;
/** Tries of one request: with the server alive and nobody else asking, the first is answered. */
const TRIES_MAX = 20;

/** Asks until it is answered. */
export async function answered<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await wait(POLL_MS);
  }
  throw new Error('the restarted server does not answer');
}
