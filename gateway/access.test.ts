import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES, type Scope } from './caller.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from './test-server.ts';
import { openSocket } from './test-socket.ts';

let server: TestServer;
const keys = new Map<Scope, string>();
beforeAll(async () => {
  server = await startTestServer();
  for (const scope of SCOPES) keys.set(scope, await server.keyWith(scope));
});
afterAll(() => server.stop());

const JSON_BODY = { 'content-type': 'application/json' };

type Guarded = readonly [method: string, path: string, scope: Scope, also?: Scope];
/** Every route that needs a key, with the scope it needs, and one that does as well. */
const GUARDED: readonly Guarded[] = [
  ['POST', '/v1/feeds/pos', 'feeds'],
  ['POST', '/v1/reservations', 'reservations'],
  ['GET', '/v1/reservations', 'reservations'],
  ['GET', '/v1/reservations/r0-1', 'reservations'],
  ['DELETE', '/v1/reservations/r0-1', 'reservations', 'admin'],
  ['GET', '/v1/dead-letters', 'letters'],
  ['GET', '/v1/dead-letters/x', 'letters'],
  ['POST', '/v1/dead-letters/x/replay', 'letters'],
  ['POST', '/v1/dead-letters/x/discard', 'letters'],
  ['POST', '/v1/dead-letters/x/approve', 'letters'],
  ['POST', '/v1/dead-letters/approve?source=pos', 'letters'],
  ['GET', '/v1/ledger', 'stock'],
  ['GET', '/v1/stock/BREAD/explain', 'stock'],
  ['GET', '/v1/stats', 'ops'],
  ['GET', '/v1/sources/pos/gaps', 'ops'],
  ['POST', '/v1/sources/pos/webhook-secret', 'admin'],
  ['GET', '/v1/sources/pos/webhook-secret', 'admin'],
  ['DELETE', '/v1/sources/pos/webhook-secret', 'admin'],
  ['GET', '/metrics', 'metrics', 'ops'],
  ['POST', '/v1/webhook-endpoints', 'admin'],
  ['GET', '/v1/webhook-endpoints', 'ops'],
  ['PATCH', '/v1/webhook-endpoints/x', 'ops'],
  ['DELETE', '/v1/webhook-endpoints/x', 'admin'],
  ['POST', '/v1/webhook-endpoints/x/secret', 'admin'],
  ['POST', '/v1/webhook-endpoints/x/test', 'ops'],
  ['GET', '/v1/webhook-endpoints/x/deliveries', 'ops'],
  ['GET', '/v1/webhook-endpoints/x/deliveries/1', 'ops'],
  ['POST', '/v1/webhook-endpoints/x/deliveries/1/replay', 'ops'],
  ['POST', '/v1/webhook-endpoints/x/deliveries/replay-failed', 'ops'],
  ['POST', '/v1/keys', 'admin'],
  ['GET', '/v1/keys', 'admin'],
  ['DELETE', '/v1/keys/nobody', 'admin'],
];

const OPEN = [
  '/v1/stock/BREAD',
  '/v1/stock?sku=BREAD',
  '/v1/items?q=milk',
  '/v1/nodes',
  '/v1/webhook-event-types',
  '/health/live',
  '/health/ready',
  '/',
  '/tower',
  '/node/S-1',
  '/order',
  '/examples',
];

