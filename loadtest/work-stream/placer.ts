import { setTimeout as wait } from 'node:timers/promises';
import type { OrdersAnswer } from '../../gateway/protocol/order-bodies.ts';
import { CHANNEL, MOVING_SKUS } from '../crash/retailer.ts';
import type { Random } from '../random.ts';

const BATCH_ORDERS = 5;
const RETRY_MS = 100;
const ANSWER_MS_MAX = 10_000;
/** Where customers live: around the nodes, so that each of them is the nearest to some. */
const [LAT, LON, SPREAD] = [40, -83, 0.4];

export interface PlacerSettings {
  readonly url: string;
  readonly key: string;
  readonly chance: Random;
  /** Orders per second. */
  readonly rate: number;
}

/** Orders without end, each batch sent until the server has answered for it, whatever becomes of the server meanwhile. */
export class Placer {
  /** Ids of the orders the server has answered for. */
  readonly taken = new Set<string>();
  #placed = 0;
  #stopped = false;
  readonly #settings: PlacerSettings;

  constructor(settings: PlacerSettings) {
    this.#settings = settings;
  }

  async run(): Promise<void> {
    const { rate } = this.#settings;
    const startMs = performance.now();
    while (!this.#stopped) {
      const dueMs = startMs + (this.#placed / rate) * 1000;
      if (dueMs > performance.now()) await wait(dueMs - performance.now());
      const body = JSON.stringify(Array.from({ length: BATCH_ORDERS }, () => this.#order()));
      while (!(await this.#post(body)) && !this.#stopped) await wait(RETRY_MS);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #order(): object {
    const { chance } = this.#settings;
    const placedAt = Date.now();
    const lines = Array.from({ length: chance.between(1, 3) }, (_, index) => ({
      line: String(index + 1),
      sku: chance.pick(MOVING_SKUS),
      units: chance.between(1, 4),
      price: '9.99',
    }));
    const shipTo = { lines: ['1 Main Street'], lat: LAT + chance.next() * SPREAD, lon: LON + chance.next() * SPREAD };
    return { orderId: `order-${++this.#placed}`, placedAt, currency: 'USD', shipTo, lines };
  }

  /** True when it was answered for. An order that was refused would never come: that ends the run. */
  async #post(body: string): Promise<boolean> {
    const answer = await this.#ask(body);
    if (answer === undefined) return false;
    for (const outcome of answer.outcomes) {
      if (outcome.status !== 'taken') throw new Error(`an order was not taken: ${JSON.stringify(outcome)}`);
      this.taken.add(outcome.id);
    }
    return true;
  }

  async #ask(body: string): Promise<OrdersAnswer | undefined> {
    const { url, key } = this.#settings;
    try {
      const response = await fetch(`${url}/v1/orders?channel=${CHANNEL}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const isAnswer = response.status === 200 || response.status === 422;
      return isAnswer ? ((await response.json()) as OrdersAnswer) : undefined;
    } catch {
      // It was killed: what it had not answered for is sent again.
      return undefined;
    }
  }
}
