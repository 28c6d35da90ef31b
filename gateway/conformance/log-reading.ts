import assert from 'node:assert/strict';
import type { Door, World } from './door.ts';
import type { Message, Talk } from './talk.ts';

// What scripts of logs do again and again.

/** A log that is read by a consumer over a connection of its own. */
export interface Reading {
  readonly talk: Talk;
  readonly consumer: string;
  /** The answer. */
  readonly subscribed: Message;
}

/** Times a subscribe is said again to a server whose ledger has not caught up. */
const TRIES_MAX = 20;

/** Shows the key and subscribes; a new consumer unless one is named. */
export async function read(
  door: Door,
  { log, key }: Required<World>,
  { consumer = log.newConsumer(), ...asked }: { readonly consumer?: string; readonly [field: string]: unknown } = {},
): Promise<Reading> {
  const talk = await door.open();
  await sayAndHear(talk, { type: 'connect', id: 1, token: key }, 'connected');
  const command = { type: 'subscribe', id: 2, ch: log.ch, mode: 'log', consumer, ...asked };
  for (let tries = 1; ; tries++) {
    const answer = await sayAndHear(talk, command, 'subscribed', 'error');
    if (answer.type === 'subscribed') return { talk, consumer, subscribed: answer };
    assert.ok(answer['temporary'] === true && tries < TRIES_MAX, `refused: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, Number(answer['retryAfterMs'])));
  }
}

export async function sayAndHear(talk: Talk, command: object, ...types: readonly string[]): Promise<Message> {
  talk.say(command);
  return talk.nextOf(types);
}

/** Offset of the newest event when it began. */
export function head({ subscribed }: Reading): number {
  return Number(subscribed['head']);
}

let counted = 1_000;

/**
 * Counts the first sku `times` times, each time another number, and hears events until the last of them: all that came,
 * in the order they did.
 */
export async function countUntil(
  { talk }: Reading,
  { skus: [sku], setUnits }: Required<World>,
  times = 1,
): Promise<readonly Message[]> {
  for (let time = 0; time < times; time++) await setUnits(sku, ++counted);
  const last = counted;
  const events: Message[] = [];
  for (;;) {
    const event = await talk.next('event');
    events.push(event);
    const { sku: of, units } = event['d'] as { readonly sku?: string; readonly units?: number };
    if (of === sku && units === last) return events;
  }
}
