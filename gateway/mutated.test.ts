import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FeedFormat } from '../engine/contract/reference.ts';
import { chanceOf, type Chance } from './mutation/chance.ts';
import { feedSamples, mute } from './mutation/feeds.ts';
import { askWith, expectSound, headOf, printable, send, type Target } from './mutation/http-door.ts';
import { mutated, withOtherBytes } from './mutation/mutate.ts';
import { textFrame, wrongFrame } from './mutation/raw-frames.ts';
import { exchange, handshake } from './mutation/raw-connection.ts';
import { routesOf, rowRoutes, type Document, type Route } from './mutation/routes.ts';
import { MESSAGES, talk } from './mutation/socket-door.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';
import { openSocket } from './test-socket.ts';

// 60,000 mutated frames and bodies over every door: whatever comes, the server answers as it says it does, nothing in the
// books moves, memory stays bounded, and everybody else is served as ever. Routes are those of /openapi.json, so a new one
// is attacked from its first day. A failure prints the seed: MUTATION_SEED=… plays it again.

const SEED = Number(process.env['MUTATION_SEED'] ?? Date.now() % 2_147_483_647);

/** How many of each; 60,000 together. */
const COUNTS = { messages: 24_000, frames: 5_000, requests: 20_000, feeds: 4_000, heads: 4_000, streams: 3_000 };

/** Growth of the process that holds server, engine and clients, in bytes. */
const GROWTH_MAX = 400 * 1024 * 1024;

const FORMATS: readonly FeedFormat[] = ['poslog', 'epcis', 'x12', 'shopify-inventory', 'json', 'csv'];

/** One core shared with others takes its time; alone each attack needs a few seconds. */
const PATIENCE = { timeout: 300_000 };

let server: TestServer;
let target: Target;
let routes: readonly Route[];
beforeAll(async () => {
  console.log(`mutation seed ${SEED}`);
  server = await startTestServer({
    COMMANDS_PER_SEC: '10000',
    COMMANDS_BURST: '10000',
    SOCKETS_PER_ADDRESS: '1000',
    ACCEPTS_PER_SEC: '100000',
    BAD_KEYS_BURST: '10000',
    BAD_KEYS_PER_MINUTE: '10000',
    REQUESTS_PER_MIN_ADDRESS: '1000000',
    REQUESTS_PER_MIN_KEY: '1000000',
    SOURCE_EVENTS_PER_SEC: '1000000',
  });
  await server.engine.apply({ of: 'sources', rows: FORMATS.map(mute) });
  await server.feed([onHand('MILK-1', 9), onHand('MILK-2', 9), onHand('BREAD', 9)]);
  target = { url: server.url, key: await limitedKey(), adminKey: ADMIN_KEY, seed: SEED };
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  routes = [...routesOf(document), ...(await rowRoutes(server))];
});
afterAll(() => server.stop());

test('messages over the websocket: well-framed, with anything in them', PATIENCE, async () => {
  await expectUntouched(async (chance) => {
    await inParallel(COUNTS.messages / 200, async () => {
      const frames = Array.from({ length: 200 }, () => textFrame(mutated(chance.pick(MESSAGES), chance)));
      await talk(server.url, frames);
    });
  });
});

test('frames that break the websocket’s own rules', PATIENCE, async () => {
  await expectUntouched(async (chance) => {
    await inParallel(COUNTS.frames, async () => {
      const payload = Buffer.from(chance.pick(MESSAGES));
      const frame = chance.oneIn(2) ? wrongFrame(payload, chance) : withOtherBytes(textFrame(payload), chance);
      const said = await exchange(server.url, Buffer.concat([Buffer.from(handshake(server.url)), frame]));
      expect(said).toMatch(/^HTTP\/1\.1 101 /);
    });
  });
});

test('requests of every route: other methods, paths, queries, headers, bodies', PATIENCE, async () => {
  await expectUntouched(async (chance) => {
    const asked = new Set<string>();
    const answered = new Map<number, number>();
    await inParallel(COUNTS.requests, async () => {
      const route = chance.pick(routes);
      asked.add(route.name);
      const status = await askWith(target, route, chance);
      answered.set(status, (answered.get(status) ?? 0) + 1);
    });
    expect(asked.size).toBe(routes.length);
    // It got past every door there is, and nobody braked it.
    expect([...answered.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 405, 412, 415, 422]));
    expect(answered.get(429) ?? 0).toBeLessThan(COUNTS.requests / 100);
  });
});

