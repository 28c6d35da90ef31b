import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  type ServerMessage,
  type StockState,
  type Subscribed,
  SUBPROTOCOL,
  type Update,
} from '../../gateway/protocol/wire.ts';
import { startFleet } from '../fanout/fleet.ts';
import { LIVE_DOOR } from '../fanout/ours.ts';
import { type LoadServer, withLoadServer } from '../load-server.ts';
import { CHANNEL, OPENING_UNITS, skuName } from '../steady/reference.ts';
import { WatchedKey } from '../steady/watched-key.ts';
import { monotonicMs } from '../stopwatch.ts';
import { residentKib } from '../usage.ts';

export interface SoakOptions {
  readonly seconds: number;
  /** Events a second, in batches of BATCH. */
  readonly rate: number;
  readonly sockets: number;
  /** Between two times at which all sockets go and come again, seconds. */
  readonly churnSeconds: number;
}

export interface SoakResult {
  readonly seconds: number;
  readonly events: number;
  readonly deliveries: number;
  /** Times the sockets came again. */
  readonly churns: number;
  /** What the watcher of every version did not see, events. */
  readonly gaps: number;
  readonly lostSockets: number;
  readonly memoryMib: { readonly first: number; readonly last: number; readonly peak: number };
  /** By which memory grows, MiB an hour, over the second half: the first is the server growing warm. */
  readonly slopeMibPerHour: number;
}

/** The same, for as long as one wants: is anything lost, does anything grow? */
export function runSoak(options: SoakOptions): Promise<SoakResult> {
  return withLoadServer({ skus: SKUS, lanes: 1 }, (server) => soak(server, options));
}

const SKUS = 200;
const KEYS = 5;
const BATCH = 50;
const LOOK_MS = 1_000;
const OPEN_PER_SEC = 1_000;
/** Longest wait for the last versions, ms. */
const CATCH_UP_MS_MAX = 20_000;

async function soak(server: LoadServer, { seconds, rate, sockets, churnSeconds }: SoakOptions): Promise<SoakResult> {
  const watcher = await watchAll(server);
  const fleet = startFleet({ ...LIVE_DOOR, port: server.process.port });
  const samples: Sample[] = [];
  const look = setInterval(
    () => samples.push({ atMs: monotonicMs(), mib: residentKib(server.process.pid) / 1024 }),
    LOOK_MS,
  );
  try {
    await fleet.hellos(
      Array.from({ length: SKUS }, (_, first) => [
        JSON.stringify({
          type: 'subscribe',
          id: 1,
          ch: 'stock',
          keys: Array.from({ length: KEYS }, (_unused, key) => skuName((first + key * 7) % SKUS)),
          sale: CHANNEL,
        }),
      ]),
    );
    const start = monotonicMs();
    const endMs = start + seconds * 1_000;
    const selling = sell(server, { rate, endMs });
    const crowd = await churn(fleet, { sockets, churnSeconds, endMs });
    const sold = await selling;
    const gaps = await watcher.gaps(sold);
    return {
      seconds: Math.round((monotonicMs() - start) / 1_000),
      events: sold.reduce((sum, each) => sum + each, 0),
      ...crowd,
      gaps,
      ...judged(samples),
    };
  } finally {
    clearInterval(look);
    watcher.close();
    await fleet.stop();
  }
}

interface Sample {
  readonly atMs: number;
  readonly mib: number;
}

/** All sockets watch for a while, go without a goodbye, and come again. */
async function churn(
  fleet: ReturnType<typeof startFleet>,
  { sockets, churnSeconds, endMs }: { sockets: number; churnSeconds: number; endMs: number },
): Promise<Pick<SoakResult, 'deliveries' | 'churns' | 'lostSockets'>> {
  let lostSockets = 0;
  for (let churns = 0; ; churns++) {
    const { failed, unready } = await fleet.open(sockets, OPEN_PER_SEC);
    await wait(Math.max(0, Math.min(churnSeconds * 1_000, endMs - monotonicMs())));
    const { closed, deliveries } = await fleet.report();
    lostSockets += failed + unready + closed;
    await fleet.cut();
    if (monotonicMs() >= endMs) return { deliveries, churns, lostSockets };
  }
}

