import { onlineBaskets, sampleMessages } from './messages.ts';
import type { OnlineBasket, SampleMessage, SampleOptions } from './messages.ts';

// Everything the replay does, in the order it does it: messages to send, baskets to reserve and to release.

export type Errand =
  | { readonly do: 'send'; readonly at: number; readonly message: SampleMessage }
  | { readonly do: 'reserve'; readonly at: number; readonly basket: OnlineBasket }
  | { readonly do: 'release'; readonly at: number; readonly basket: OnlineBasket };

/** Errands at `from` or later and before `to`. At one moment messages come first: goods are gone before their hold ends, never both free. */
export function* errands(options: SampleOptions = {}): Generator<Errand> {
  const { from = -Infinity, to = Infinity } = options;
  const orders = ordersOf(from, to);
  let next = 0;
  for (const message of sampleMessages(options)) {
    for (; next < orders.length && (orders[next] as Errand).at < message.at; next++) yield orders[next] as Errand;
    yield { do: 'send', at: message.at, message };
  }
  yield* orders.slice(next);
}

function ordersOf(from: number, to: number): Errand[] {
  const within = (at: number): boolean => at >= from && at < to;
  const found: Errand[] = [];
  for (const basket of onlineBaskets()) {
    if (within(basket.at)) found.push({ do: 'reserve', at: basket.at, basket });
    if (within(basket.releaseAt)) found.push({ do: 'release', at: basket.releaseAt, basket });
  }
  return found.toSorted((a, b) => a.at - b.at);
}
