import { setTimeout as wait } from 'node:timers/promises';
import { type Helper, startHelper } from '../helper-process.ts';
import { ADMIN_KEY, withLoadServer } from '../load-server.ts';
import type { ServerProcess } from '../server-process.ts';
import { monotonicMs } from '../stopwatch.ts';
import { type Cost, costBetween, memoryOf, type Usage, usageOf } from '../usage.ts';
import type { FleetOrders, FleetReport, SenderOrders, SenderReport } from './orders.ts';
import type { PlanOptions, Skew } from './plan.ts';

export interface SteadyOptions {
  readonly rate: number;
  readonly clients: number;
  /** Measured. */
  readonly seconds: number;
  /** The same load before that, so that the server's code is compiled; shown apart, gaps counted all the same. */
  readonly warmupSeconds: number;
  readonly skus: number;
  readonly seed: number;
  readonly skew: Skew;
  /** 0: every version. Undefined: the server's default. */
  readonly conflateMs: number | undefined;
  readonly nodeFlags?: readonly string[];
  /** Source tree of the server; this one by default. */
  readonly root?: string;
}

export interface SteadyResult {
  readonly skew: Skew;
  readonly conflateMs: number | 'default';
  readonly offered: number;
  readonly achieved: number;
  readonly sender: SenderReport;
  readonly fleet: FleetReport;
  /** What a client must have seen and did not, events. */
  readonly gaps: number;
  readonly cost: { readonly server: Cost; readonly sender: Cost; readonly fleet: Cost };
  readonly memory: { readonly mib: number; readonly peakMib: number };
}

/** Keys each client watches: a shopper's tabs. */
const KEYS = 5;
/** Connections of the sender, a batch every 40 ms on each. */
const LANES = 4;
/** Between the last preparation and the first batch, in ms: orders must have arrived everywhere. */
const HEAD_START_MS = 500;

export function runSteady(options: SteadyOptions): Promise<SteadyResult> {
  const { skus, nodeFlags, root } = options;
  const others = { ...(nodeFlags !== undefined && { nodeFlags }), ...(root !== undefined && { root }) };
  return withLoadServer({ skus, lanes: LANES, ...others }, async ({ process }) => {
    const fleet = startHelper<FleetOrders, FleetReport>(new URL('fleet.worker.ts', import.meta.url));
    const sender = startHelper<SenderOrders, SenderReport>(new URL('sender.worker.ts', import.meta.url));
    try {
      return await measure(options, process, sender, fleet);
    } finally {
      sender.kill();
      fleet.kill();
    }
  });
}

async function measure(
  options: SteadyOptions,
  server: ServerProcess,
  sender: Helper<SenderOrders, SenderReport>,
  fleet: Helper<FleetOrders, FleetReport>,
): Promise<SteadyResult> {
  const { rate, warmupSeconds, skus, skew, seed, clients, conflateMs } = options;
  const seconds = warmupSeconds + options.seconds;
  const plan: PlanOptions = { rate, seconds, skus, lanes: LANES, skew, seed };
  await fleet.prepare({
    plan,
    url: server.url,
    clients,
    keys: KEYS,
    conflateMs,
    key: ADMIN_KEY,
    warmupMs: warmupSeconds * 1000,
  });
  await sender.prepare({ plan, url: server.url, key: ADMIN_KEY });
  const startMs = monotonicMs() + HEAD_START_MS;
  fleet.send({ do: 'go', startMs });
  sender.send({ do: 'go', startMs });
  await wait(HEAD_START_MS);
  const pids = { server: server.pid, sender: sender.pid, fleet: fleet.pid };
  const before = mapped(pids, usageOf);
  // The sender leaves when it is done, so its cost is read while it still runs.
  await wait(seconds * 1000 - 50);
  const after = mapped(pids, usageOf);
  const sent = await sender.done();
  fleet.send({ do: 'finish' });
  const seen = await fleet.done();
  return {
    skew,
    conflateMs: conflateMs ?? 'default',
    offered: rate,
    achieved: Math.round(sent.accepted / Math.max(seconds, sent.lastAckMs / 1000)),
    sender: sent,
    fleet: seen,
    gaps: seen.lost + seen.missing + seen.backwards + seen.closed,
    cost: costs(pids, before, after),
    memory: memoryOf(server.pid),
  };
}

type Pids = Readonly<Record<'server' | 'sender' | 'fleet', number>>;

function mapped(pids: Pids, read: (pid: number) => Usage): Readonly<Record<keyof Pids, Usage>> {
  return { server: read(pids.server), sender: read(pids.sender), fleet: read(pids.fleet) };
}

function costs(
  pids: Pids,
  before: Readonly<Record<keyof Pids, Usage>>,
  after: Readonly<Record<keyof Pids, Usage>>,
): SteadyResult['cost'] {
  const cost = (who: keyof Pids): Cost => costBetween(pids[who], before[who], after[who]);
  return { server: cost('server'), sender: cost('sender'), fleet: cost('fleet') };
}
