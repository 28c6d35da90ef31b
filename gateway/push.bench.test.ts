import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { ChangeRelay } from './change-relay.ts';
import { readConfig } from './config.ts';
import { ensureAdmin, Keys } from './keys.ts';
import type { PushClients, PushHeard } from './push-clients.worker.ts';
import { startServer } from './server.ts';
import { SOCKET_PATH } from './socket-door.ts';
import { TestEngine } from './test-engine.ts';

// What a push costs: main-thread CPU per delivery, conflated and not. Small here so that it never rots; on a quiet
// machine: PUSH_CLIENTS=2000 PUSH_SECONDS=10 npx vitest run gateway/push.bench.test.ts

const CLIENTS = Number(process.env['PUSH_CLIENTS'] ?? 50);
const SECONDS = Number(process.env['PUSH_SECONDS'] ?? 0.5);
const CHANGES_PER_SEC = Number(process.env['PUSH_RATE'] ?? 20_000);
const SKUS = 5_000;
const KEYS_PER_CLIENT = 5;
/** The last versions may still wait for their flush. */
const CATCH_UP_MS_MAX = 10_000;
const TOKEN = 'the-key-of-the-push-bench';

test.each([
  ['conflated to 250 ms', 250],
  ['every version', 0],
])('%s: every client ends with the newest revisions', async (what, conflateMs) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'onhand-bench-'));
  const env = {
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    SOCKETS_PER_ADDRESS: '100000',
    ACCEPTS_PER_SEC: '5000',
  };
  const changes = new ChangeRelay();
  const engine = new TestEngine(changes.publish);
  const revisions = new Map<string, number>();
  const change = (sku: number) => {
    const key = `S${sku % SKUS}`;
    const revision = (revisions.get(key) ?? 0) + 1;
    revisions.set(key, revision);
    engine.set(key, revision % 50, { receivedAt: performance.timeOrigin + performance.now() });
  };
  const changeMicros = costOf(() => {
    for (let sku = 0; sku < SKUS; sku++) change(sku);
  });
  const keys = await Keys.open(dataDir);
  await ensureAdmin(keys, TOKEN, 1);
  const door = {
    take: () => Promise.reject(new Error('no feeds')),
    replay: () => Promise.reject(new Error('no feeds')),
    approve: () => Promise.reject(new Error('no feeds')),
    approveAll: () => Promise.reject(new Error('no feeds')),
  };
  const server = await startServer({
    config: readConfig(env),
    engine: engine.asEngine,
    changes,
    keys,
    door,
    judgeRow: () => undefined,
  });
  const workerData: PushClients = {
    url: server.url.replace('http', 'ws') + SOCKET_PATH,
    keys: Array.from({ length: CLIENTS }, (_, client) =>
      Array.from({ length: KEYS_PER_CLIENT }, (_unused, key) => `S${(client * KEYS_PER_CLIENT + key) % SKUS}`),
    ),
    conflateMs,
    token: TOKEN,
  };
  const worker = new Worker(new URL('./push-clients.worker.ts', import.meta.url), { workerData });
  await message(worker);

  const cpuBefore = process.threadCpuUsage();
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < SECONDS * 1000) {
    const due = Math.floor(((performance.now() - start) * CHANGES_PER_SEC) / 1000);
    for (; sent < due; sent++) change(sent * 7919);
    await wait(5);
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage(cpuBefore);
  let heard = await ask(worker);
  while (missedBy(heard, revisions) > 0 && performance.now() - start < SECONDS * 1000 + CATCH_UP_MS_MAX)
    heard = await ask(worker);
  await worker.terminate();
  await server.drain();
  await rm(dataDir, { recursive: true, force: true });

  const perSec = Math.round(heard.deliveries / seconds);
  const micros = ((user + system - (sent * changeMicros) / SKUS) / heard.deliveries).toFixed(1);
  console.log(
    `${what}: ${CLIENTS} clients × ${KEYS_PER_CLIENT} skus, ${Math.round(sent / seconds)} changes/s -> ${perSec} deliveries/s, ` +
      `${micros} µs of main-thread CPU each, ${Math.round((user + system) / 1e4 / seconds)} % of a core; ` +
      `${cpus().length} × ${cpus()[0]?.model}, digest ${digest(heard)}`,
  );
  expect(missedBy(heard, revisions)).toBe(0);
  expect(heard.deliveries).toBeGreaterThan(0);
});

/** Main-thread CPU in µs: making the changes is the test's work, not the server's. */
function costOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

async function ask(worker: Worker): Promise<PushHeard> {
  worker.postMessage('tell');
  return (await message(worker)) as PushHeard;
}

function missedBy(heard: PushHeard, revisions: ReadonlyMap<string, number>): number {
  return heard.newest.flatMap((seen) => Object.entries(seen)).filter(([key, r]) => revisions.get(key) !== r).length;
}

async function message(worker: Worker): Promise<unknown> {
  const [said] = (await once(worker, 'message')) as [unknown];
  return said;
}

function digest(heard: PushHeard): number {
  return heard.newest.flatMap((seen) => Object.values(seen)).reduce((sum, r) => (sum * 31 + r) % 1_000_003, 7);
}
