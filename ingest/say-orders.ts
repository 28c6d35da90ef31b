import type { ClientId } from '../engine/contract/ids.ts';
import { SHOP_REFUSALS } from '../engine/contract/order-command.ts';
import type { ShopOutcome } from '../engine/contract/order-command.ts';
import type { ShopMessage } from '../engine/contract/shop-order.ts';
import { OUTCOMES_LISTED_MAX } from './order-answer.ts';
import type { OrderOutcome, OrdersAnswer, RefusedOrder } from './order-answer.ts';
import type { OrderPages, PlacedMessage } from './reading.ts';
import { keepInGroups, recordReading, type KeepRefused } from './record-reading.ts';
import type { OrderSink, RefusedPart } from './source.ts';

/** Where messages go. */
export interface SayTo {
  readonly sink: OrderSink;
  readonly client: ClientId;
  readonly receivedAt: number;
  readonly keep: KeepRefused;
}

/**
 * Messages that are with the engine at once, of one body: enough to fill a commit, and one that fails half way has little
 * to be sent again. They go out in the order of the body, so those about one order arrive in it.
 */
const MESSAGES_AT_ONCE = 64;

/**
 * Says what was read to the engine, and keeps what was refused. What could not be read is kept first: when the dead letters
 * are full, nothing of the body is taken. Rejects with whatever the sink rejects with; then the sender sends the same again.
 */
export async function sayOrders(pages: OrderPages, to: SayTo): Promise<OrdersAnswer> {
  const tally = new Tally();
  const unread = await refusedOrders(pages.refused, to.keep);
  let told = 0;
  for (let from = 0; from < pages.messages.count; from += MESSAGES_AT_ONCE) {
    const chunk = await pages.messages.chunk(from, Math.min(from + MESSAGES_AT_ONCE, pages.messages.count));
    const outcomes = await sayChunk(chunk, from, pages, to);
    for (const [index, { refusedBefore }] of chunk.entries()) {
      while (told < refusedBefore) tally.count(unread[told++]!);
      tally.count(outcomes[index]!);
    }
  }
  for (const rest of unread.slice(told)) tally.count(rest);
  const stock = pages.events.count === 0 ? {} : { stock: await recordMoved(pages, to) };
  return { ...tally.answer(pages), ...stock };
}

async function sayChunk(
  chunk: readonly PlacedMessage[],
  from: number,
  { messages }: OrderPages,
  { sink, client, keep }: SayTo,
): Promise<readonly OrderOutcome[]> {
  const said = await Promise.all(chunk.map(({ message }) => sink.shopMessage(client, message)));
  const bad = said.flatMap((outcome, index) => (outcome.status === 'refused' ? [index] : []));
  const originals = bad.length === 0 ? [] : await messages.originals(bad.map((index) => from + index));
  const parts = bad.map((index, at) => ({
    ...why(said[index] as RefusedMessage, chunk[index]!.message),
    place: chunk[index]!.place,
    original: originals[at] ?? '',
  }));
  const letters = await keepInGroups(parts, keep);
  return said.map((outcome, index) => {
    const { message, place } = chunk[index]!;
    if (outcome.status !== 'refused') return outcomeOf(outcome, message, { place, client });
    const { original: _original, ...part } = parts[bad.indexOf(index)]!;
    return { status: 'refused', ...part, letter: letters[bad.indexOf(index)] ?? '' };
  });
}

type RefusedMessage = Extract<ShopOutcome, { status: 'refused' }>;

function outcomeOf(
  outcome: Exclude<ShopOutcome, { status: 'refused' }>,
  { channelOrderId }: ShopMessage,
  { place, client }: { readonly place: string; readonly client: ClientId },
): OrderOutcome {
  if (outcome.status === 'kept-for-later')
    return { status: 'kept-for-later', place, id: outcome.id, orderId: channelOrderId };
  const { order, duplicate } = outcome;
  const { id, number, version, token } = order;
  return {
    status: 'taken',
    place,
    id,
    orderId: channelOrderId,
    number,
    version,
    ...(order.client === client && { token }),
    ...(duplicate === true && { duplicate }),
  };
}

function why(
  { code, field, sku }: RefusedMessage,
  message: ShopMessage,
): Omit<RefusedOrder, 'status' | 'place' | 'letter'> {
  const index = /^lines\[(\d+)\]/.exec(field ?? '')?.[1];
  const lines = 'order' in message ? message.order.lines : [];
  const line = index === undefined ? undefined : lines[Number(index)]?.line;
  return {
    code,
    message: `${SHOP_REFUSALS[code]}${field === undefined ? '' : ` (${field})`}`,
    orderId: message.channelOrderId,
    ...(field !== undefined && { field }),
    ...(sku !== undefined && { sku }),
    ...(line !== undefined && { line }),
  };
}

async function refusedOrders(parts: readonly RefusedPart[], keep: KeepRefused): Promise<readonly RefusedOrder[]> {
  const letters = await keepInGroups(parts, keep);
  return parts.map(({ place, code, message }, index) => {
    return { status: 'refused', place, code, message, letter: letters[index] ?? '' };
  });
}

/** Write-offs, finds and returns of an invoice list, as the feed of its source. */
function recordMoved({ events }: OrderPages, { sink, receivedAt, keep }: SayTo) {
  const reading = { ...events, refused: [], ignored: 0, warnings: [], close: () => undefined };
  return recordReading(reading, { sink, receivedAt }, keep);
}

class Tally {
  private readonly outcomes: OrderOutcome[] = [];
  private taken = 0;
  private duplicates = 0;
  private kept = 0;
  private refused = 0;

  count(outcome: OrderOutcome): void {
    if (outcome.status === 'taken') this.taken += 1;
    if (outcome.status === 'taken' && outcome.duplicate === true) this.duplicates += 1;
    if (outcome.status === 'kept-for-later') this.kept += 1;
    if (outcome.status === 'refused') this.refused += 1;
    if (this.outcomes.length < OUTCOMES_LISTED_MAX) this.outcomes.push(outcome);
  }

  answer({ ignored, warnings }: Pick<OrderPages, 'ignored' | 'warnings'>): OrdersAnswer {
    const { outcomes, taken, duplicates, kept, refused } = this;
    return { outcomes, taken, duplicates, kept, refused, ignored, warnings };
  }
}
