import { setTimeout as wait } from 'node:timers/promises';
import type { Percentiles } from '../stopwatch.ts';
import { type Cost, costBetween, residentKib, usageOf } from '../usage.ts';
import { DEBIAN_PEERS, type DebianPeer, debianPeerMissing } from './debian-peers.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { startNodePeer } from './node-peers.ts';
import { startOurs } from './ours.ts';
import { openSockets, type PushServer, type Watched } from './push-server.ts';

export type Who = 'onhand' | 'bare' | 'ws' | 'socket.io' | DebianPeer;

export const PEERS: readonly Who[] = ['bare', 'ws', 'socket.io', 'nats-server', 'mosquitto', 'nchan'];

export interface Shape {
  readonly sockets: number;
  /** Messages of a burst; every socket gets each of them. */
  readonly burst: number;
  readonly deliveriesPerSec: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  /** For node, of the gateway alone. */
  readonly nodeFlags?: readonly string[];
}

export interface FanoutRow {
  readonly who: Who;
  readonly client: Fleet['program'];
  readonly sockets: number;
  readonly burst: number;
  readonly deliveries: number;
  /** Messages that should have come to some socket and did not. */
  readonly missing: number;
  readonly deliveriesPerSec: number;
  readonly bytesEach: number;
  /** µs of the server's CPU, all threads, kernel included. */
  readonly microsEach: number;
  readonly framesPerRead: number;
  readonly idleKib: number;
  readonly age: Percentiles;
  readonly server: Cost;
  readonly clientCpu: number;
}

export interface Skipped {
  readonly who: Who;
  readonly why: string;
}

export async function fanoutRow(who: Who, shape: Shape, say: (line: string) => void): Promise<FanoutRow | Skipped> {
  const why = who in DEBIAN_PEERS ? debianPeerMissing(who as DebianPeer, say) : undefined;
  if (why !== undefined) return { who, why };
  const { burst } = shape;
  const all = Array.from({ length: burst }, (_, key) => key);
  const server = await start(who, { keys: burst, ofSocket: [all], conflateMs: 0 }, shape.nodeFlags);
  const fleet = startFleet(server.target);
  try {
    const idleKib = await idleCost(fleet, server, shape.sockets);
    const burstsPerSec = shape.deliveriesPerSec / shape.sockets / burst;
    const measured = await measure(fleet, server, { ...shape, burstsPerSec });
    return { who, client: fleet.program, idleKib, burst, ...measured };
  } finally {
    await fleet.stop();
    await server.stop();
  }
}

function start(who: Who, watched: Watched, nodeFlags: readonly string[] = []): Promise<PushServer> {
  switch (who) {
    case 'onhand':
      return startOurs(watched, nodeFlags);
    case 'bare':
    case 'ws':
    case 'socket.io':
      return startNodePeer(who, watched);
    case 'nats-server':
    case 'mosquitto':
    case 'nchan':
      return DEBIAN_PEERS[who].start(watched);
  }
}

const ACCEPTS_PER_SEC = 2_000;
/** For a collected heap to be given back, and what was just opened to come to rest. */
const SETTLE_MS = 1_000;

/**
 * KiB of the server's memory per socket that watches and hears nothing, by the second half of them: what the first
 * half costs is also code, tables and a young heap grown to its size.
 */
export async function idleCost(fleet: Fleet, server: PushServer, sockets: number): Promise<number> {
  const first = Math.floor(sockets / 2);
  await openSockets(fleet, server, first, ACCEPTS_PER_SEC);
  const before = await settledKib(server);
  await openSockets(fleet, server, sockets - first, ACCEPTS_PER_SEC);
  return ((await settledKib(server)) - before) / (sockets - first);
}

async function settledKib(server: PushServer): Promise<number> {
  await server.collect();
  await wait(SETTLE_MS);
  await server.collect();
  return residentKib(server.pid);
}

/** Longest wait for what is still on its way, in ms: a server that fell behind is given the time to say all. */
const CATCH_UP_MS_MAX = 20_000;
const LOOK_MS = 50;

async function measure(
  fleet: Fleet,
  server: PushServer,
  load: {
    readonly sockets: number;
    readonly burst: number;
    readonly burstsPerSec: number;
    readonly seconds: number;
    readonly warmupSeconds: number;
    /** Deliveries that must come per message; undefined: as many as there are sockets. */
    readonly perMessage?: number;
  },
): Promise<Omit<FanoutRow, 'who' | 'client' | 'idleKib' | 'burst'>> {
  const { sockets, burst, burstsPerSec, seconds, warmupSeconds, perMessage = sockets } = load;
  await settled(fleet, (await server.publish({ burstsPerSec, burst, seconds: warmupSeconds })) * perMessage);
  await fleet.reset();
  const before = usageOf(server.pid);
  const clientBefore = usageOf(fleet.pid);
  const messages = await server.publish({ burstsPerSec, burst, seconds });
  const wanted = messages * perMessage;
  const report = await settled(fleet, wanted);
  const cost = costBetween(server.pid, before, usageOf(server.pid));
  const client = costBetween(fleet.pid, clientBefore, usageOf(fleet.pid));
  return {
    sockets,
    deliveries: report.deliveries,
    missing: Math.max(0, wanted - report.deliveries),
    deliveriesPerSec: Math.round((report.deliveries / cost.ms) * 1_000),
    bytesEach: Math.round(report.bytes / Math.max(1, report.deliveries)),
    microsEach: round((cost.ranMs * 1_000) / Math.max(1, report.deliveries)),
    framesPerRead: round(report.frames / Math.max(1, report.reads)),
    age: report.age,
    server: cost,
    clientCpu: client.cpu,
  };
}

/** The report once everything wanted is there, or nothing more has come for a while. */
async function settled(fleet: Fleet, wanted: number): Promise<Awaited<ReturnType<Fleet['report']>>> {
  let report = await fleet.report();
  for (let waited = 0; report.deliveries < wanted && waited < CATCH_UP_MS_MAX; waited += LOOK_MS) {
    await wait(LOOK_MS);
    report = await fleet.report();
  }
  return report;
}

const round = (value: number): number => Math.round(value * 100) / 100;
