import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  type ServerMessage,
  type StockState,
  type Subscribed,
  SUBPROTOCOL,
  type Update,
} from '../../gateway/protocol/wire.ts';
import { monotonicMs, Stopwatch } from '../stopwatch.ts';
import type { FleetOrders, FleetReport, Order, Report } from './orders.ts';
import { intendedTimes, loadPlan, watchedSkus } from './plan.ts';
import { CHANNEL, OPENING_UNITS, skuIndex, skuName } from './reference.ts';
import { WatchedKey } from './watched-key.ts';

// The fleet: many clients in one process. The moment a frame is handed over is taken first, everything else after.

interface Client {
  readonly socket: WebSocket;
  readonly keys: ReadonlyMap<string, WatchedKey>;
}

/** Sockets opened at a time: a fleet that arrives like a stampede measures the stampede. */
const OPENING_AT_ONCE = 50;
/** Longest wait for the last value after the last acknowledgement, in ms. */
const SETTLE_MS_MAX = 10_000;
const SETTLE_STEP_MS = 50;

let orders: FleetOrders;
let clients: readonly Client[] = [];
let intended: ReadonlyMap<number, readonly number[]> = new Map();
let startMs = Infinity;
let deliveries = 0;
let bytes = 0;
let closed = 0;
let finishing = false;
const latency = new Stopwatch();
const warmup = new Stopwatch();

process.on('message', (order: Order<FleetOrders>) => {
  obey(order).catch((error: unknown) => tell({ is: 'failed', why: String(error) }));
});

async function obey(order: Order<FleetOrders>): Promise<void> {
  switch (order.do) {
    case 'prepare':
      orders = order.with;
      await prepare();
      return tell({ is: 'ready' });
    case 'go':
      startMs = order.startMs;
      return;
    case 'finish':
      await settle();
      finishing = true;
      tell({ is: 'done', result: report() });
      for (const { socket } of clients) socket.terminate();
      process.disconnect();
  }
}

async function prepare(): Promise<void> {
  const { plan, clients: count, keys } = orders;
  const watched = watchedSkus({ clients: count, keys, skus: plan.skus, seed: plan.seed });
  intended = intendedTimes(loadPlan(plan), new Set(watched.flat()));
  const opened: Client[] = [];
  for (let first = 0; first < watched.length; first += OPENING_AT_ONCE) {
    opened.push(...(await Promise.all(watched.slice(first, first + OPENING_AT_ONCE).map(open))));
  }
  clients = opened;
}

/** Connects, shows the key where every version is wanted, subscribes; done when the snapshot of all keys is there. */
function open(skus: readonly number[]): Promise<Client> {
  const keys = new Map(skus.map((sku) => [skuName(sku), new WatchedKey(OPENING_UNITS)]));
  const url = `${orders.url.replace('http', 'ws')}/v1/live`;
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, skipUTF8Validation: true });
  const { conflateMs } = orders;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`a client could not subscribe: ${why}`));
    const subscribe = (): void => {
      const wish = conflateMs === undefined ? {} : { conflateMs };
      socket.send(
        JSON.stringify({ type: 'subscribe', id: 2, ch: 'stock', keys: [...keys.keys()], sale: CHANNEL, ...wish }),
      );
    };
    socket.on('error', (error) => fail(error.message));
    socket.on('close', (code, reason) => {
      if (!finishing) closed += 1;
      fail(`closed with ${code} ${reason.toString()}`);
    });
    socket.on('message', (data: Buffer) => {
      const atMs = monotonicMs();
      const message = JSON.parse(data.toString('latin1')) as ServerMessage;
      switch (message.type) {
        case 'update':
          deliveries += 1;
          bytes += data.byteLength;
          return take(keys, message as Update<StockState>, atMs);
        case 'welcome':
          if (conflateMs === undefined) return subscribe();
          return socket.send(JSON.stringify({ type: 'connect', id: 1, token: orders.key }));
        case 'connected':
          return subscribe();
        case 'subscribed':
          return answered(message as Subscribed<StockState>, keys.size)
            ? resolve({ socket, keys })
            : fail('not all keys are known');
        case 'error':
          return fail(`${message.code}: ${message.msg}`);
        case 'hb':
          return socket.send('{"type":"hb"}');
        case 'status':
        case 'drain':
        case 'unsubscribed':
          return;
      }
    });
  });
}

function answered(message: Subscribed<StockState>, keys: number): boolean {
  return message.snap.length === keys && message.snap.every((entry) => entry.d.units === OPENING_UNITS);
}

function take(keys: ReadonlyMap<string, WatchedKey>, update: Update<StockState>, atMs: number): void {
  const key = keys.get(update.k);
  const { units } = update.d;
  if (key === undefined || units === undefined) return;
  // Without a count of facts a version stands for one event, so a jump counts as loss: nothing is assumed in our favour.
  const { from, to } = key.update(units, orders.conflateMs === 0 ? (update.n ?? 1) : undefined);
  const times = intended.get(skuIndex(update.k)) ?? [];
  for (let event = from; event < to; event++) {
    const meantMs = times[event] ?? 0;
    (meantMs < orders.warmupMs ? warmup : latency).record(atMs - startMs - meantMs);
  }
}

async function settle(): Promise<void> {
  const giveUpAt = monotonicMs() + SETTLE_MS_MAX;
  while (missing() > 0 && monotonicMs() < giveUpAt) await wait(SETTLE_STEP_MS);
}

function missing(): number {
  let sum = 0;
  for (const { keys } of clients) {
    for (const [name, key] of keys) sum += key.missing(intended.get(skuIndex(name))?.length ?? 0);
  }
  return sum;
}

function report(): FleetReport {
  const all = clients.flatMap(({ keys }) => [...keys.values()]);
  const sum = (of: (key: WatchedKey) => number): number => all.reduce((total, key) => total + of(key), 0);
  return {
    deliveries,
    bytes,
    latency: latency.percentiles(),
    warmup: warmup.percentiles(),
    folded: sum((key) => key.folded),
    lost: sum((key) => key.lost),
    missing: missing(),
    backwards: sum((key) => key.backwards),
    closed,
  };
}

function tell(message: Report<FleetReport>): void {
  process.send?.(message);
}
