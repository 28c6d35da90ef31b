import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF_SOCKET_PATH } from './staff-door.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from './test-server.ts';
import { openSocket, refusedStatus, type TestSocket } from './test-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ ALLOWED_ORIGINS: 'https://tower.example', CONNECT_MS: '300' });
});
afterAll(() => server.stop());

const staffSocket = (headers: Readonly<Record<string, string>> = {}, protocol?: string): TestSocket =>
  openSocket(server.url, { headers }, protocol, STAFF_SOCKET_PATH);

async function sockets(): Promise<number> {
  const { body } = await server.call('/v1/stats', { key: ADMIN_KEY });
  return (body['server'] as { sockets: number }).sockets;
}

test('[WS5] a program shows its key in the head of the handshake and needs no connect', async () => {
  const tower = staffSocket({ authorization: `Bearer ${ADMIN_KEY}` });
  expect(await tower.next('welcome')).toMatchObject({ limits: { keys: 5_000 } });
  tower.say({ type: 'subscribe', id: 1, ch: 'ops', keys: ['now'] });
  expect(await tower.next('subscribed')).toMatchObject({ id: 1, snap: [{ k: 'now' }] });
  expect(await tower.next('update')).toMatchObject({ ch: 'ops' });
  expect(await sockets()).toBe(1);
  tower.close();
  await tower.closed;
  while ((await sockets()) > 0) await new Promise((done) => setImmediate(done));
});

test('[WS5] a browser, which cannot, sends connect', async () => {
  const tower = staffSocket({ origin: 'https://tower.example' });
  await tower.next('welcome');
  tower.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  expect(await tower.next('connected')).toMatchObject({ client: 'admin' });
  tower.close();
});

test.each([
  ['a key nobody has', { authorization: 'Bearer nobody' }, 401],
  ['a page of another site', { origin: 'https://evil.example' }, 403],
])('[WS14] %s is refused at the handshake and takes no place', async (_what, headers, status) => {
  expect(await refusedStatus(staffSocket(headers))).toBe(status);
  expect(await sockets()).toBe(0);
});

test('[WS6] nobody stays without a key: who subscribes, or says nothing, is closed', async () => {
  const hasty = staffSocket();
  await hasty.next('welcome');
  hasty.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['A'] });
  expect((await hasty.closed).code).toBe(4503);
  const mute = staffSocket();
  expect((await mute.closed).code).toBe(4503);
});

test('[WS1] another sub-protocol, bytes, a handshake that is none: each ends here alone, and the public door is another', async () => {
  const other = staffSocket({ authorization: `Bearer ${ADMIN_KEY}` }, 'mqtt');
  expect((await other.closed).code).not.toBe(1000);
  const bytes = staffSocket({ authorization: `Bearer ${ADMIN_KEY}` });
  await bytes.next('welcome');
  bytes.ws.send(Buffer.from([1]));
  expect((await bytes.closed).code).toBe(4501);
  expect(await server.call(STAFF_SOCKET_PATH)).toMatchObject({ status: 426, body: { code: 'upgrade-required' } });
  const half = await server.call(STAFF_SOCKET_PATH, { key: ADMIN_KEY, headers: { 'sec-websocket-key': 'x' } });
  expect(half.status).toBe(426);
  const page = openSocket(server.url);
  expect(await page.next('welcome')).toMatchObject({ limits: { keys: 100 } });
  page.close();
});

test('[WS13] a stopping server takes leave of both doors alike', async () => {
  const own = await startTestServer();
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const all = [openSocket(own.url), openSocket(own.url, { headers }, undefined, STAFF_SOCKET_PATH)];
  for (const socket of all) await socket.next('welcome');
  const stopping = own.stop();
  for (const socket of all) {
    expect(await socket.next('drain')).toMatchObject({ reason: 'restart' });
    expect((await socket.closed).code).toBe(1012);
  }
  await stopping;
});
