import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Engine, EngineOptions } from '../api.ts';
import type { EventId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import type { NodeRef, ReferenceBatch } from '../contract/reference.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { openEngine } from '../engine.ts';
import { REFERENCE } from './test-fixture.ts';

// What size costs: a folder filled with so many positions, then sales over all of it, a clean restart, and a restart
// after the process died with a tail behind its snapshots. Memory by table, from the engine's own count.
//   node engine/shard/scale.bench.ts [--positions 1000000] [--events 300000] [--json]

const { values } = parseArgs({
  options: {
    positions: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '300000' },
    json: { type: 'boolean', default: false },
  },
});
const POSITIONS = Number(values.positions);
const EVENTS = Number(values.events);
const NODES = 100;
/** Events of one call, and calls at once. */
const BATCH = 500;
const LANES = 16;
/** Long enough ago that every sale comes after its count. */
const COUNTED_AT = Date.now() - 3_600_000;

const dataDir = mkdtempSync(join(tmpdir(), 'onhand-scale-'));
const options: EngineOptions = { dataDir, projector: false, publish: () => {} };
try {
  let engine = await openEngine(options);
  for (const batch of reference()) await engine.apply(batch);
  const filled = await timed(POSITIONS, () => send(engine, POSITIONS, counted));
  const bytes = await tableBytes(engine);
  const sold = await timed(EVENTS, () => send(engine, EVENTS, sale));
  const rssMiB = Math.round(process.memoryUsage().rss / 2 ** 20);
  await engine.close();

  const started = performance.now();
  engine = await openEngine(options);
  const restartSeconds = seconds(started);
  const { positions } = await engine.stats();
  await engine.close();

  const result = {
    machine: `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}`,
    positions,
    fillPerSecond: filled.perSecond,
    salesPerSecond: sold.perSecond,
    salesCpuMicros: sold.cpuMicros,
    restartSeconds,
    rssMiB,
    bytesPerPosition: Object.fromEntries(
      Object.entries(bytes).map(([table, each]) => [table, Math.round((each / positions) * 10) / 10]),
    ),
  };
  if (values.json) console.log(JSON.stringify(result));
  else console.log(result);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

/** The fixture's systems and channel over so many nodes. */
function reference(): readonly ReferenceBatch[] {
  return REFERENCE.map((batch): ReferenceBatch => {
    if (batch.of === 'nodes') {
      const [first] = batch.rows;
      return { of: 'nodes', rows: Array.from({ length: NODES }, (_, i) => ({ ...(first as NodeRef), id: node(i) })) };
    }
    if (batch.of !== 'groups') return batch;
    return {
      of: 'groups',
      rows: batch.rows.map((group) => ({ ...group, nodes: Array.from({ length: NODES }, (_, i) => node(i)) })),
    };
  });
}

function node(i: number): NodeId {
  return `n${i}` as NodeId;
}

/** All nodes of a sku, then the next one, as a file of counts comes. */
function counted(n: number): StockEvent {
  const head = { source: 'wms' as SourceId, id: `c${n}` as EventId, at: COUNTED_AT, node: node(n % NODES) };
  const sku = `s${Math.floor(n / NODES)}` as Sku;
  return { ...head, kind: 'snapshot', sku, quantity: 10, covers: 'count', carries: 'on-hand' };
}

/** Anywhere: the next sale is in another page of every column. */
function sale(n: number): StockEvent {
  const at = (n * 7_919) % POSITIONS;
  const head = { source: 'pos' as SourceId, id: `d${n}` as EventId, at: COUNTED_AT + 1 + n, node: node(at % NODES) };
  return { ...head, kind: 'delta', sku: `s${Math.floor(at / NODES)}` as Sku, quantity: -1, reason: 'sale' };
}

async function send(engine: Engine, count: number, make: (n: number) => StockEvent): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let from = next; from < count; from = next) {
      next += BATCH;
      const events = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => make(from + i));
      const outcomes = await engine.record(events, Date.now());
      const refused = outcomes.find(({ status }) => status === 'refused');
      if (refused !== undefined) throw new Error(`refused: ${JSON.stringify(refused)}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function timed(count: number, run: () => Promise<void>): Promise<{ perSecond: number; cpuMicros: number }> {
  const before = process.cpuUsage();
  const started = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: Math.round(count / seconds(started)),
    cpuMicros: Math.round(((user + system) / count) * 10) / 10,
  };
}

async function tableBytes(engine: Engine): Promise<Readonly<Record<string, number>>> {
  return (await engine.stats()).tableBytes;
}

function seconds(started: number): number {
  return Math.round(performance.now() - started) / 1_000;
}
