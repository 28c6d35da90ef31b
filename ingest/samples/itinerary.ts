import { onlineBaskets, sampleMessages } from './messages.ts';
import type { OnlineBasket, SampleMessage, SampleOptions } from './messages.ts';

// Everything the replay does, in the order it does it: messages of stock to send, and baskets to order.

export type Errand =
  | { readonly do: 'send'; readonly at: number; readonly message: SampleMessage }
  | { readonly do: 'order'; readonly at: number; readonly basket: OnlineBasket };

/** Errands at `from` or later and before `to`. What the baskets take is not in the messages: the staff send it off. */
export function* errands(options: SampleOptions = {}): Generator<Errand> {
  const { from = -Infinity, to = Infinity } = options;
  const orders = [...onlineBaskets({ from, to })].map((basket): Errand => ({ do: 'order', at: basket.at, basket }));
  let next = 0;
  for (const message of sampleMessages({ ...options, withoutOrdered: true })) {
    for (; next < orders.length && (orders[next] as Errand).at < message.at; next++) yield orders[next] as Errand;
    yield { do: 'send', at: message.at, message };
  }
  yield* orders.slice(next);
}
