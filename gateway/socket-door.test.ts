import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpsState } from './protocol/wire.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';
import { openSocket, refusedStatus, type TestSocket } from './test-socket.ts';

let server: TestServer;
const open: TestSocket[] = [];
beforeAll(async () => {
  server = await startTestServer({ ALLOWED_ORIGINS: 'https://shop.example', SOCKETS_PER_ADDRESS: '20' });
});
afterAll(() => server.stop());

function socket(options: Parameters<typeof openSocket>[1] = {}, protocol?: string): TestSocket {
  const one = openSocket(server.url, options, protocol);
  open.push(one);
  return one;
}

async function watching(keys: string[], about: object = {}): Promise<TestSocket> {
  const one = socket();
  await one.next('welcome');
  one.say({ type: 'subscribe', id: 1, ch: 'stock', keys, ...about });
  return one;
}

test('a close code that is nobody’s is counted as other, so that a peer cannot make up names', async () => {
  for (const code of [3_000, 3_001, 4_499]) {
    const peer = socket();
    await peer.next('welcome');
    peer.ws.close(code);
    await peer.closed;
  }
  const closed = async () =>
    ((await server.call('/v1/stats', { key: ADMIN_KEY })).body['server'] as { closed: Record<string, number> }).closed;
  let counts = await closed();
  while (Object.values(counts).reduce((sum, one) => sum + one, 0) < 3) counts = await closed();
  expect(counts).toEqual({ other: 3 });
});

describe('state', () => {
  test('[ST1] [ST2] a page sees a feed without asking again', async () => {
    await server.feed([onHand('A', 9)]);
    const page = await watching(['A', 'nobody-has-it']);
    const subscribed = await page.next('subscribed');
    expect(subscribed).toMatchObject({ id: 1, unknown: ['nobody-has-it'], snap: [{ k: 'A', d: { units: 9 } }] });
    await server.feed([onHand('A', 2)]);
    expect(await page.next('update')).toMatchObject({
      k: 'A',
      e: expect.stringMatching(`^${server.engine.epoch}-.{8}$`),
      n: 1,
      d: { band: 'low-stock', units: 2 },
    });
    page.close();
  });

  test('[ST2] a reservation takes units away from everyone at once', async () => {
    await server.feed([onHand('B', 5)]);
    const pages = [await watching(['B']), await watching(['B'])];
    for (const page of pages) await page.next('subscribed');
    const json = { channel: 'web', lines: [{ sku: 'B', units: 4, group: 'all' }] };
    await server.call('/v1/reservations', {
      method: 'POST',
      key: ADMIN_KEY,
      json,
      headers: { 'idempotency-key': 'b' },
    });
    for (const page of pages) {
      expect(await page.next('update')).toMatchObject({ k: 'B', d: { band: 'low-stock', units: 1 } });
      page.close();
    }
  });

  test('[ST6] conflation keeps the newest', async () => {
    await server.feed([onHand('C', 1)]);
    const page = await watching(['C'], { conflateMs: 100 });
    await page.next('subscribed');
    const start = Date.now();
    for (let units = 2; units <= 40; units++) await server.feed([onHand('C', units, start + units)]);
    const seen: unknown[] = [];
    for (let units = 0; units !== 40;) {
      const update = await page.next('update');
      units = (update['d'] as { units: number }).units;
      seen.push(units);
    }
    expect(seen.length).toBeLessThan(39);
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
    page.close();
  });

  test('[ST6] staff see every version with conflateMs 0', async () => {
    await server.feed([onHand('D', 1)]);
    const staff = socket();
    await staff.next('welcome');
    staff.say({ type: 'connect', id: 1, token: ADMIN_KEY });
    expect(await staff.next('connected')).toMatchObject({ client: 'admin', limits: { keys: 5_000 } });
    staff.say({ type: 'subscribe', id: 2, ch: 'stock', keys: ['D'], conflateMs: 0 });
    await staff.next('subscribed');
    const start = Date.now();
    for (let units = 2; units <= 30; units++) await server.feed([onHand('D', units, start + units)]);
    let facts = 0;
    for (let units = 2; units <= 30; units++) {
      const update = await staff.next('update');
      expect(update['d']).toMatchObject({ units });
      facts += update['n'] as number;
    }
    expect(facts).toBe(29);
    staff.close();
  });

  test('[ST5] after a reconnect an unchanged key costs nothing, a changed one brings its state', async () => {
    await server.feed([onHand('E', 9), onHand('F', 9)]);
    const first = await watching(['E', 'F']);
    const { snap } = (await first.next('subscribed')) as unknown as { snap: { k: string; e: string; r: number }[] };
    first.close();
    await first.closed;
    await server.feed([onHand('F', 8)]);
    const since = Object.fromEntries(snap.map(({ k, e, r }) => [k, [e, r]]));
    const again = await watching(['E', 'F'], { since });
    expect(await again.next('subscribed')).toMatchObject({ unchanged: ['E'], snap: [{ k: 'F', d: { units: 8 } }] });
    again.close();
  });

  test('[ST8] pickup nodes are pushed when they move', async () => {
    await server.feed([onHand('G', 9), onHand('G', 9, Date.now(), 'S-2')]);
    const page = await watching(['G'], { near: { lat: 41, lon: -93 } });
    expect(await page.next('subscribed')).toMatchObject({
      snap: [
        {
          d: {
            pickup: [
              { node: 'S-1', units: 9 },
              { node: 'S-2', units: 9 },
            ],
          },
        },
      ],
    });
    await server.feed([onHand('G', 1, Date.now(), 'S-2')]);
    expect(await page.next('update')).toMatchObject({
      d: { pickup: [{ units: 9 }, { node: 'S-2', band: 'low-stock', units: 1 }] },
    });
    page.close();
  });

  test('[ST12] operators see what happens, once a second', async () => {
    const tower = socket();
    await tower.next('welcome');
    tower.say({ type: 'connect', id: 1, token: ADMIN_KEY });
    tower.say({ type: 'subscribe', id: 2, ch: 'ops', keys: ['now'] });
    const first = (await tower.next('subscribed'))['snap'];
    expect(first).toMatchObject([{ k: 'now', d: { sockets: expect.any(Number), sources: [{ source: 'pos' }] } }]);
    await server.feed([onHand('H', 2)]);
    let now = (await tower.next('update'))['d'] as OpsState;
    while (!now.movers.some((mover) => mover.sku === 'H')) now = (await tower.next('update'))['d'] as OpsState;
    expect(now.movers).toContainEqual(expect.objectContaining({ sku: 'H', units: 2, changes: 1, band: 'low-stock' }));
    expect(now.low[0]).toMatchObject({ sku: 'H' });
    expect(now.journal.head).toBeGreaterThan(0);
    tower.close();
  });
});

