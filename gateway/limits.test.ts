import { Webhook } from 'standardwebhooks';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { LIMITS, type Limit } from './limits.ts';
import {
  connected,
  deafSocket,
  hits,
  holdBody,
  moved,
  overfilled,
  rawSocket,
  reading,
  refusedAfterTwo,
  signature,
  watching,
  webhook,
  welcomed,
} from './test-limits.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

// Every limit of limits.ts over real sockets and HTTP: what runs into it, what the client sees, and that it is counted. The
// table is total, so a limit without a case does not compile.

/** Runs into the limit and expects what the client is to see. */
type Case = (server: TestServer, time: Time) => Promise<void>;

/** The server's clock, which a test may move on. */
class Time {
  #aheadMs = 0;
  readonly now = (): number => performance.timeOrigin + performance.now() + this.#aheadMs;
  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}

const SMALL = {
  MSG_BYTES_MAX: '512',
  STAFF_MSG_BYTES_MAX: '2048',
  FRAGMENTS_MAX: '4',
  KEYS_MAX: '3',
  STAFF_KEYS_MAX: '600',
  COMMANDS_PER_SEC: '1',
  COMMANDS_BURST: '5',
  CONFLATE_MS_MIN: '100',
  CONFLATE_MS_MAX: '1000',
  UPDATES_PER_SEC: '1',
  BAD_KEYS_BURST: '2',
  BAD_KEYS_PER_MINUTE: '1',
  JSON_BYTES_MAX: '1024',
  FEED_BYTES_MAX: '2048',
  FEED_BYTES_IN_FLIGHT: '3000',
  WEBHOOK_BYTES_MAX: '1024',
  WEBHOOK_IDS_MAX: '2',
};

const FEW_SOCKETS = { SOCKETS_MAX: '2', SOCKETS_PER_ADDRESS: '10' };
const LOGS = { LOG_CREDIT_MAX: '2', LOG_ACK_MS: '5000', LOG_PARKED_MAX: '1', LOG_CONSUMERS_MAX: '2' };
const FEW_PER_ADDRESS = { SOCKETS_PER_ADDRESS: '2' };
const FEW_ACCEPTS = { ACCEPTS_PER_SEC: '2' };
const FEW_REQUESTS = { REQUESTS_PER_MIN_ADDRESS: '3', REQUESTS_PER_MIN_KEY: '100', SOURCE_EVENTS_PER_SEC: '1' };
const SLOW = {
  STAFF_MSG_BYTES_MAX: '65536',
  COMMANDS_BURST: '10000',
  COMMANDS_PER_SEC: '10000',
  UNSENT_SKIP_BYTES: '1024',
  UNSENT_CLOSE_BYTES: '4096',
  CONFLATE_MS_MIN: '1',
};

/** Limits of the options each server is started with; one server per group. */
const GROUPS: readonly { readonly env: Readonly<Record<string, string>>; readonly limits: readonly Limit[] }[] = [
  { env: FEW_SOCKETS, limits: ['sockets'] },
  { env: LOGS, limits: ['log-ack', 'log-parked', 'log-consumers'] },
  { env: FEW_PER_ADDRESS, limits: ['sockets-per-address'] },
  { env: FEW_ACCEPTS, limits: ['accepts'] },
  { env: FEW_REQUESTS, limits: ['address-requests', 'key-requests', 'source-events'] },
  {
    env: SMALL,
    limits: [
      'message-bytes',
      'fragments',
      'commands',
      'keys',
      'conflation',
      'updates',
      'json-body',
      'feed-body',
      'feeds-in-flight',
      'webhook-body',
      'webhooks-in-flight',
      'webhook-ids',
      'headers',
      // Last of these: the address is braked afterwards.
      'bad-keys',
    ],
  },
  { env: { REQUEST_MS_MAX: '1000' }, limits: ['connect-time', 'silence', 'socket-age', 'request-time'] },
  { env: { ...SLOW, UNSENT_CLOSE_BYTES: '1048576', SLOW_READER_MS: '1000' }, limits: ['slow-reader'] },
  { env: SLOW, limits: ['unsent-skip', 'unsent-close'] },
];

