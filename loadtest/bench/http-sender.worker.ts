import { Pool } from 'undici';
import type { FeedAnswer } from '../../gateway/protocol/feed-bodies.ts';
import { monotonicMs, Stopwatch } from '../stopwatch.ts';
import { nodeOf, skuName, tillName } from '../steady/reference.ts';

// Sends bodies one after the other on each of its lanes; all of them are made before the clock starts.

export interface HttpOrders {
  readonly url: string;
  readonly key: string;
  /** Begins every event's id. */
  readonly run: string;
  readonly lanes: number;
  readonly skus: number;
  readonly bodies: number;
  readonly perBody: number;
}

export interface HttpReport {
  readonly recorded: number;
  readonly refused: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the server cannot take at once is sent again after it said so. */
const RETRY_MS = 20;
const TRIES_MAX = 500;

process.once('message', (orders: HttpOrders) => {
  void send(orders).then((report) => process.send?.(report, () => process.disconnect()));
});

async function send(orders: HttpOrders): Promise<HttpReport> {
  const pool = new Pool(orders.url, { connections: orders.lanes, pipelining: 1 });
  const bodies = Array.from({ length: orders.bodies }, (_, index) => bodyOf(orders, index));
  const watch = new Stopwatch();
  let [next, recorded, refused] = [0, 0, 0];
  const lane = async (_: unknown, number: number): Promise<void> => {
    for (let index = next++; index < bodies.length; index = next++) {
      const asked = monotonicMs();
      const answer = await post(pool, { orders, lane: number, body: bodies[index] ?? '' });
      watch.record(monotonicMs() - asked);
      recorded += answer.recorded;
      refused += answer.refusedCount;
    }
  };
  const started = monotonicMs();
  await Promise.all(Array.from({ length: orders.lanes }, lane));
  const seconds = (monotonicMs() - started) / 1_000;
  await pool.close();
  const { p50, p99 } = watch.percentiles();
  return { recorded, refused, seconds, p50Ms: p50, p99Ms: p99 };
}

function bodyOf({ run, perBody, skus }: HttpOrders, index: number): string {
  const at = Date.now();
  const lines = Array.from({ length: perBody }, (_, i) => {
    const n = index * perBody + i;
    const sku = (n * 7_919) % skus;
    return `{"kind":"delta","id":"${run}${n}","at":${at},"sku":"${skuName(sku)}","node":"${nodeOf(sku)}","quantity":-1,"reason":"sale"}`;
  });
  return lines.join('\n');
}

async function post(
  pool: Pool,
  { orders, lane, body }: { readonly orders: HttpOrders; readonly lane: number; readonly body: string },
): Promise<FeedAnswer> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const reply = await pool.request({
      path: `/v1/feeds/${tillName(lane)}`,
      method: 'POST',
      headers: { authorization: `Bearer ${orders.key}`, 'content-type': 'application/x-ndjson' },
      body,
    });
    const text = await reply.body.text();
    if (reply.statusCode === 200) return JSON.parse(text) as FeedAnswer;
    if (reply.statusCode !== 503 && reply.statusCode !== 429) throw new Error(`HTTP ${reply.statusCode}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new Error(`the server stayed busy over ${TRIES_MAX} tries`);
}
