import { setTimeout as wait } from 'node:timers/promises';
import type { Percentiles } from '../stopwatch.ts';
import { type Cost, costBetween, usageOf } from '../usage.ts';
import type { FanoutOptions } from './options.ts';
import { startFleet } from './fleet.ts';
import { startOurs } from './ours.ts';
import { idleCost } from './run.ts';

export interface ConflatedRow {
  readonly client: string;
  readonly sockets: number;
  readonly keys: number;
  readonly skus: number;
  readonly conflateMs: number;
  readonly updatesPerSec: number;
  readonly deliveries: number;
  readonly deliveriesPerSec: number;
  readonly framesPerRead: number;
  /** From the newest change in a message to its arrival, ms. */
  readonly age: Percentiles;
  /** Sockets that were closed, and one more when one of the others heard nothing at all. */
  readonly silent: number;
  readonly idleKib: number;
  readonly server: Cost;
  readonly clientCpu: number;
}

/** Changes published in one call, as the engine does with what one commit held. */
const BATCH = 200;

/** Many sockets with a few keys each, far more changes than anybody wants to read. */
export async function conflatedRow({
  conflated,
  seconds,
  warmupSeconds,
  nodeFlags,
}: Pick<FanoutOptions, 'conflated' | 'seconds' | 'warmupSeconds' | 'nodeFlags'>): Promise<ConflatedRow> {
  const { sockets, keys, skus, updatesPerSec, conflateMs } = conflated;
  const ofSocket = Array.from({ length: sockets }, (_, socket) =>
    Array.from({ length: Math.min(keys, skus) }, (_unused, key) => (socket * keys + key) % skus),
  );
  const server = await startOurs({ keys: skus, ofSocket, conflateMs }, nodeFlags);
  const fleet = startFleet(server.target);
  try {
    const idleKib = await idleCost(fleet, server, sockets);
    const pace = { burst: BATCH, burstsPerSec: updatesPerSec / BATCH };
    if (warmupSeconds > 0) await server.publish({ ...pace, seconds: warmupSeconds });
    await fleet.reset();
    const before = usageOf(server.pid);
    const clientBefore = usageOf(fleet.pid);
    const start = performance.now();
    const updates = await server.publish({ ...pace, seconds });
    const published = performance.now() - start;
    const cost = costBetween(server.pid, before, usageOf(server.pid));
    const client = costBetween(fleet.pid, clientBefore, usageOf(fleet.pid));
    // The last flush of each.
    await wait(2 * conflateMs);
    const report = await fleet.report();
    return {
      client: fleet.program,
      sockets,
      keys,
      skus,
      conflateMs,
      updatesPerSec: Math.round(updates / (published / 1_000)),
      deliveries: report.deliveries,
      deliveriesPerSec: Math.round(report.deliveries / (published / 1_000)),
      framesPerRead: Math.round((report.frames / Math.max(1, report.reads)) * 10) / 10,
      age: report.age,
      silent: sockets - report.sockets + (report.least === 0 ? 1 : 0),
      idleKib,
      server: cost,
      clientCpu: client.cpu,
    };
  } finally {
    await fleet.stop();
    await server.stop();
  }
}
