import type { Errand } from './itinerary.ts';
import type { OnlineBasket, SampleMessage } from './messages.ts';
import { SenderRefusedError } from './sender.ts';
import type { Answer, Send } from './sender.ts';

// One errand against the server's doors.

/** What the replay did so far. */
export interface Tally {
  messages: number;
  /** Rows the server took, repeated ones included. */
  rows: number;
  refused: number;
  reserved: number;
  /** Baskets there was not enough stock for. */
  notReserved: number;
  /** Baskets reserved and not yet released. */
  held: number;
  /** First rows refused, as the server said why. */
  firstRefusals: string[];
}

export interface ErrandTools {
  readonly send: Send;
  readonly tally: Tally;
  /** Reservation of each open order, undefined when it was refused. Orders made before a restart are not in it. */
  readonly holds: Map<string, Promise<string | undefined>>;
  readonly holdMs: number;
}

const REFUSALS_KEPT_MAX = 5;

export async function runErrand(errand: Errand, tools: ErrandTools): Promise<void> {
  switch (errand.do) {
    case 'send':
      return sendMessage(errand.message, tools);
    case 'reserve':
      return reserve(errand.basket, tools);
    case 'release':
      return release(errand.basket, tools);
  }
}

async function sendMessage(message: SampleMessage, { send, tally }: ErrandTools): Promise<void> {
  const { source, contentType, body } = message;
  const answer = await send({ method: 'POST', path: `/v1/feeds/${encodeURIComponent(source)}`, contentType, body });
  const said = answer.body as FeedSaid | undefined;
  if (said?.recorded === undefined) {
    throw new SenderRefusedError(`feed ${source} was answered ${answer.status} ${JSON.stringify(said).slice(0, 300)}`);
  }
  tally.messages += 1;
  tally.rows += said.recorded + (said.duplicates ?? 0);
  tally.refused += said.refusedCount ?? 0;
  for (const { place, code, message: why } of said.refused ?? []) {
    if (tally.firstRefusals.length < REFUSALS_KEPT_MAX) {
      tally.firstRefusals.push(`${source}, ${place}: ${code}, ${why}`);
    }
  }
}

interface FeedSaid {
  readonly recorded?: number;
  readonly duplicates?: number;
  readonly refusedCount?: number;
  readonly refused?: readonly { readonly place: string; readonly code: string; readonly message: string }[];
}

async function reserve(basket: OnlineBasket, tools: ErrandTools): Promise<void> {
  const { tally, holds } = tools;
  const asked = askFor(basket, tools).then(idOf);
  holds.set(basket.key, asked);
  if ((await asked) === undefined) tally.notReserved += 1;
  else {
    tally.reserved += 1;
    tally.held += 1;
  }
}

/** The same key and content gets the first answer again, so this also finds an earlier process's reservation. */
function askFor({ key, channel, lines }: OnlineBasket, { send, holdMs }: ErrandTools): Promise<Answer> {
  const body = JSON.stringify({ channel, lines, holdMs });
  return send({ method: 'POST', path: '/v1/reservations', contentType: 'application/json', body, key });
}

function idOf(answer: Answer): string | undefined {
  const id = (answer.body as { id?: unknown } | undefined)?.id;
  return answer.status < 300 && typeof id === 'string' ? id : undefined;
}

async function release(basket: OnlineBasket, tools: ErrandTools): Promise<void> {
  const { tally, holds, send } = tools;
  const known = holds.get(basket.key);
  const id = await (known ?? askFor(basket, tools).then(idOf));
  holds.delete(basket.key);
  if (id === undefined) return;
  if (known !== undefined) tally.held -= 1;
  // 409 and 404: it expired, or was released before a restart. Either way nothing is held any more.
  await send({ method: 'DELETE', path: `/v1/reservations/${encodeURIComponent(id)}` });
}
