import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { writeReference } from '../reference-folder.ts';
import { startServer } from '../server-process.ts';
import { loadReference, skuName } from '../steady/reference.ts';
import type { HttpOrders, HttpReport } from './http-sender.worker.ts';
import { cpuMicrosOf } from './process-cpu.ts';
import type { Row } from './row.ts';

// The real server over HTTP: bodies of 500 sales, as fast as it acknowledges them.

const SKUS = 20_000;
const LANES = 8;
const EVENTS_PER_BODY = 500;
const KEY = 'bench-admin-key-0123456789abcdef';
const SKUS_IN_DIGEST = 200;

export async function httpRow(events: number): Promise<Row> {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-bench-http-'));
  const referenceDir = join(dir, 'reference');
  writeReference(referenceDir, loadReference(SKUS, LANES));
  const server = await startServer({ dataDir: join(dir, 'data'), referenceDir, adminKey: KEY });
  try {
    const orders = { url: server.url, key: KEY, lanes: LANES, skus: SKUS, perBody: EVENTS_PER_BODY };
    // The first tenth warms the server up: its code is compiled while it runs.
    await sender({ ...orders, run: 'warm', bodies: Math.ceil(events / EVENTS_PER_BODY / 10) });
    const before = cpuMicrosOf(server.pid);
    const bodies = Math.ceil(events / EVENTS_PER_BODY);
    const { recorded, seconds, p50Ms, p99Ms, refused } = await sender({ ...orders, run: 'timed', bodies });
    if (refused > 0) throw new Error(`${refused} events were refused`);
    return {
      who: 'engine over HTTP',
      what: `stock deltas, bodies of ${EVENTS_PER_BODY}, ${LANES} in flight`,
      perSecond: recorded / seconds,
      p50Ms,
      p99Ms,
      cpuMicros: (cpuMicrosOf(server.pid) - before) / recorded,
      digest: `${await unitsSold(server.url)} units of ${SKUS_IN_DIGEST} skus`,
    };
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function sender(orders: HttpOrders): Promise<HttpReport> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpReport>();
  const child = fork(new URL('./http-sender.worker.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.once('message', (report: HttpReport) => resolve(report));
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the sender ended with ${code}`)));
  child.send(orders);
  return promise;
}

/** Sales below zero are sales: on-hand says how many there were. */
async function unitsSold(url: string): Promise<number> {
  let sold = 0;
  for (let sku = 0; sku < SKUS_IN_DIGEST; sku++) {
    const response = await fetch(`${url}/v1/stock/${skuName(sku)}`, {
      headers: { authorization: `Bearer ${KEY}` },
      signal: AbortSignal.timeout(10_000),
    });
    const stock = (await response.json()) as StaffStock;
    sold -= stock.nodes[0]?.onHand ?? 0;
  }
  return sold;
}
