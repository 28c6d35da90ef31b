import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { startReceiver } from './test-receiver.ts';

// The real server as a process that is killed with -9 while it takes events and delivers them. WEBHOOK_KILLS=20 for more.

const KILLS = Number(process.env['WEBHOOK_KILLS'] ?? 2);
const KEY = 'the-admin-key-of-a-crash-test';
const BEGAN = Date.now() - 3_600_000;
const SKUS = ['A', 'B', 'C', 'D', 'E'];
/** Counts of each sku from one kill to the next. */
const COUNTS = 12;

const folder = mkdtempSync(join(tmpdir(), 'onhand-webhook-crash-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      REFERENCE_DIR: join(folder, 'reference'),
      SHARD_THREADS: '1',
      ONHAND_ADMIN_KEY: KEY,
      WEBHOOK_TARGETS: 'any',
      // Snapshots between kills, so that what is told again does not begin with the first fact.
      SNAPSHOT_EVERY_FACTS: '20',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^onhand listening on (.+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`the server did not start: ${said}`);
}

async function post(url: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** Two counts in turn, on either side of the threshold: every one that counts crosses the band, and names its cause. */
function countOf(sku: string, number: number): string {
  const at = BEGAN + number;
  const quantity = number % 2 === 0 ? 40 : 1;
  return JSON.stringify({
    kind: 'snapshot',
    id: `${sku}-${number}`,
    at,
    sku,
    node: 'S-1',
    quantity,
    covers: 'count',
    carries: 'on-hand',
  });
}

test(
  'killed with -9 again and again, every crossing of a band is delivered, and the same one under the same id',
  { timeout: 60_000 + KILLS * 30_000 },
  async () => {
    const reference = join(folder, 'reference');
    mkdirSync(reference);
    for (const [of, rows] of Object.entries(REFERENCE)) {
      writeFileSync(join(reference, `${of}.ndjson`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
    const hook = await startReceiver();
    let { child, url } = await start();
    await post(url, '/v1/webhook-endpoints', { url: hook.url, types: ['dev.onhand.stock.band-changed'] });

    let number = 0;
    let killed = 0;
    const wanted = (KILLS + 1) * COUNTS;
    while (number < wanted) {
      const dies = killed < KILLS && number === (killed + 1) * COUNTS;
      const body = SKUS.map((sku) => countOf(sku, number)).join('\n');
      const sending = post(url, '/v1/feeds/pos', body);
      if (!dies) {
        await sending;
        number++;
        continue;
      }
      // In turn: with a feed under way, of which only the journal knows whether it counted, so it is sent again; and right
      // after its answer, when it is durable and its events are not jobs yet.
      if (killed % 2 === 1) await sending;
      child.kill('SIGKILL');
      await Promise.allSettled([sending, once(child, 'exit')]);
      killed++;
      ({ child, url } = await start());
      await post(url, '/v1/feeds/pos', body);
      number++;
    }

    // Of each sku every count crossed: out of stock, then to and fro.
    const expected = SKUS.length * number;
    const byCrossing = new Map<string, Set<string>>();
    const seen = (): number => {
      for (const { body } of hook.got.splice(0)) {
        const { id, data } = JSON.parse(body) as { id: string; data: { sku: string; revision: number } };
        const crossing = `${data.sku} ${data.revision}`;
        byCrossing.set(crossing, (byCrossing.get(crossing) ?? new Set()).add(id));
      }
      return byCrossing.size;
    };
    while (seen() < expected) await hook.until(1);
    expect(killed).toBe(KILLS);
    expect(seen()).toBe(expected);
    expect([...byCrossing.values()].every((ids) => ids.size === 1)).toBe(true);
    child.kill('SIGTERM');
    await once(child, 'exit');
    await hook.close();
  },
);

const REFERENCE = {
  sources: [
    {
      id: 'pos',
      name: 'Tills',
      kind: 'pos',
      format: 'json',
      grants: [{ nodes: 'all', kinds: ['snapshot'] }],
      unknownSku: 'create',
      lateMs: 86_400_000,
      freshMs: 600_000,
    },
  ],
  nodes: [
    {
      id: 'S-1',
      kind: 'store',
      name: 'Store',
      lat: 41,
      lon: -93,
      timeZone: 'America/Chicago',
      postcode: '50309',
      capabilities: ['pickup'],
      hours: [],
      owner: 'pos',
      safety: 0,
      enabled: true,
    },
  ],
  groups: [{ id: 'all', nodes: ['S-1'] }],
  channels: [{ id: 'web', name: 'Web', group: 'all', unitsPublic: true, lowAt: 3, clearAt: 5 }],
};
