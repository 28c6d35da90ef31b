import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import type { FeedAnswer } from '../../gateway/protocol/feed-bodies.ts';
import { monotonicMs, Stopwatch } from '../stopwatch.ts';
import type { Order, Report, SenderOrders, SenderReport } from './orders.ts';
import { type LoadPlan, loadPlan, TICK_MS } from './plan.ts';
import { nodeOf, skuName, tillName } from './reference.ts';

// The open-loop sender: a batch leaves when its time has come, whether or not the server has answered the one before on
// another lane. A lane that waits for its answer sends all that came due meanwhile in one body, still by the times it was meant.

interface Batch {
  readonly tick: number;
  readonly body: string;
  readonly events: number;
}

/** Batches joined into one body at most, so that a stall does not end in one giant request. */
const JOINED_MAX = 16;
const RETRY_MS = 20;
const TRIES_MAX = 500;
const REASONS_MAX = 5;

let pool: Pool;
let orders: SenderOrders;
let lanes: Batch[][] = [];
const late = new Stopwatch();
const answer = new Stopwatch();
const reasons: string[] = [];
let accepted = 0;
let refused = 0;
let retries = 0;
let lastAckMs = 0;

process.on('message', (order: Order<SenderOrders>) => {
  obey(order).catch((error: unknown) => tell({ is: 'failed', why: String(error) }));
});

async function obey(order: Order<SenderOrders>): Promise<void> {
  if (order.do === 'prepare') {
    orders = order.with;
    pool = new Pool(orders.url, { connections: orders.plan.lanes, pipelining: 1 });
    lanes = bodies(loadPlan(orders.plan), orders.plan.lanes);
    // Opens the connections, so the first batch does not pay for them.
    await Promise.all(
      lanes.map(() => pool.request({ path: '/health/live', method: 'GET' }).then((one) => one.body.dump())),
    );
    tell({ is: 'ready' });
  } else if (order.do === 'go') {
    await Promise.all(lanes.map((batches, lane) => sendLane(batches, lane, order.startMs)));
    tell({
      is: 'done',
      result: {
        accepted,
        refused,
        retries,
        reasons,
        lastAckMs,
        late: late.percentiles(),
        answer: answer.percentiles(),
      },
    });
    await pool.close();
    process.disconnect();
  }
}

/** Every body of the run, by lane, made before the clock starts. */
function bodies(plan: LoadPlan, count: number): Batch[][] {
  const byLane: Batch[][] = Array.from({ length: count }, () => []);
  const nowMs = Date.now();
  for (let tick = 0; tick < plan.ticks; tick++) {
    const first = plan.firstOfTick[tick] ?? 0;
    const end = plan.firstOfTick[tick + 1] ?? first;
    let body = '';
    for (let event = first; event < end; event++) {
      const sku = plan.skuOf[event] ?? 0;
      body += `{"kind":"delta","id":"e${event}","at":${nowMs},"sku":"${skuName(sku)}","node":"${nodeOf(sku)}","quantity":-1,"reason":"sale"}\n`;
    }
    if (end > first) byLane[tick % count]?.push({ tick, body, events: end - first });
  }
  return byLane;
}

async function sendLane(batches: readonly Batch[], lane: number, startMs: number): Promise<void> {
  for (let next = 0; next < batches.length;) {
    const dueMs = startMs + (batches[next]?.tick ?? 0) * TICK_MS;
    const early = dueMs - monotonicMs();
    if (early > 0) await wait(early);
    const sentMs = monotonicMs();
    let body = '';
    let events = 0;
    for (let joined = 0; joined < JOINED_MAX; joined++) {
      const batch = batches[next];
      if (batch === undefined || startMs + batch.tick * TICK_MS > sentMs) break;
      late.record(sentMs - startMs - batch.tick * TICK_MS);
      body += batch.body;
      events += batch.events;
      next += 1;
    }
    // Timers may fire a little early; the batch is then sent on the next turn.
    if (events > 0) await post(lane, body, events);
    lastAckMs = Math.max(lastAckMs, monotonicMs() - startMs);
  }
}

async function post(lane: number, body: string, events: number): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const askedMs = monotonicMs();
    const reply = await pool.request({
      path: `/v1/feeds/${tillName(lane)}`,
      method: 'POST',
      headers: { authorization: `Bearer ${orders.key}`, 'content-type': 'application/x-ndjson' },
      body,
    });
    answer.record(monotonicMs() - askedMs);
    if (reply.statusCode === 503 || reply.statusCode === 429) {
      await reply.body.dump();
      retries += 1;
      await wait(RETRY_MS);
      continue;
    }
    return count(reply.statusCode, await reply.body.text(), events);
  }
  throw new Error(`the server stayed busy over ${TRIES_MAX} tries`);
}

function count(status: number, text: string, events: number): void {
  if (status !== 200 && status !== 422) {
    refused += events;
    reason(`HTTP ${status}: ${text.slice(0, 200)}`);
    return;
  }
  const answered = JSON.parse(text) as FeedAnswer;
  accepted += answered.recorded + answered.duplicates;
  refused += answered.refusedCount;
  const first = answered.refused[0];
  if (first !== undefined) reason(`${first.code}: ${first.message}`);
}

function reason(text: string): void {
  if (reasons.length < REASONS_MAX) reasons.push(text);
}

function tell(report: Report<SenderReport>): void {
  process.send?.(report);
}
