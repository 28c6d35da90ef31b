import { setTimeout as wait } from 'node:timers/promises';
import type { FeedAnswer } from '../../gateway/protocol/feed-bodies.ts';
import { MOVING_SKUS, NODES, WMS } from '../crash/retailer.ts';
import type { Random } from '../random.ts';

const BATCH_ROWS = 20;
const RETRY_MS = 100;
const ANSWER_MS_MAX = 10_000;

export interface SenderSettings {
  readonly url: string;
  readonly key: string;
  readonly chance: Random;
  /** Rows per second. */
  readonly rate: number;
}

/** Sales without end, each batch sent until the server has answered for it, whatever becomes of the server meanwhile. */
export class Sender {
  /** Ids of the events the server has answered for: they must be in the journal. */
  readonly acknowledged: string[] = [];
  sent = 0;
  #stopped = false;
  readonly #settings: SenderSettings;

  constructor(settings: SenderSettings) {
    this.#settings = settings;
  }

  async run(): Promise<void> {
    const { rate } = this.#settings;
    const startMs = performance.now();
    while (!this.#stopped) {
      const dueMs = startMs + (this.sent / rate) * 1000;
      if (dueMs > performance.now()) await wait(dueMs - performance.now());
      const rows = this.#batch();
      while (!(await this.#post(rows))) {
        if (this.#stopped) return;
        await wait(RETRY_MS);
      }
      for (const { id } of rows) this.acknowledged.push(id);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #batch(): readonly { readonly id: string }[] {
    const { chance } = this.#settings;
    const at = Date.now();
    return Array.from({ length: BATCH_ROWS }, () => ({
      kind: 'delta',
      id: `sale-${++this.sent}`,
      at,
      sku: chance.pick(MOVING_SKUS),
      node: chance.pick(NODES),
      quantity: -1,
      reason: 'sale',
    }));
  }

  /** True when it was answered for. A row that was refused would never come: that ends the run. */
  async #post(rows: readonly object[]): Promise<boolean> {
    const { url, key } = this.#settings;
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    try {
      const response = await fetch(`${url}/v1/feeds/${WMS}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      if (response.status !== 200) return false;
      const { refusedCount, refused } = (await response.json()) as FeedAnswer;
      if (refusedCount > 0) throw new RefusedError(JSON.stringify(refused[0]));
      return true;
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      return false;
    }
  }
}

class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