const CASES: Readonly<Record<Limit, Case>> = {
  sockets: (server) => refusedAfterTwo(server, 503),
  'sockets-per-address': (server) => refusedAfterTwo(server, 429),
  accepts: (server) => refusedAfterTwo(server, 503),
  'connect-time': async (server, time) => {
    const socket = await welcomed(server);
    time.advance(5_000);
    await moved(server, 'connect-time');
    socket.say({ type: 'connect', id: 1, token: ADMIN_KEY });
    expect(await socket.next('error')).toMatchObject({ id: 1, code: 'connect-first' });
    socket.close();
  },
  'message-bytes': async (server) => {
    const anybody = await welcomed(server);
    anybody.say(`{"type":"hb","x":"${'x'.repeat(512)}"}`);
    expect(await anybody.closed).toMatchObject({ code: 4502 });
    const staff = await connected(server);
    staff.say(`{"type":"hb","x":"${'x'.repeat(1_024)}"}`);
    staff.say(`{"type":"hb","x":"${'x'.repeat(2_048)}"}`);
    // ws itself ends what is beyond every bound, before it is whole.
    expect(await staff.closed).toMatchObject({ code: 1009 });
  },
  fragments: async (server) => {
    const socket = await welcomed(server);
    for (const part of ['{"type"', ':', '"', 'hb', '"}']) socket.ws.send(part, { fin: part === '"}' });
    expect(await socket.closed).toMatchObject({ code: 1008 });
  },
  commands: async (server) => {
    const socket = await welcomed(server);
    for (let id = 1; id <= 6; id++) socket.say({ type: 'unsubscribe', id, ch: 'stock', keys: ['A'] });
    const error = await socket.next('error');
    expect(error).toMatchObject({ id: 6, code: 'rate-limited', temporary: true, retryAfterMs: expect.any(Number) });
    for (let id = 7; id <= 110; id++) socket.say({ type: 'unsubscribe', id, ch: 'stock', keys: ['A'] });
    expect(await socket.closed).toMatchObject({ code: 4005 });
  },
  keys: async (server) => {
    const socket = await welcomed(server);
    socket.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['A', 'B', 'C', 'D'] });
    expect(await socket.next('error')).toMatchObject({ id: 1, code: 'too-many-keys' });
    socket.close();
  },
  conflation: async (server) => {
    const socket = await welcomed(server);
    for (const conflateMs of [99, 1_001]) {
      socket.say({ type: 'subscribe', id: conflateMs, ch: 'stock', keys: ['A'], conflateMs });
      expect(await socket.next('error')).toMatchObject({ id: conflateMs, code: 'conflate-out-of-bounds' });
    }
    socket.close();
  },
  updates: async (server) => {
    const socket = await watching(await welcomed(server), server, ['PACE-1', 'PACE-2'], 100);
    for (let units = 2; ; units++) {
      await server.feed(['PACE-1', 'PACE-2'].map((sku) => onHand(sku, units, Date.now() + units)));
      if ((await hits(server, 'updates')) > 0) break;
    }
    // The newest version still comes, when its second has passed.
    await socket.next('update');
    socket.close();
  },
  silence: async (server, time) => {
    const socket = await welcomed(server);
    // Its own pings would be answered by ws: a peer that is gone answers nothing.
    socket.ws.pause();
    time.advance(35_000);
    await moved(server, 'silence');
    socket.ws.resume();
    expect(await socket.closed).toMatchObject({ code: 4002 });
  },
  'socket-age': async (server, time) => {
    const socket = await welcomed(server);
    // 1.1 hours in steps that no heartbeat misses.
    for (let passed = 0; passed < 70; passed++) {
      time.advance(60_000);
      socket.say({ type: 'hb' });
      if (passed < 53) continue;
      if ((await hits(server, 'socket-age')) > 0) break;
    }
    expect((await socket.closed).code).toBe(4003);
  },
  'unsent-skip': async (server) => {
    const deaf = await deafSocket(server, 100);
    for (let units = 2; (await hits(server, 'unsent-skip')) === 0; units++) {
      expect(units).toBeLessThan(2_000);
      await server.feed([onHand('SLOW-0', units, Date.now() + units)]);
    }
    deaf.ws.terminate();
  },
  'unsent-close': async (server) => {
    const deaf = await deafSocket(server, 0);
    const skus = Array.from({ length: 400 }, (_, index) => `SLOW-${index}`);
    for (let units = 2; (await hits(server, 'unsent-close')) === 0; units++) {
      expect(units).toBeLessThan(2_000);
      await server.feed(skus.map((sku) => onHand(sku, 1 + (units % 9), Date.now() + units)));
    }
    deaf.ws.terminate();
  },
  'slow-reader': async (server) => {
    const deaf = await deafSocket(server, 1_000);
    await moved(server, 'slow-reader');
    deaf.ws.terminate();
  },
  'log-ack': async (server, time) => {
    const consumer = await reading(server, 'late', 3);
    // Two are all its credit is for; it acknowledges neither.
    await consumer.events(2);
    time.advance(6_000);
    expect(await consumer.closed).toMatchObject({ code: 4008 });
    expect(consumer.rest().filter(({ type }) => type === 'event')).toEqual([]);
  },
  'log-parked': async (server) => {
    const consumer = await reading(server, 'parking', 2);
    for (const event of await consumer.events(2)) {
      consumer.say({ type: 'nack', ch: 'feed:parking', o: event['o'], code: 'unknown-bin' });
    }
    expect(await consumer.closed).toMatchObject({ code: 4009 });
  },
  'log-consumers': async (server) => {
    const third = await reading(server, 'third', 0);
    expect(third.subscribed).toMatchObject({ type: 'error', code: 'too-many-consumers' });
    third.close();
  },
  'bad-keys': async (server) => {
    for (const status of [401, 401, 429])
      expect((await server.call('/v1/stats', { key: 'guess' })).status).toBe(status);
    const braked = await server.call('/v1/stats', { key: 'guess' });
    expect(braked).toMatchObject({ status: 429, body: { code: 'too-many-bad-keys' } });
    expect(Number(braked.headers.get('retry-after'))).toBeGreaterThan(0);
  },
  'address-requests': async (server) => {
    for (let index = 0; index < 3; index++) expect((await server.call('/v1/nodes')).status).toBe(200);
    expect(await server.call('/v1/nodes')).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
  },

  'key-requests': async (server) => {
    const key = await server.keyWith('ops');
    for (let index = 0; index < 100; index++) expect((await server.call('/v1/nodes', { key })).status).toBe(200);
    expect(await server.call('/v1/nodes', { key })).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
  },

  'source-events': async (server) => {
    await server.feed(Array.from({ length: 60 }, (_, index) => onHand(`RATE-${index}`, 1)));
    expect(await server.feed([onHand('RATE-1', 2)])).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
  },

  'json-body': async (server) => {
    const json = { channel: 'x'.repeat(1_024), lines: [] };
    const answer = await server.call('/v1/reservations', { method: 'POST', key: ADMIN_KEY, json });
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  },
  'feed-body': async (server) => {
    const answer = await server.feed([onHand('x'.repeat(2_048), 1)]);
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  },
  'feeds-in-flight': async (server) => {
    const row = JSON.stringify(onHand('IN-FLIGHT', 1));
    const body = row + ' '.repeat(1_500 - row.length);
    await overfilled(
      server,
      () => holdBody(server, '/v1/feeds/pos', 1_900),
      () => server.call('/v1/feeds/pos', { method: 'POST', key: ADMIN_KEY, body }),
    );
  },
  'webhook-body': async (server) => {
    const answer = await webhook(server, 'x'.repeat(1_025));
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  },
  'webhooks-in-flight': async (server) => {
    const headers = Object.entries(signature()).map(([name, value]) => `${name}: ${value}\r\n`);
    // 32 of the greatest length fit.
    await overfilled(
      server,
      () =>
        Promise.all(Array.from({ length: 32 }, () => holdBody(server, '/v1/webhooks/pos', 1_024, headers.join('')))),
      () => webhook(server, 'x'.repeat(900)),
    );
  },
  'webhook-ids': async (server) => {
    const made = await server.call('/v1/sources/pos/webhook-secret', {
      method: 'POST',
      key: ADMIN_KEY,
      json: { scheme: 'standard' },
    });
    const send = (id: string) => {
      const body = JSON.stringify(onHand('IDS-1', 4));
      const now = new Date();
      const signed = new Webhook(made.body['secret'] as string).sign(id, now, body);
      const timestamp = String(Math.floor(now.getTime() / 1000));
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signed };
      return server.call('/v1/webhooks/pos', { method: 'POST', headers, body });
    };
    for (const id of ['one', 'two']) expect(await send(id)).toMatchObject({ status: 200 });
    expect(await send('three')).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    // Those that are known have no effect all the same.
    expect(await send('two')).toMatchObject({ status: 200, body: { repeated: true } });
  },
  headers: async (server) => {
    const answer = await server.call(`/v1/stock/${'x'.repeat(17_000)}`);
    expect(answer).toMatchObject({ status: 431, body: { code: 'headers-too-large' } });
  },
  'request-time': async (server) => {
    const socket = await rawSocket(server);
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n');
    await once(socket, 'close');
    expect(said).toMatch(/^HTTP\/1\.1 408 [^]*"request-too-slow"/);
  },
};

describe.each(GROUPS)('$limits', ({ env, limits }) => {
  let server: TestServer;
  const time = new Time();
  beforeAll(async () => {
    server = await startTestServer(env, undefined, undefined, time.now);
  });
  afterAll(() => server.stop());

  test.each(limits)('%s: the client sees what the table says, and it is counted', async (limit) => {
    const before = await hits(server, limit);
    await CASES[limit](server, time);
    expect(await hits(server, limit)).toBeGreaterThan(before);
  });
});

test('every limit is run into, in one group, and every option it names exists', () => {
  expect(GROUPS.flatMap(({ limits }) => limits).toSorted()).toEqual(Object.keys(LIMITS).toSorted());
  for (const { options } of Object.values(LIMITS)) {
    for (const option of options) expect(() => readConfig({ [option]: 'many' })).toThrow(option);
  }
});
