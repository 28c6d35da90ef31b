import { Connection } from '../../gateway/client/connection.ts';
import type { Cancel, Environment } from '../../gateway/client/environment.ts';
import { HttpClient } from '../../gateway/client/http-client.ts';
import { isFollowing } from '../../gateway/client/link-life.ts';
import { liveUrl } from '../../gateway/client/live-url.ts';
import { followOrder } from '../../gateway/client/order-feed.ts';
import type { CustomerOrder } from '../../gateway/protocol/customer-order.ts';
import { Observable } from '../store/observable.ts';
import type { OrderLink } from './order-link.ts';

/** Without a live link so long, in ms, the order is asked for. */
const FIRST_ASK_MS = 3_000;
/** Between two asks while there is none, in ms, and half as much again by chance. */
const ASK_MS = 15_000;

export type OrderNow =
  | { readonly phase: 'loading' | 'unknown' }
  /** As it was heard last. */
  | { readonly phase: 'known'; readonly order: CustomerOrder; readonly heardMs: number };

/**
 * One order, live: over the websocket alone, as the other ways would carry the token in an address. Where no socket gets
 * through, the order is asked for now and then. Nothing is asked again once the server has said that it does not know the
 * link: it counts wrong ones.
 */
export class OrderFeed {
  readonly now = new Observable<OrderNow>({ phase: 'loading' });
  /** Whether the order is followed or answers came; not: what is shown may be old. */
  readonly isFresh = new Observable(true);
  readonly #link: OrderLink;
  readonly #env: Environment;
  readonly #http: HttpClient;
  readonly #connection: Connection;
  readonly #stops: Cancel[] = [];
  #nextAsk: Cancel | undefined;
  #isClosed = false;

  constructor(link: OrderLink, base: string, env: Environment) {
    this.#link = link;
    this.#env = env;
    this.#http = new HttpClient({ base, fetch: (url, init) => env.fetch(url.href, init) });
    this.#connection = new Connection({ url: liveUrl(base), client: 'order-page', ways: ['websocket'] }, env);
  }

  start(): void {
    this.#stops.push(
      followOrder(this.#connection, this.#link, (state) => {
        if (state.phase === 'known') this.#take(state.entry.d);
        if (state.phase === 'unknown' || state.phase === 'refused') this.#unknown();
      }),
      this.#connection.onLink(({ state }) => (isFollowing(state) ? this.#followed() : this.#askSoon())),
    );
    this.#connection.start();
  }

  close(): void {
    this.#isClosed = true;
    this.#nextAsk?.();
    for (const stop of this.#stops) stop();
    this.#connection.close();
  }

  #followed(): void {
    this.#nextAsk?.();
    this.#nextAsk = undefined;
    this.isFresh.set(true);
  }

  #askSoon(waitMs = FIRST_ASK_MS): void {
    if (this.#isClosed || this.#nextAsk !== undefined) return;
    this.#nextAsk = this.#env.after(waitMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const answer = await this.#http.orderStatus(this.#link.id, this.#link.token);
    this.#nextAsk = undefined;
    // The live link came back meanwhile, and what it says is newer.
    if (this.#isClosed || isFollowing(this.#connection.link.state)) return;
    if (answer.ok) this.#take(answer.value);
    else if (answer.status === 404) return this.#unknown();
    this.isFresh.set(answer.ok);
    const restMs = answer.ok ? 0 : (answer.error.retryAfterMs ?? 0);
    this.#askSoon(Math.max(restMs, ASK_MS * (1 + this.#env.random() / 2)));
  }

  #take(order: CustomerOrder): void {
    this.now.set({ phase: 'known', order, heardMs: this.#env.nowMs() });
  }

  #unknown(): void {
    this.now.set({ phase: 'unknown' });
    this.close();
  }
}