test('feeds of every format: real samples, broken', PATIENCE, async () => {
  const samples = feedSamples();
  expect(new Set(samples.map(({ format }) => format))).toEqual(new Set(FORMATS));
  await expectUntouched(async (chance) => {
    await inParallel(COUNTS.feeds, async () => {
      const { format, text } = chance.pick(samples);
      const answer = await send(target, {
        method: 'POST',
        path: `/v1/feeds/mute-${format}`,
        headers: { authorization: `Bearer ${target.key}` },
        body: mutated(text, chance),
      });
      expectSound(target, answer);
      const taken = answer.status === 200 ? (JSON.parse(answer.text) as { recorded: number }).recorded : 0;
      expect(taken).toBe(0);
    });
  });
});

test('heads of requests: bytes that node’s parser may not take', PATIENCE, async () => {
  await expectUntouched(async (chance) => {
    await inParallel(COUNTS.heads, async () => {
      const said = await exchange(server.url, withOtherBytes(Buffer.from(headOf(target, chance.pick(routes))), chance));
      expect(said).toMatch(/^$|^HTTP\/1\.1 [1-4]\d\d |^HTTP\/1\.1 503 /);
    });
  });
});

test('queries and resume tokens of the event stream', PATIENCE, async () => {
  await expectUntouched(async (chance) => {
    await inParallel(COUNTS.streams, async () => {
      const query = mutated('ch=stock&key=MILK-1&key=BREAD&sale=web&lat=41.6&lon=-93.6&km=20&conflateMs=500', chance);
      const token = mutated(chance.pick(['eyJxIjoiYSIsInMiOnt9fQ', '{"MILK-1":["e",1]}', '']), chance);
      const answer = await send(target, {
        method: 'GET',
        path: `/v1/live/events?${printable(query)}`,
        headers: chance.oneIn(2) ? { 'last-event-id': printable(token) } : {},
      });
      expectSound(target, answer);
    });
  });
});

/** Runs an attack, then looks: the books as before, memory bounded, others served. */
async function expectUntouched(attack: (chance: Chance) => Promise<void>): Promise<void> {
  const before = await books();
  const memory = process.memoryUsage.rss();
  const page = openSocket(server.url);
  await page.next('welcome');
  page.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['BREAD'], conflateMs: 50 });
  await page.next('subscribed');

  await attack(chanceOf(SEED));

  expect(await books()).toEqual(before);
  expect(process.memoryUsage.rss() - memory).toBeLessThan(GROWTH_MAX);
  expect((await server.call('/health/ready')).status).toBe(200);
  // Who was there all the time hears of the next change.
  const units = 10 + (rounds += 1);
  expect((await server.feed([onHand('BREAD', units)])).status).toBe(200);
  expect((await page.next('update'))['d']).toMatchObject({ units });
  await server.feed([onHand('BREAD', 9, Date.now() + rounds)]);
  page.close();
  await page.closed;
}

let rounds = 0;

/** Everything that may not move: stock, promises, the reference book, keys. Letters may: they record what was refused. */
async function books(): Promise<unknown> {
  const stock = [];
  for await (const chunk of server.engine.allStock()) {
    for (const { sku, channels, nodes } of chunk) stock.push({ sku, channels: channels.map(({ ats }) => ats), nodes });
  }
  const kinds = ['nodes', 'groups', 'channels', 'sources', 'items', 'pools', 'safety', 'switches', 'kits'] as const;
  const rows = await Promise.all(kinds.map((of) => server.engine.referenceRows({ of, limit: 1_000 })));
  return {
    stock: stock.map(({ sku, nodes }) => ({
      sku,
      onHand: sku === 'BREAD' ? [] : nodes.map(({ onHand: units }) => units),
    })),
    held: await server.engine.reservations({ limit: 1_000 }),
    rows,
    planned: await server.engine.pendingChanges(),
    keys: (await server.call('/v1/keys', { key: ADMIN_KEY })).body,
  };
}

/** So many at a time that commits are shared. */
async function inParallel(times: number, once: () => Promise<void>): Promise<void> {
  let left = times;
  const worker = async () => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function limitedKey(): Promise<string> {
  const scopes = ['feeds', 'stock', 'reservations', 'desk', 'orders', 'work', 'letters', 'ops', 'metrics'];
  const limits = { nodes: ['NOWHERE'], channels: ['nowhere'], sources: FORMATS.map((format) => `mute-${format}`) };
  const made = await server.call('/v1/keys', {
    method: 'POST',
    key: ADMIN_KEY,
    json: { name: 'mutant', scopes, limits },
  });
  expect(made.status).toBe(201);
  return made.body['key'] as string;
}