describe('what is not let in', () => {
  test.each([
    ['https://shop.example', undefined],
    ['https://evil.example', 403],
    ['null', 403],
    ['https://shop.example.evil.example', 403],
  ])('[WS14] a page of %s', async (origin, status) => {
    const one = socket({ origin });
    const answer = await Promise.race([one.next('welcome'), refusedStatus(one)]);
    expect(typeof answer === 'number' ? answer : undefined).toBe(status);
    one.close();
  });

  test('[WS14] our own pages are', async () => {
    const own = socket({ origin: server.url });
    expect(await own.next('welcome')).toMatchObject({ v: 1 });
    own.close();
  });

  test.each([
    ['an unknown type', '{"type":"shout"}', 4500],
    ['no JSON', 'hello', 4501],
    ['a message too big', `{"type":"hb","x":"${'x'.repeat(9_000)}"}`, 4502],
    ['an unknown key', '{"type":"connect","id":1,"token":"nope"}', 4503],
  ])('[WS1] [WS2] %s', async (_what, text, code) => {
    const one = socket();
    await one.next('welcome');
    one.say(text);
    expect((await one.closed).code).toBe(code);
  });

  test('[WS1] another sub-protocol', async () => {
    const one = socket({}, 'mqtt');
    expect((await one.closed).code).not.toBe(1000);
    expect(one.rest()).toEqual([]);
  });

  test('[WS1] bytes instead of text', async () => {
    const one = socket();
    await one.next('welcome');
    one.ws.send(Buffer.from([1, 2, 3]));
    expect((await one.closed).code).toBe(4501);
  });

  test('[LM5] more sockets than an address may have; those that go make room', async () => {
    for (const one of open.splice(0)) one.close();
    const sockets = Array.from({ length: 21 }, () => socket());
    const answers = await Promise.all(sockets.map((one) => Promise.race([one.next('welcome'), refusedStatus(one)])));
    expect(answers.filter((answer) => answer === 429).length).toBeGreaterThanOrEqual(1);
    for (const one of sockets) one.close();
    await Promise.all(sockets.map((one) => one.closed));
    const late = socket();
    expect(await late.next('welcome')).toMatchObject({ v: 1 });
    late.close();
  });
});

test('[WS13] a stopping server tells each client when to come back, is not ready meanwhile, then closes with 1012', async () => {
  // Two sockets that the next server takes two a second: the last goes after a second.
  const own = await startTestServer({ ACCEPTS_PER_SEC: '2' }, () => 1);
  const pages = [openSocket(own.url), openSocket(own.url)];
  for (const page of pages) await page.next('welcome');
  const draining = own.stop();
  expect(await own.call('/health/ready')).toMatchObject({ status: 503, body: { code: 'draining' } });
  expect((await own.call('/health/live')).status).toBe(200);
  expect(await refusedStatus(openSocket(own.url))).toBe(503);
  for (const page of pages) {
    expect(await page.next('drain')).toMatchObject({ reconnectInMs: 1000, reason: 'restart' });
    expect((await page.closed).code).toBe(1012);
  }
  await draining;
  await expect(own.call('/health/live')).rejects.toThrow('fetch failed');
});
