import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'hdr-histogram-js';
import type { Engine } from '../api.ts';
import type { EventId, Sku } from '../contract/ids.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { openEngine } from '../engine.ts';
import { digestHex } from '../contract/digest.ts';
import { counted, REFERENCE, sku, sold } from './test-fixture.ts';

// Events through record() on this machine. Main, shard and journal threads share its cores, as in the server.
//   node engine/shard/engine.bench.ts [--events 400000] [--rate 20000] [--seconds 5] [--journal sqlite] [--projector off]
// The last line is JSON; `digest` is of every sku's number at the end, so the work was done.

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '400000' },
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    journal: { type: 'string', default: 'segments' },
    skus: { type: 'string', default: '20000' },
    projector: { type: 'string', default: 'on' },
  },
});
const SKUS = Number(values.skus);
const BATCH = 200;
/** Senders that wait for their answer each, as feeds do. */
const SENDERS = 16;

const dataDir = mkdtempSync(join(tmpdir(), 'onhand-bench-'));
let published = 0;
const engine = await openEngine({
  dataDir,
  threads: Number(values.threads),
  journal: values.journal as 'segments' | 'sqlite',
  projector: values.projector === 'on',
  publish: (changes) => void (published += changes.length),
});
try {
  for (const batch of REFERENCE) await engine.apply(batch);
  await stockUp(engine);
  const closed = await closedLoop(engine, Number(values.events));
  const open = await openLoop(engine, Number(values.rate), Number(values.seconds));
  const { journal, projector } = await engine.stats();
  console.log(
    JSON.stringify({
      machine: `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}`,
      skus: SKUS,
      batch: BATCH,
      closed,
      open,
      published,
      journal,
      projector,
      digest: await stateDigest(engine),
    }),
  );
  await engine.close();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

async function stockUp(to: Engine): Promise<void> {
  for (let from = 0; from < SKUS; from += 500) {
    await to.record(
      Array.from({ length: 500 }, (_, i) => counted(from + i, 1_000)),
      nowMs(),
    );
  }
}

/** As fast as answers come: the rate the engine sustains. */
async function closedLoop(to: Engine, events: number) {
  let next = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const send = async (): Promise<void> => {
    while (next < events) {
      const from = next;
      next += BATCH;
      await to.record(sales('c', from), nowMs());
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  return usage(events, started, cpu);
}

/** Batches at their times whatever the answers do; latency from the intended time of sending. */
async function openLoop(to: Engine, rate: number, seconds: number) {
  const micros = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const batches = Math.floor((rate * seconds) / BATCH);
  const everyMs = (BATCH / rate) * 1_000;
  const answers: Promise<void>[] = [];
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let i = 0; i < batches; i++) {
    const at = started + i * everyMs;
    const early = at - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const answered = to.record(sales('o', i * BATCH), nowMs()).then(() => {
      micros.recordValue(Math.max(1, Math.round((performance.now() - at) * 1_000)));
    });
    answers.push(answered);
  }
  await Promise.all(answers);
  const [p50, p99, max] = [micros.getValueAtPercentile(50), micros.getValueAtPercentile(99), micros.maxValue];
  return {
    offeredPerSecond: rate,
    ...usage(batches * BATCH, started, cpu),
    microsP50: p50,
    microsP99: p99,
    microsMax: max,
  };
}

/** Sales spread over all skus by a fixed stride, so that neighbours fall into different shards. */
function sales(run: string, from: number): StockEvent[] {
  return Array.from({ length: BATCH }, (_, i) => {
    const n = from + i;
    return { ...sold((n * 7_919) % SKUS, ''), id: `${run}${n}` as EventId };
  });
}

function usage(events: number, started: number, before: NodeJS.CpuUsage) {
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return {
    eventsPerSecond: Math.round(events / seconds),
    cpuMicrosPerEvent: Number(((user + system) / events).toFixed(2)),
    cores: Number(((user + system) / 1e6 / seconds).toFixed(2)),
  };
}

async function stateDigest(of: Engine): Promise<string> {
  const onHand = new Map<Sku, number>();
  for await (const chunk of of.allStock()) for (const each of chunk) onHand.set(each.sku, each.nodes[0]?.onHand ?? 0);
  return digestHex(Array.from({ length: SKUS }, (_, i) => onHand.get(sku(i))).join());
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
