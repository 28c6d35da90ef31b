import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ChannelId, OrderId } from '../contract/ids.ts';
import type { Order, OrderChange } from '../contract/order.ts';
import { piecesOf } from '../contract/order-status.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { openEngine } from '../engine.ts';
import { stockUp } from './bench-retailer.ts';
import { type BenchRow, closedLoop } from './bench-row.ts';
import { CLIENT, sku } from './test-fixture.ts';

// Orders in process on this machine: from a channel's message until all its units are allocated, durably. Meanwhile each is
// sourced and offered to its node, and read model and ledger follow, as in the server.
//   node engine/shard/orders.bench.ts [--orders 4000] [--lines 1,2,5] [--in-flight 256] [--json]

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '4000' },
    lines: { type: 'string', default: '1,2,5' },
    'in-flight': { type: 'string', default: '256' },
    threads: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const SKUS = 20_000;
const COUNT = Number(values.orders);

const waiting = new Map<OrderId, () => void>();
const early = new Set<OrderId>();
const told = new Set<OrderId>();
const dataDir = mkdtempSync(join(tmpdir(), 'onhand-bench-'));
const threads = Number(values.threads);
const engine = await openEngine({ dataDir, threads, publish: () => undefined, publishOrders });
try {
  await stockUp(engine, SKUS);
  const rows: BenchRow[] = [];
  for (const lines of values.lines.split(',').map(Number)) rows.push(await placing(lines));
  await engine.close();
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}, load ${loadavg()[0]?.toFixed(1)}`;
  if (values.json) console.log(JSON.stringify({ machine, rows }));
  else print(machine, rows);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

function print(machine: string, rows: readonly BenchRow[]): void {
  console.log(machine);
  console.table(rows.map(({ cpuMicros, ...row }) => ({ ...row, ...cpuMicros })));
}

function placing(lines: number): Promise<BenchRow> {
  const inFlight = Number(values['in-flight']);
  const call = async (from: number): Promise<void> => {
    const taken = await engine.shopMessage(CLIENT, message(lines, from));
    if (taken.status !== 'taken') throw new Error(JSON.stringify(taken));
    const { id } = taken.order;
    if (!early.delete(id)) await new Promise<void>((done) => waiting.set(id, done));
  };
  return closedLoop(engine, { row: `${lines} lines`, count: COUNT, inFlight, perCall: 1, projector: true, call });
}

/** Neighbours fall into different shards, and so do an order's lines. */
function message(lines: number, n: number): ShopMessage {
  const at = Date.now();
  const id = `${lines}-${n}`;
  const order = {
    placedAt: at,
    currency: 'USD',
    method: 'ship',
    shipTo: { lines: [], lat: 41, lon: -93 },
    lines: Array.from({ length: lines }, (_, line) => {
      return { line: `${line}`, sku: sku((n * 7_919 + line * 1_009) % SKUS), units: 1, unitMinor: 1_000 };
    }),
  } as const;
  return { kind: 'place', channel: 'web' as ChannelId, channelOrderId: id, message: `m-${id}`, at, order };
}

function publishOrders(changes: readonly OrderChange[]): void {
  for (const { order } of changes) if (isAllocated(order)) tell(order.id);
}

function isAllocated(order: Order): boolean {
  return piecesOf(order).every(({ state }) => state !== 'asked');
}

/** Once: what happens to it afterwards is told as well. */
function tell(id: OrderId): void {
  const done = waiting.get(id);
  waiting.delete(id);
  if (done !== undefined) done();
  else if (!told.has(id)) early.add(id);
  told.add(id);
}
