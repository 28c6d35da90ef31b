import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineOutfeed } from '../log/test-log-client.ts';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import type { Door, PlacedOrder, World } from './door.ts';
import { play, unfit } from './script.ts';
import { ELSEWHERE, SCRIPTS } from './scripts.ts';
import { publicSocketDoor, staffSocketDoor } from './socket-doors.ts';
import { streamDoor } from './stream-door.ts';

const HEARTBEAT_MS = 1_000;
const ACK_MS = 4_000;
const SKUS = ['MILK-1', 'MILK-2'] as const;

const DOORS: readonly (readonly [name: string, door: (http: string) => Door])[] = [
  ['ws', (http) => publicSocketDoor(`${http.replace('http', 'ws')}/v1/live`)],
  ['@fastify/websocket', (http) => staffSocketDoor(`${http.replace('http', 'ws')}/v1/staff/live`, ADMIN_KEY)],
  ['Server-Sent Events', (http) => streamDoor(`${http}/v1/live/events`)],
];

function worldOf(server: TestServer): World {
  let at = Date.now();
  let consumers = 0;
  return {
    skus: SKUS,
    key: ADMIN_KEY,
    place: { lat: 41.2, lon: -93 },
    heartbeatMs: HEARTBEAT_MS,
    log: { ch: 'feed:milk', newConsumer: () => `reader-${++consumers}` },
    ackMs: ACK_MS,
    setUnits: async (sku, units) => void (await server.feed([onHand(sku, units, ++at)])),
    drain: () => server.stop(),
    order: () => placeOrder(server.engine, `c-${++orders}`),
  };
}

describe.each(DOORS)('[WS1] [SS1] [LG1] the scripted sessions at %s', (_name, doorOf) => {
  let server: TestServer;
  let stopped = false;
  beforeAll(async () => {
    server = await startTestServer({
      HEARTBEAT_MS: String(HEARTBEAT_MS),
      HEARTBEAT_GRACE_MS: '2000',
      LOG_ACK_MS: String(ACK_MS),
    });
    await defineOutfeed(server, 'milk', { skus: SKUS });
    for (const sku of SKUS) await server.feed([onHand(sku, 9, Date.now() - 60_000)]);
  });
  afterAll(async () => {
    if (!stopped) await server.stop();
  });
  const played = SCRIPTS.filter((script) => unfit(script, doorOf('http://any'), everything) === undefined);

  test.each(played.map((script) => [script.rules.join(' '), script.title, script] as const))(
    '%s: %s',
    async (_rules, _title, script) => {
      if (script.needs?.includes('drain') === true) stopped = true;
      await expect(play(script, doorOf(server.url), worldOf(server))).resolves.toBeUndefined();
    },
  );
});

const everything: World = {
  skus: SKUS,
  key: 'k',
  place: { lat: 0, lon: 0 },
  heartbeatMs: 1,
  ackMs: 1,
  log: { ch: 'feed:any', newConsumer: () => 'any' },
  setUnits,
  drain,
  order: () => Promise.reject(new Error('only asked whether there is one')),
};
let orders = 0;
/** Of one unit, which is there. */
async function placeOrder(engine: TestServer['engine'], channelOrderId: string): Promise<PlacedOrder> {
  const placing = pickupOrder(channelOrderId, { 'MILK-1': 1 });
  const { order: id, node } = await workFor(engine, placing);
  const [{ token } = { token: '' }] = await engine.orders([id]);
  const message = `cancelled ${channelOrderId}`;
  const cancelling = { ...placing, kind: 'cancel', message, at: placing.at + 1 } as const;
  return { id, token, node, cancel: async () => void (await engine.shopMessage('shop' as never, cancelling)) };
}

function setUnits(): Promise<void> {
  return Promise.resolve();
}
function drain(): Promise<void> {
  return Promise.resolve();
}

test('every rule of the page is played by a script, or it is said where it is proved', () => {
  const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');
  const rules = [...page.matchAll(/^- \*\*((?:WS|ST|LG|LM|SS)\d+)\*\*/gm)].map(([, rule]) => rule!);
  const played = new Set(SCRIPTS.flatMap((script) => script.rules));
  expect(rules.length).toBeGreaterThan(60);
  expect(rules.filter((rule) => !played.has(rule) && !(rule in ELSEWHERE))).toEqual([]);
  const strangers = [...played, ...Object.keys(ELSEWHERE)].filter((rule) => !rules.includes(rule));
  expect(strangers, 'no such rules').toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((rule) => played.has(rule))).toEqual([]);
});

test('where a rule is said to be proved there is a test of it', () => {
  const missing = Object.entries(ELSEWHERE).flatMap(([rule, why]) => {
    const files = why.slice(why.lastIndexOf(': ') + 2).split(', ');
    return files
      .filter((file) => !titlesOf(file).some((title) => title.includes(`[${rule}]`)))
      .map((file) => `${rule}: ${file}`);
  });
  expect(missing).toEqual([]);
});

/** Titles with a rule, of a test file of the gateway or else of the whole project. */
function titlesOf(file: string): string[] {
  const [own, other] = [`../${file}`, `../../${file}`].map((path) => new URL(path, import.meta.url));
  const text = readFileSync(existsSync(own!) ? own! : other!, 'utf8');
  return text.match(/['"`]\[[A-Z]+\d+\][^\n]*/g) ?? [];
}

test('the program plays them at an address, says what failed or was left out, and leaves no consumer behind', async () => {
  const server = await startTestServer();
  await defineOutfeed(server, 'milk', { skus: SKUS });
  const run = promisify(execFile);
  const main = new URL('main.ts', import.meta.url).pathname;
  const skus = SKUS.flatMap((sku) => ['--sku', sku]);
  const staff = ['--key', ADMIN_KEY, '--source', 'pos', '--node', 'S-1'];
  const { stdout } = await run(process.execPath, [main, server.url, ...skus, ...staff]);
  expect(stdout).toMatch(/pass {2}\[ST1\] \[SS1\]/);
  expect(stdout.match(/pass {2}\[LG6\]/g)).toHaveLength(2);
  expect(stdout).toMatch(/skip {2}\[ST8\].*needs place/);
  expect(stdout).toMatch(/\d+ passed, 0 failed, \d+ left out/);
  const { body } = await server.call('/v1/log', { key: ADMIN_KEY });
  // Nodes' work has logs too, and nobody was left on any.
  const { logs } = body as { logs: readonly { ch: string; consumers: readonly unknown[] }[] };
  expect(logs.map(({ ch }) => ch)).toContain('feed:milk');
  expect(logs.flatMap(({ consumers }) => consumers)).toEqual([]);
  const wrong = run(process.execPath, [main, server.url, '--sku', 'nobody', '--sku', 'none']);
  await expect(wrong).rejects.toMatchObject({ code: 1, stdout: expect.stringMatching(/FAIL {2}\[ST1\]/) });
  await expect(wrong).rejects.toMatchObject({
    stdout: expect.stringMatching(/skip {2}\[LG5\].*needs log, key, setUnits/),
  });
  await expect(run(process.execPath, [main])).rejects.toMatchObject({ code: 2 });
  await server.stop();
});
