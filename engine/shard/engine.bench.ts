import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Engine } from '../api.ts';
import type { ReserveOutcome } from '../contract/reservation.ts';
import { openEngine } from '../engine.ts';
import { replayed } from './bench-replay.ts';
import { nowMs, reservations, sales, stateDigest, stockUp } from './bench-retailer.ts';
import { type BenchRow, closedLoop, type Load, openLoop } from './bench-row.ts';

// The engine in process on this machine: reservations and stock deltas, each answered only when durable, with the
// ledger's projector on. Main, shard, journal and projector threads share its cores, as in the server.
//   node engine/shard/engine.bench.ts [--operations 200000] [--rows deltas,reserve-64] [--json]
// `digest` is of every sku's on-hand and reserved units at the end: equal options, equal digest, so the work was done.

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '200000' },
    rows: {
      type: 'string',
      default: 'deltas,many-8192,reserve-8192,reserve-1024,reserve-64,reserve-1,mixed-1024,offered,replay',
    },
    rate: { type: 'string', default: '20000' },
    skus: { type: 'string', default: '20000' },
    threads: { type: 'string', default: '1' },
    shards: { type: 'string', default: '16' },
    journal: { type: 'string', default: 'segments' },
    projector: { type: 'string', default: 'on' },
    json: { type: 'boolean', default: false },
  },
});
const SKUS = Number(values.skus);
const OPERATIONS = Number(values.operations);
/** Events of one call, as a feed sends them. */
const BATCH = 200;
/** Reservations of one call of reserveMany. */
const MANY = 512;

const dataDir = mkdtempSync(join(tmpdir(), 'onhand-bench-'));
let published = 0;
const engine = await openEngine({
  dataDir,
  threads: Number(values.threads),
  stockShards: Number(values.shards),
  journal: values.journal as 'segments' | 'sqlite',
  projector: values.projector === 'on',
  holdsPerClientMax: Number.MAX_SAFE_INTEGER,
  publish: (changes) => void (published += changes.length),
});
try {
  await stockUp(engine, SKUS);
  const outcomes = { reserved: 0, refused: 0 };
  const rows: BenchRow[] = [];
  for (const row of values.rows.split(',')) if (row !== 'replay') rows.push(await measure(engine, row, outcomes));
  const { journal } = await engine.stats();
  const digest = await stateDigest(engine, SKUS);
  await engine.close();
  const replay = values.rows.split(',').includes('replay') ? replayed(dataDir, journal.head) : undefined;
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}, load ${loadavg()[0]?.toFixed(1)}`;
  const result = {
    machine,
    skus: SKUS,
    shards: Number(values.shards),
    rows,
    replay,
    outcomes,
    published,
    journal,
    digest,
  };
  if (values.json) console.log(JSON.stringify(result));
  else print(result);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

type Result = { machine: string; rows: BenchRow[]; replay: object | undefined; outcomes: object; digest: string };

function print({ machine, rows, replay, outcomes, digest }: Result): void {
  console.log(machine);
  console.table(
    rows.map(({ row, operations, perSecond, microsP50, microsP99, cpuMicros, cores, waited }) => {
      const { main, shard, journal, projector, v8, all } = cpuMicros;
      return {
        row,
        operations,
        perSecond,
        microsP50,
        microsP99,
        main,
        shard,
        journal,
        projector,
        v8,
        all,
        cores,
        waited,
      };
    }),
  );
  console.log('CPU: µs per operation and thread;', 'replay', replay, 'reservations', outcomes, 'digest', digest);
}

/** `deltas`, `offered`, `reserve-<in flight>`, `many-<in flight>` (through reserveMany) or `mixed-<in flight>`. */
async function measure(on: Engine, row: string, outcomes: { reserved: number; refused: number }): Promise<BenchRow> {
  const [kind = '', number = '0'] = row.split('-');
  const inFlight = Number(number);
  const projector = values.projector === 'on';
  switch (kind) {
    case 'deltas':
      return closedLoop(on, deltas(on, { row, count: OPERATIONS, inFlight: 16 * BATCH, projector }));
    case 'offered':
      return openLoop(
        on,
        deltas(on, { row, count: Number(values.rate) * 3, inFlight: 0, projector }),
        Number(values.rate),
      );
    case 'many':
      return closedLoop(on, reservingMany(on, { row, count: OPERATIONS, inFlight, projector }, outcomes));
    case 'reserve':
    case 'mixed': {
      // One after the other waits for the disk each time: fewer are enough.
      const count = inFlight === 1 ? Math.ceil(OPERATIONS / 100) : OPERATIONS;
      const reserve = reserving(on, { row, count, inFlight, projector }, outcomes);
      return closedLoop(on, kind === 'reserve' ? reserve : mixed(on, reserve));
    }
    default:
      throw new RangeError(`rows must be deltas, offered, reserve-N, many-N, mixed-N or replay, got ${row}`);
  }
}

type Size = Pick<Load, 'row' | 'count' | 'inFlight' | 'projector'>;

function deltas(on: Engine, size: Size): Load {
  const call = (from: number): Promise<unknown> => on.record(sales(size.row, from, BATCH, SKUS), nowMs());
  return { ...size, perCall: BATCH, call };
}

function reserving(on: Engine, size: Size, outcomes: { reserved: number; refused: number }): Load {
  const requests = reservations(size.row, size.count, SKUS);
  const call = async (from: number): Promise<ReserveOutcome> => {
    const outcome = await on.reserve(requests[from]!);
    outcomes[outcome.status]++;
    return outcome;
  };
  return { ...size, perCall: 1, call };
}

/** By callers that have 512 at once. */
function reservingMany(on: Engine, size: Size, outcomes: { reserved: number; refused: number }): Load {
  const requests = reservations(size.row, size.count, SKUS);
  const call = async (from: number): Promise<void> => {
    for (const { status } of await on.reserveMany(requests.slice(from, from + MANY))) outcomes[status]++;
  };
  return { ...size, perCall: MANY, call };
}

/** One operation is a whole sale: reserved, then the till's event and the hold given back. */
function mixed(on: Engine, reserve: Load): Load {
  const call = async (from: number): Promise<void> => {
    const outcome = (await reserve.call(from)) as ReserveOutcome;
    if (outcome.status !== 'reserved') return;
    const { id, client } = outcome.reservation;
    await Promise.all([on.record(sales(reserve.row, from, 1, SKUS), nowMs()), on.release(id, client)]);
  };
  return { ...reserve, call };
}