describe.each(GUARDED.map((one) => ({ one, title: `${one[0]} ${one[1]}` })))(
  '$title',
  ({ one: [method, path, needed, also] }) => {
    const call = (key?: string) =>
      server.call(path, {
        method,
        ...(key === undefined ? {} : { key }),
        headers: method === 'POST' && !path.includes('feeds') ? JSON_BODY : {},
      });

    test('without a key: 401', async () => {
      expect(await call()).toMatchObject({ status: 401, body: { code: 'key-required' } });
    });

    test('with a key nobody has: kept out', async () => {
      // 429 once the brake of bad keys holds; both keep the caller out.
      expect([401, 429]).toContain((await call('no-such-key')).status);
    });

    test('with every other scope: 403, and the scope it takes is named', async () => {
      for (const scope of SCOPES.filter((one) => one !== needed && one !== also)) {
        const answer = await call(keys.get(scope)!);
        expect(answer).toMatchObject({
          status: 403,
          body: { code: 'scope-required', message: expect.stringContaining(needed) },
        });
      }
    });

    test('with the right scope: neither', async () => {
      for (const scope of [needed, also ?? needed]) {
        expect([401, 403]).not.toContain((await call(keys.get(scope)!)).status);
      }
    });
  },
);

test.each(OPEN)('GET %s is open to the public and to any key', async (path) => {
  expect((await server.call(path)).status).toBe(200);
  expect((await server.call(path, { key: keys.get('feeds')! })).status).toBe(200);
});

test('the split needs the scope stock: any other key gets what the public gets', async () => {
  const open = await server.call('/v1/stock/BREAD');
  expect(open.body).toHaveProperty('d');
  expect((await server.call('/v1/stock/BREAD', { key: keys.get('ops')! })).body).toEqual(open.body);
  expect((await server.call('/v1/stock/BREAD', { key: keys.get('stock')! })).body).toHaveProperty('nodes');
});

test('a refused caller is answered before the body is read', async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write('POST /v1/feeds/pos HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nthe beginning');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 [^]*connection: close/i);
  socket.destroy();
});

test('a key that was deleted stops working at once, and its text is shown only when it is made', async () => {
  const key = await server.keyWith('admin');
  const json = { name: 'till-7', scopes: ['ops'] };
  const made = await server.call('/v1/keys', { method: 'POST', key, json });
  expect(made).toMatchObject({ status: 201, body: { name: 'till-7', key: expect.stringMatching(/^oh_[\w-]{43}$/) } });
  expect((await server.call('/v1/keys', { method: 'POST', key, json })).status).toBe(409);
  const text = made.body['key'] as string;
  expect(JSON.stringify((await server.call('/v1/keys', { key })).body)).not.toContain(text);
  expect((await server.call('/v1/stats', { key: text })).status).toBe(200);
  expect((await server.call('/v1/keys/till-7', { method: 'DELETE', key })).status).toBe(204);
  expect([401, 429]).toContain((await server.call('/v1/stats', { key: text })).status);
});

test('[WS11] a key that was deleted ends the sockets it opened, and no others', async () => {
  const [staff, other] = [openSocket(server.url), openSocket(server.url)];
  const keyOf = async (name: string) =>
    (await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json: { name, scopes: ['ops'] } })).body['key'];
  for (const [socket, name] of [
    [staff, 'leaver'],
    [other, 'stayer'],
  ] as const) {
    await socket.next('welcome');
    socket.say({ type: 'connect', id: 1, token: await keyOf(name) });
    await socket.next('connected');
  }
  expect((await server.call('/v1/keys/leaver', { method: 'DELETE', key: ADMIN_KEY })).status).toBe(204);
  // Made again at once, under the same name: it is another key.
  await keyOf('leaver');
  expect(await staff.closed).toMatchObject({ code: 4503, reason: 'this key was deleted' });
  other.say({ type: 'subscribe', id: 2, ch: 'ops', keys: ['now'] });
  expect(await other.next('subscribed')).toMatchObject({ id: 2 });
  other.close();
});

test('[LM9] who tries many unknown keys is told to wait; a known key from there still works', async () => {
  const own = await startTestServer();
  const statuses: number[] = [];
  for (let tries = 0; tries < 12; tries++)
    statuses.push((await own.call('/v1/keys', { key: `guess-${tries}` })).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  const refused = await own.call('/v1/keys', { key: 'guess' });
  expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-bad-keys', retryAfterMs: expect.any(Number) } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await own.call('/v1/stats', { key: await own.keyWith('ops') })).status).toBe(200);
  await own.stop();
});
