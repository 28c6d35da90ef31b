import type { Errand } from './itinerary.ts';
import type { OnlineBasket, SampleMessage } from './messages.ts';
import type { OrderWriter } from './online-order.ts';
import { SenderRefusedError } from './sender.ts';
import type { Send } from './sender.ts';

// One errand against the server's doors.

/** What the replay did so far. */
export interface Tally {
  messages: number;
  /** Rows the server took, repeated ones included. */
  rows: number;
  refused: number;
  /** Orders that the server took. */
  orders: number;
  /** First rows and orders refused, as the server said why. */
  firstRefusals: string[];
}

/** An order as the server took it. */
export interface PlacedOrder {
  readonly id: string;
  readonly token: string;
}

export interface ErrandTools {
  readonly send: Send;
  readonly tally: Tally;
  readonly writer: OrderWriter;
  /** The basket's moment as its order writes it: the same however often it is asked. */
  readonly placedAt: (basket: OnlineBasket) => number;
  readonly onOrder: (order: PlacedOrder) => void;
}

const REFUSALS_KEPT_MAX = 5;

export async function runErrand(errand: Errand, tools: ErrandTools): Promise<void> {
  switch (errand.do) {
    case 'send':
      return sendMessage(errand.message, tools);
    case 'order':
      await placeOrder(errand.basket, tools);
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
  for (const { place, code, message: why } of said.refused ?? []) note(tally, `${source}, ${place}: ${code}, ${why}`);
}

interface FeedSaid {
  readonly recorded?: number;
  readonly duplicates?: number;
  readonly refusedCount?: number;
  readonly refused?: readonly { readonly place: string; readonly code: string; readonly message: string }[];
}

/** As the shop would send it; the same again is the same order, and is answered with its token again. */
async function placeOrder(basket: OnlineBasket, tools: ErrandTools): Promise<void> {
  const { send, tally, writer, placedAt, onOrder } = tools;
  const answer = await send({
    method: 'POST',
    path: `/v1/orders?format=shopify&channel=${encodeURIComponent(basket.channel)}`,
    contentType: 'application/json',
    body: writer.write(basket, placedAt(basket)),
  });
  const [outcome] = (answer.body as OrdersSaid | undefined)?.outcomes ?? [];
  if (outcome?.status === undefined) {
    throw new SenderRefusedError(
      `order ${basket.key} was answered ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`,
    );
  }
  const { status, id, token, code, message } = outcome;
  if (status === 'taken' && id !== undefined && token !== undefined) {
    tally.orders += 1;
    return onOrder({ id, token });
  }
  tally.refused += 1;
  note(tally, `order ${basket.key}: ${code ?? status}, ${message ?? ''}`);
}

interface OrdersSaid {
  readonly outcomes?: readonly {
    readonly status?: string;
    readonly id?: string;
    readonly token?: string;
    readonly code?: string;
    readonly message?: string;
  }[];
}

function note(tally: Tally, words: string): void {
  if (tally.firstRefusals.length < REFUSALS_KEPT_MAX) tally.firstRefusals.push(words);
}