/** Open loop; resolves with the events of each sku. */
async function sell(server: LoadServer, { rate, endMs }: { rate: number; endMs: number }): Promise<readonly number[]> {
  const sold = Array.from({ length: SKUS }, () => 0);
  const start = monotonicMs();
  for (let batch = 0; monotonicMs() < endMs; batch++) {
    const skus = Array.from({ length: BATCH }, (_, index) => (batch * BATCH + index * 3) % SKUS);
    const each = [...new Set(skus)];
    await server.sell(each, { batch: `soak-${batch}` });
    for (const sku of each) sold[sku]! += 1;
    const dueMs = start + ((batch + 1) * BATCH * 1_000) / rate;
    await wait(Math.max(0, dueMs - monotonicMs()));
  }
  return sold;
}

/** One socket that is sent every version of every sku, and counts what it was not shown. */
async function watchAll(server: LoadServer): Promise<{
  gaps(sold: readonly number[]): Promise<number>;
  close(): void;
}> {
  const keys = new Map(Array.from({ length: SKUS }, (_, sku) => [skuName(sku), new WatchedKey(OPENING_UNITS)]));
  const socket = new WebSocket(`${server.process.url.replace('http', 'ws')}/v1/live`, SUBPROTOCOL, {
    perMessageDeflate: false,
  });
  let closed = 0;
  const subscribed = Promise.withResolvers<void>();
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connect', id: 1, token: server.key }));
    const wish = { keys: [...keys.keys()], sale: CHANNEL, conflateMs: 0 };
    socket.send(JSON.stringify({ type: 'subscribe', id: 2, ch: 'stock', ...wish }));
  });
  socket.on('error', subscribed.reject);
  socket.on('close', (code) => {
    closed += 1;
    subscribed.reject(new Error(`the watcher was closed with ${code}`));
  });
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.type === 'subscribed' && (message as Subscribed<StockState>).snap.length === SKUS) subscribed.resolve();
    if (message.type !== 'update') return;
    const { k, d, n } = message as Update<StockState>;
    keys.get(k)?.update(d.units ?? 0, n ?? 1);
  });
  await subscribed.promise;
  const missing = (sold: readonly number[]): number =>
    sold.reduce((sum, events, sku) => sum + (keys.get(skuName(sku))?.missing(events) ?? events), 0);
  return {
    gaps: async (sold) => {
      for (let waited = 0; missing(sold) > 0 && waited < CATCH_UP_MS_MAX; waited += 50) await wait(50);
      const wrong = [...keys.values()].reduce((sum, key) => sum + key.lost + key.backwards, 0);
      return missing(sold) + wrong + closed;
    },
    close: () => socket.terminate(),
  };
}

/** Memory of the second half, as a line through its samples. */
function judged(samples: readonly Sample[]): Pick<SoakResult, 'memoryMib' | 'slopeMibPerHour'> {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mib = samples.map((sample) => sample.mib);
  const memoryMib = {
    first: Math.round(mib[0] ?? 0),
    last: Math.round(mib.at(-1) ?? 0),
    peak: Math.round(mib.reduce((highest, each) => Math.max(highest, each), 0)),
  };
  return { memoryMib, slopeMibPerHour: Math.round(slope(half) * 3_600_000 * 10) / 10 };
}

/** MiB per ms by least squares; 0 for fewer than two samples. */
export function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, samples.length);
  const at = mean(({ atMs }) => atMs);
  const mib = mean((sample) => sample.mib);
  const spread = samples.reduce((sum, { atMs }) => sum + (atMs - at) ** 2, 0);
  return spread === 0 ? 0 : samples.reduce((sum, sample) => sum + (sample.atMs - at) * (sample.mib - mib), 0) / spread;
}

export function isRight({ gaps, lostSockets, events, deliveries }: SoakResult): boolean {
  return gaps === 0 && lostSockets === 0 && events > 0 && deliveries > 0;
}
