import type { FeedAnswer, FeedRefusal } from '../../gateway/protocol/feed-bodies.ts';
import type { Door } from './door.ts';
import type { Message } from './message.ts';
import type { StreamClock } from './stream-clock.ts';

export interface Sent {
  messages: number;
  recorded: number;
  duplicates: number;
  ignored: number;
  refused: number;
  /** The first few, to be shown. */
  readonly refusals: (FeedRefusal & { readonly source: string })[];
}

export interface SendOptions {
  /** Messages in flight: so many that the server is never idle, so few that the order of arrival stays roughly the order of time. */
  readonly lanes: number;
  /** Called after each acknowledged message with the count so far. */
  readonly onAck?: (messages: number) => void;
  /** Moves with the messages taken. */
  readonly clock?: StreamClock;
}

const REFUSALS_SHOWN = 10;

/** Sends all, each until it is acknowledged. */
export async function sendAll(door: Door, messages: readonly Message[], options: SendOptions): Promise<Sent> {
  const sent: Sent = { messages: 0, recorded: 0, duplicates: 0, ignored: 0, refused: 0, refusals: [] };
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let message = messages[next++]; message !== undefined; message = messages[next++]) {
      options.clock?.advance(message.time);
      count(sent, message, await send(door, message));
      options.onAck?.(sent.messages);
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
  options.clock?.advance(Infinity);
  return sent;
}

async function send(door: Door, message: Message): Promise<FeedAnswer> {
  const reply = await door.call('POST', `/v1/feeds/${message.source}`, {
    body: message.body,
    headers: { 'content-type': message.contentType },
  });
  // 422 is an answer too: every row was refused, each with its reason.
  if (reply.status === 200 || reply.status === 422) return reply.body as FeedAnswer;
  throw new Error(`${message.source} answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 300)}`);
}

function count(sent: Sent, message: Message, answer: FeedAnswer): void {
  sent.messages += 1;
  sent.recorded += answer.recorded;
  sent.duplicates += answer.duplicates;
  sent.ignored += answer.ignored;
  sent.refused += answer.refusedCount;
  for (const refusal of answer.refused) {
    if (sent.refusals.length >= REFUSALS_SHOWN) return;
    sent.refusals.push({ ...refusal, source: message.source });
  }
}
