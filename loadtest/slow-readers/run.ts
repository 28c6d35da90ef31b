import { setTimeout as wait } from 'node:timers/promises';
import { type Fleet, startFleet } from '../fanout/fleet.ts';
import { helloOurs, startOurs } from '../fanout/ours.ts';
import { openSockets, type PushServer } from '../fanout/push-server.ts';
import type { Percentiles } from '../stopwatch.ts';
import { residentKib } from '../usage.ts';

export interface SlowOptions {
  readonly stalled: number;
  /** Meant for each of them. */
  readonly bytesPerSec: number;
  readonly others: number;
  readonly seconds: number;
}

export interface SlowRun {
  readonly stalled: number;
  /** Growth of the server's memory, its highest moment, MiB. */
  readonly grownMib: number;
  /** Of those who read. */
  readonly age: Percentiles;
  readonly othersClosed: number;
  readonly othersMissed: number;
}

export interface SlowResult {
  readonly stalled: SlowRun;
  readonly reading: SlowRun;
}

/** Readers that stop reading, beside others that go on; before that the same with all of them reading. */
export async function runSlowReaders(options: SlowOptions): Promise<SlowResult> {
  const reading = await oneRun(options, 0);
  return { stalled: await oneRun(options, options.stalled), reading };
}

/** Keys that the stalled watch, all of them; the others watch one each of those after them. */
const FLOOD_KEYS = 50;
const CALM_KEYS = 10;
const KEYS = FLOOD_KEYS + CALM_KEYS;
const MESSAGE_BYTES = 200;
const WARMUP_SECONDS = 2;
/** For what was written last to arrive. */
const SETTLE_MS = 500;

async function oneRun(
  { stalled: floodedSockets, bytesPerSec, others, seconds }: SlowOptions,
  stalled: number,
): Promise<SlowRun> {
  const calm = Array.from({ length: CALM_KEYS }, (_, key) => [FLOOD_KEYS + key]);
  const server = await startOurs({ keys: KEYS, ofSocket: calm, conflateMs: 0 });
  const fleet = startFleet(server.target);
  const flooded = startFleet(server.target);
  try {
    await openSockets(fleet, server, others, 1_000);
    // One message of each key, so many times a second.
    const pace = { burst: KEYS, burstsPerSec: bytesPerSec / MESSAGE_BYTES / FLOOD_KEYS };
    await openFlooded(flooded, floodedSockets);
    // They read at first: what a server needs to write so much is not what it keeps for those who do not read.
    await server.publish({ ...pace, seconds: WARMUP_SECONDS });
    await flooded.stall(stalled);
    await wait(SETTLE_MS);
    await fleet.reset();
    const memory = await watchMemory(server);
    const messages = await server.publish({ ...pace, seconds });
    const grownMib = memory.stop();
    await wait(SETTLE_MS);
    const { age, closed, least } = await fleet.report();
    const othersMissed = Math.max(0, messages / KEYS - least);
    return { stalled, grownMib, age, othersClosed: closed, othersMissed };
  } finally {
    await fleet.stop();
    await flooded.stop();
    await server.stop();
  }
}

async function openFlooded(flooded: Fleet, sockets: number): Promise<void> {
  const flood = Array.from({ length: FLOOD_KEYS }, (_, key) => key);
  await flooded.hellos([helloOurs(flood, 0)]);
  const { failed, unready } = await flooded.open(sockets, 1_000);
  if (failed + unready > 0) throw new Error(`${failed + unready} of ${sockets} readers could not subscribe`);
}

const LOOK_MS = 100;

/** `stop` says by how many MiB the server's memory grew at its highest. */
async function watchMemory(server: PushServer): Promise<{ stop(): number }> {
  await server.collect();
  const before = residentKib(server.pid);
  let highest = before;
  const look = setInterval(() => (highest = Math.max(highest, residentKib(server.pid))), LOOK_MS);
  return {
    stop: () => {
      clearInterval(look);
      return Math.round((Math.max(highest, residentKib(server.pid)) - before) / 102.4) / 10;
    },
  };
}

/** As the goal has it: the memory of readers that do not read, MiB. */
export const GROWN_MIB_MAX = 20;

/** The others are not to notice. How late they hear is shown, not judged: it is the machine's too. */
export function isRight(result: SlowResult): boolean {
  const grown = result.stalled.grownMib - Math.max(0, result.reading.grownMib);
  return result.stalled.othersClosed === 0 && result.stalled.othersMissed === 0 && grown < GROWN_MIB_MAX;
}
