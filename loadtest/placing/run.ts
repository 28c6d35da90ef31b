import { setTimeout as wait } from 'node:timers/promises';
import type { OrderBody, OrdersAnswer } from '../../gateway/protocol/order-bodies.ts';
import { type LoadServer, withLoadServer } from '../load-server.ts';
import { seeded } from '../random.ts';
import { CHANNEL, skuName } from '../steady/reference.ts';
import { monotonicMs, type Percentiles, Stopwatch } from '../stopwatch.ts';
import { type Cost, costBetween, usageOf } from '../usage.ts';
import { hasNodes, Watcher } from './watcher.ts';

export interface PlacingOptions {
  /** Orders a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Orders before the clock starts, while the server's code is being compiled. */
  readonly warmup: number;
  readonly lines: number;
  /** One order of so many is watched until its units have a node. */
  readonly watchOneOf: number;
  readonly skus: number;
}

export interface PlacingResult {
  readonly rate: number;
  readonly lines: number;
  readonly orders: number;
  readonly ordersPerSec: number;
  /** From when an order was meant to be sent until it was durable, ms. */
  readonly answer: Percentiles;
  /** From then until the watcher was pushed that all its units have a node, ms. */
  readonly placed: Percentiles;
  /** How late orders left, ms: what this program itself adds. */
  readonly late: Percentiles;
  /** Orders that were not taken, or not once. */
  readonly refused: number;
  /** Orders of which some units had no node in the end, read one by one. */
  readonly unplaced: number;
  readonly server: Cost;
}

/** A web shop's orders come in one by one, as customers place them, whether the server keeps up or not. */
export function runPlacing(options: PlacingOptions): Promise<PlacingResult> {
  return withLoadServer({ skus: options.skus, lanes: 1, env: WATCHING }, (server) => place(server, options));
}

/** One socket watches all that are watched, and asks whenever it has been answered. */
const WATCHING = { COMMANDS_PER_SEC: '10000', COMMANDS_BURST: '10000', STAFF_KEYS_MAX: '100000' };

async function place(server: LoadServer, options: PlacingOptions): Promise<PlacingResult> {
  const watcher = await Watcher.open(server.process.url, server.key);
  try {
    const warm = await send(server, watcher, { ...options, name: 'warm', count: options.warmup });
    await settled(watcher);
    watcher.placed.reset();
    const before = usageOf(server.process.pid);
    const start = monotonicMs();
    const sent = await send(server, watcher, { ...options, name: 'order', count: options.rate * options.seconds });
    const seconds = (monotonicMs() - start) / 1_000;
    const cost = costBetween(server.process.pid, before, usageOf(server.process.pid));
    await settled(watcher);
    return {
      rate: options.rate,
      lines: options.lines,
      orders: sent.ids.length,
      ordersPerSec: Math.round(sent.ids.length / seconds),
      answer: sent.answer.percentiles(),
      placed: watcher.placed.percentiles(),
      late: sent.late.percentiles(),
      refused: sent.refused + warm.refused,
      unplaced: await countUnplaced(server, [...warm.ids, ...sent.ids]),
      server: cost,
    };
  } finally {
    watcher.close();
  }
}

interface Sent {
  readonly ids: string[];
  readonly answer: Stopwatch;
  readonly late: Stopwatch;
  refused: number;
}

/** Open loop: when an order leaves is fixed before, and a stalled server gets no pause. */
async function send(
  server: LoadServer,
  watcher: Watcher,
  { name, count, rate, lines, skus, watchOneOf }: PlacingOptions & { readonly name: string; readonly count: number },
): Promise<Sent> {
  const sent: Sent = { ids: [], answer: new Stopwatch(), late: new Stopwatch(), refused: 0 };
  const random = seeded(count);
  const start = monotonicMs();
  const answers: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const meantMs = start + (index * 1_000) / rate;
    const earlyMs = meantMs - monotonicMs();
    if (earlyMs >= 1) await wait(earlyMs);
    sent.late.record(Math.max(0, monotonicMs() - meantMs));
    const body = orderBody(
      `${name}-${index}`,
      Array.from({ length: lines }, () => random.below(skus)),
    );
    answers.push(
      placeOne(server, body, sent, meantMs).then((id) => {
        if (id !== undefined && index % watchOneOf === 0) watcher.watch(id, meantMs);
      }),
    );
  }
  await Promise.all(answers);
  return sent;
}

async function placeOne(server: LoadServer, body: string, sent: Sent, meantMs: number): Promise<string | undefined> {
  const { status, text } = await server.post(`/v1/orders?channel=${CHANNEL}`, body);
  sent.answer.record(monotonicMs() - meantMs);
  const [outcome] = status === 200 ? (JSON.parse(text) as OrdersAnswer).outcomes : [];
  if (outcome?.status !== 'taken' || outcome.duplicate === true) {
    sent.refused += 1;
    return undefined;
  }
  sent.ids.push(outcome.id);
  return outcome.id;
}

function orderBody(orderId: string, skus: readonly number[]): string {
  const lines = skus.map((sku, index) => ({ line: `${index + 1}`, sku: skuName(sku), units: 1, price: '9.95' }));
  const shipTo = { lines: ['1 Main Street'], city: 'Columbus', region: 'OH', postcode: '43215', country: 'US' };
  const customer = { name: 'Ann Customer', email: `${orderId}@customer.example` };
  return JSON.stringify({ orderId, placedAt: Date.now(), currency: 'USD', customer, shipTo, lines });
}

/** Longest wait for what was watched, ms. */
const SETTLE_MS_MAX = 30_000;

async function settled(watcher: Watcher): Promise<void> {
  for (let waited = 0; watcher.waiting > 0 && waited < SETTLE_MS_MAX; waited += 20) await wait(20);
}

const READS_AT_ONCE = 64;

/** Those that are watched are placed; the others may be a moment behind them. */
async function countUnplaced(server: LoadServer, ids: readonly string[]): Promise<number> {
  let unplaced = await unplacedOf(server, ids);
  for (let waited = 0; unplaced.length > 0 && waited < SETTLE_MS_MAX; waited += 100) {
    await wait(100);
    unplaced = await unplacedOf(server, unplaced);
  }
  return unplaced.length;
}

async function unplacedOf(server: LoadServer, ids: readonly string[]): Promise<readonly string[]> {
  const unplaced: string[] = [];
  for (let from = 0; from < ids.length; from += READS_AT_ONCE) {
    const some = ids.slice(from, from + READS_AT_ONCE);
    const found = await Promise.all(some.map((id) => server.get(`/v1/orders/${id}`)));
    const isPlaced = ({ status, text }: { status: number; text: string }): boolean =>
      status === 200 && hasNodes(JSON.parse(text) as OrderBody);
    unplaced.push(...some.filter((_, index) => !isPlaced(found[index]!)));
  }
  return unplaced;
}

/** Every order was taken once, each unit of it found a node, and somebody was shown so. */
export function isRight({ refused, unplaced, placed, orders, rate }: PlacingResult): boolean {
  return refused + unplaced === 0 && orders >= rate && placed.count > 0;
}
