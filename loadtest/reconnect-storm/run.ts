import { setTimeout as wait } from 'node:timers/promises';
import { type Hello, startFleet } from '../fanout/fleet.ts';
import { LIVE_DOOR } from '../fanout/ours.ts';
import { type LoadServer, withLoadServer } from '../load-server.ts';
import { CHANNEL, skuName } from '../steady/reference.ts';
import { monotonicMs, type Percentiles, Stopwatch } from '../stopwatch.ts';
import { type Cost, costBetween, usageOf } from '../usage.ts';

export interface StormOptions {
  readonly sockets: number;
  readonly keys: number;
  readonly skus: number;
  /** Sockets a second that come back. */
  readonly perSec: number;
  /** Skus of a hundred that move while everybody is away. */
  readonly movedPercent: number;
}

export interface StormResult {
  readonly sockets: number;
  readonly resumed: number;
  readonly client: string;
  /** From the first that came back to the last that had its answer, ms. */
  readonly backMs: number;
  /** From connect to the answer, ms, by socket. */
  readonly opening: Percentiles;
  /** Keys that were sent whole, and how many had to be because their sku moved. */
  readonly snapshots: number;
  readonly snapshotsNeeded: number;
  /** Questions of others over HTTP meanwhile, ms. */
  readonly others: Percentiles;
  readonly othersFailed: number;
  readonly server: Cost;
}

/** Everybody watches; all connections break at once; all come back at once and say what they have seen. */
export function runStorm(options: StormOptions): Promise<StormResult> {
  return withLoadServer({ skus: options.skus, lanes: 1 }, (server) => storm(server, options));
}

type Seen = ReadonlyMap<string, readonly [epoch: string, revision: number]>;

async function storm(
  server: LoadServer,
  { sockets, keys, skus, perSec, movedPercent }: StormOptions,
): Promise<StormResult> {
  const watched = Array.from({ length: sockets }, (_, socket) =>
    Array.from({ length: keys }, (_unused, key) => (socket * keys + key) % skus),
  );
  const fleet = startFleet({ ...LIVE_DOOR, port: server.process.port, marks: ['{"k":"'] });
  try {
    await fleet.hellos(watched.map((each) => [subscribe(each)]));
    const first = await fleet.open(sockets, perSec);
    if (first.failed + first.unready > 0)
      throw new Error(`${first.failed + first.unready} sockets could not come at first`);
    const seen = await revisions(server, skus);
    await fleet.cut();
    const moved = Array.from({ length: Math.round((skus * movedPercent) / 100) }, (_, index) => index);
    if (moved.length > 0) await server.sell(moved, { batch: 'storm' });
    await fleet.hellos(watched.map((each) => [subscribe(each, seen)]));
    await fleet.reset();
    const others = askMeanwhile(server, skuName(skus - 1));
    const before = usageOf(server.process.pid);
    const back = await fleet.open(sockets, perSec);
    const cost = costBetween(server.process.pid, before, usageOf(server.process.pid));
    const { took, failed } = await others.stop();
    const report = await fleet.report();
    return {
      sockets,
      resumed: report.sockets,
      client: fleet.program,
      backMs: Math.round(back.ms),
      opening: report.opening,
      snapshots: report.marks[0] ?? 0,
      snapshotsNeeded: watched.flat().filter((sku) => sku < moved.length).length,
      others: took.percentiles(),
      othersFailed: failed,
      server: cost,
    };
  } finally {
    await fleet.stop();
  }
}

function subscribe(skus: readonly number[], seen?: Seen): Hello {
  const keys = skus.map(skuName);
  const since = seen === undefined ? {} : { since: Object.fromEntries(keys.map((key) => [key, seen.get(key)])) };
  return JSON.stringify({ type: 'subscribe', id: 1, ch: 'stock', keys, sale: CHANNEL, ...since });
}

/** What a page has seen of each sku: epoch and revision, which the state says too. */
async function revisions(server: LoadServer, skus: number): Promise<Seen> {
  const seen = new Map<string, readonly [string, number]>();
  for (let sku = 0; sku < skus; sku++) {
    const { text } = await server.get(`/v1/stock/${skuName(sku)}?channel=${CHANNEL}`);
    const { e, r } = JSON.parse(text) as { e: string; r: number };
    seen.set(skuName(sku), [e, r]);
  }
  return seen;
}

const ASK_EVERY_MS = 20;

/** Somebody else, who only wants to know what is there. */
function askMeanwhile(server: LoadServer, sku: string): { stop(): Promise<{ took: Stopwatch; failed: number }> } {
  const took = new Stopwatch();
  let failed = 0;
  let asking = true;
  const asked = (async () => {
    while (asking) {
      const start = monotonicMs();
      const { status } = await server.get(`/v1/stock/${sku}?channel=${CHANNEL}`);
      took.record(monotonicMs() - start);
      if (status !== 200) failed += 1;
      await wait(ASK_EVERY_MS);
    }
  })();
  return {
    stop: async () => {
      asking = false;
      await asked;
      return { took, failed };
    },
  };
}

export function isRight({ sockets, resumed, snapshots, snapshotsNeeded, othersFailed, others }: StormResult): boolean {
  return resumed === sockets && snapshots === snapshotsNeeded && othersFailed === 0 && others.count > 0;
}
