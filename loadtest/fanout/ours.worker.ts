import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StockChange } from '../../engine/contract/change.ts';
import { ChangeRelay } from '../../gateway/change-relay.ts';
import { readConfig } from '../../gateway/config.ts';
import { ensureAdmin, Keys } from '../../gateway/keys.ts';
import { startServer } from '../../gateway/server.ts';
import { sku, TestEngine, WEB } from '../../gateway/test-engine.ts';
import { keyName } from './message.ts';
import { nowMs, obeyOrders } from './push-server.ts';

// The whole gateway without an engine behind it: changes are published as the engine publishes them, so that what is
// measured is the way from there to the sockets. Limits that a test must exceed are raised.

const [adminKey = '', keyCount = '1'] = process.argv.slice(2);
const dataDir = mkdtempSync(join(tmpdir(), 'onhand-fanout-'));
process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));

const changes = new ChangeRelay();
const engine = new TestEngine(changes.publish);
const names = Array.from({ length: Number(keyCount) }, (_, index) => sku(keyName(index)));
const revisions = new Float64Array(names.length).fill(1);
for (const name of names) engine.set(name, 1);

const keys = await Keys.open(dataDir);
await ensureAdmin(keys, adminKey, 1);
const none = () => Promise.reject(new Error('no feeds here'));
const server = await startServer({
  config: readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    SOCKETS_PER_ADDRESS: '100000',
    ACCEPTS_PER_SEC: '100000',
    SALE_CHANNEL: WEB,
  }),
  engine: engine.asEngine,
  changes,
  keys,
  orders: { take: none },
  door: { take: none, replay: none, approve: none, approveAll: none },
  judgeRow: () => undefined,
  rowSchemas: {},
});

obeyOrders(Number(new URL(server.url).port), (first, count) => {
  const batch: StockChange[] = [];
  const at = Math.round(nowMs() * 1000) / 1000;
  for (let message = first; message < first + count; message++) batch.push(change(message % names.length, at));
  changes.publish(batch);
});

function change(index: number, at: number): StockChange {
  const revision = (revisions[index] ?? 0) + 1;
  revisions[index] = revision;
  const units = (revision % 1000) + 10;
  return {
    sku: names[index]!,
    revision,
    position: 'p',
    at,
    receivedAt: at,
    facts: 1,
    channels: [{ channel: WEB, ats: units, unplaced: 0, band: 'in-stock', asOf: Math.floor(at) }],
    nodes: [],
  };
}
