import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';
import { openSocket } from './test-socket.ts';

const MIB = 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    FEED_BYTES_MAX: String(4 * MIB),
    FEED_BYTES_IN_FLIGHT: String(8 * MIB),
    UNSENT_CLOSE_BYTES: '65536',
    SLOW_READER_MS: '1500',
    CONFLATE_MS_MIN: '10',
  });
});
afterAll(() => server.stop());

async function answersAsEver(): Promise<void> {
  const at = Date.now();
  expect((await server.feed([onHand('ALIVE', at % 1_000, at)])).status).toBe(200);
  expect((await server.call('/v1/stock/ALIVE')).body).toMatchObject({ d: { units: at % 1_000 } });
}

/** Sends a feed of so many bytes and says how many were written when the answer came. */
function sendLarge(
  bytes: number,
  headers: Record<string, string>,
  chunk = Buffer.alloc(64 * 1024, 'x'),
): Promise<{ status: number; body: string; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const post = request(`${server.url}/v1/feeds/pos`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    });
    post.on('error', reject);
    post.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body, sent });
        post.destroy();
      });
    });
    const write = () => {
      while (sent < bytes && !post.destroyed) {
        sent += chunk.length;
        if (!post.write(chunk)) return void post.once('drain', write);
      }
      post.end();
    };
    write();
  });
}

test('[FD11] a body that stops half way records nothing', async () => {
  const rows = [onHand('HALF-1', 5), onHand('HALF-2', 6)].map((row) => JSON.stringify(row)).join('\n');
  const socket = await rawConnection();
  await new Promise((resolve) => socket.write(headOf(rows.length + 100) + rows, resolve));
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await gone;
  await answersAsEver();
  expect((await server.call('/v1/stock?sku=HALF-1&sku=HALF-2')).body).toEqual({
    stock: [],
    unknown: ['HALF-1', 'HALF-2'],
  });
  expect((await server.call('/v1/dead-letters', { key: ADMIN_KEY })).body).toEqual({ letters: [] });
});

test('a 200 MB body is refused by its length, hardly read, in bounded memory', async () => {
  const before = process.memoryUsage.rss();
  const answer = await sendLarge(200 * MIB, { 'content-length': String(200 * MIB) });
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.body)).toMatchObject({
    code: 'body-too-large',
    message: expect.stringContaining('4194304'),
  });
  expect(answer.sent).toBeLessThan(64 * MIB);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MIB);
  await answersAsEver();
});

test('a body that does not say its length is refused when it passes the bound', async () => {
  const answer = await sendLarge(200 * MIB, { 'transfer-encoding': 'chunked' });
  expect(answer.status).toBe(413);
  expect(answer.sent).toBeLessThan(64 * MIB);
  await answersAsEver();
});

test('a gzip bomb ends at the same bound', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * MIB));
  expect(bomb.length).toBeLessThan(MIB);
  const headers = { 'content-encoding': 'gzip' };
  const answer = await server.call('/v1/feeds/pos', { method: 'POST', key: ADMIN_KEY, headers, body: bomb });
  expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  await answersAsEver();
});

test('a gzip bomb that is still arriving is answered like any other, and the server lives on', async () => {
  const bomb = gzipSync(Buffer.alloc(400 * MIB), { level: 1 });
  expect(bomb.length).toBeGreaterThan(MIB);
  const answer = await sendLarge(bomb.length * 50, { 'content-encoding': 'gzip' }, bomb);
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'body-too-large' });
  expect(answer.sent).toBeLessThan(bomb.length * 50);
  await answersAsEver();
});

test('bodies beyond what may be held at once are told to come again', async () => {
  const held: Socket[] = [];
  let answer = { status: 0, body: '', sent: 0 };
  // Until the server has read what the two others sent, there is room; and while all three arrive, any may be the one too many.
  for (let tries = 0; answer.status !== 503 && tries < 100; tries++) {
    while (held.filter((socket) => socket.bytesRead === 0).length < 2) held.push(await holdBody(3 * MIB));
    answer = await sendLarge(3 * MIB, {});
  }
  expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('overloaded') });
  for (const socket of held) socket.destroy();
  await answersAsEver();
});

test('[LM7] a client that never reads is closed, its memory goes, and the others see every version', async () => {
  const skus = Array.from({ length: 500 }, (_, index) => `SLOW-${index}`);
  const feed = (units: number, at: number) => server.feed(skus.map((sku) => onHand(sku, units, at)));
  await feed(1, Date.now() - 10_000);
  const deaf = await staffSocket(skus);
  const other = await staffSocket(['SLOW-0']);
  deaf.ws.pause();
  const start = Date.now() - 9_000;
  let rounds = 0;
  const closedBefore = await closes();
  while ((await closes()) === closedBefore) {
    rounds += 1;
    expect(rounds).toBeLessThan(2_000);
    await feed(rounds + 1, start + rounds);
    expect((await other.next('update'))['d']).toMatchObject({ units: rounds + 1 });
  }
  expect((await stats()).sockets).toBe(1);
  deaf.ws.terminate();
  other.close();
  await other.closed;
});

test('[LM4] a client that sends commands and reads no answers is closed', async () => {
  const skus = Array.from({ length: 500 }, (_, index) => `SLOW-${index}`);
  const deaf = await staffSocket(skus);
  deaf.ws.pause();
  const before = await closes();
  for (let id = 10; (await closes()) === before; id++) {
    expect(id).toBeLessThan(100_000);
    deaf.say({ type: 'subscribe', id, ch: 'stock', keys: skus });
  }
  expect((await stats()).sockets).toBe(0);
  await answersAsEver();
});

test.each([
  ['noise after the handshake', (ws: WebSocket) => rawOf(ws).write(Buffer.from('\xff\xfe\x00\x01noise', 'latin1'))],
  ['a message in 40 fragments', (ws: WebSocket) => sendInFragments(ws, 40)],
  ['a frame of 2 MiB', (ws: WebSocket) => ws.send('x'.repeat(2 * MIB))],
  ['a cut in the middle of a frame', (ws: WebSocket) => rawOf(ws).end(Buffer.from([0x81, 0xff]))],
])('[LM8] [LM2] %s ends that socket only', async (_what, attack) => {
  const other = openSocket(server.url);
  await other.next('welcome');
  const hostile = openSocket(server.url);
  await hostile.next('welcome');
  attack(hostile.ws);
  expect((await hostile.closed).code).not.toBe(1000);
  other.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['ALIVE'] });
  expect(await other.next('subscribed')).toMatchObject({ id: 1 });
  other.close();
  await other.closed;
});

/** The client's own TCP socket: tests may do what clients must not. */
function rawOf(ws: WebSocket): Socket {
  return (ws as unknown as { _socket: Socket })._socket;
}

function sendInFragments(ws: WebSocket, count: number): void {
  for (let index = 0; index < count; index++) ws.send('{', { fin: index === count - 1 });
}

async function staffSocket(keys: readonly string[]) {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  socket.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  socket.say({ type: 'subscribe', id: 2, ch: 'stock', keys, conflateMs: 0 });
  await socket.next('subscribed');
  return socket;
}

async function stats(): Promise<{ sockets: number; closed: Record<string, number> }> {
  const { body } = await server.call('/v1/stats', { key: ADMIN_KEY });
  return body['server'] as { sockets: number; closed: Record<string, number> };
}

/** Sockets that ended without a close frame of their own: 1006 is what an unread close becomes. */
async function closes(): Promise<number> {
  return Object.values((await stats()).closed).reduce((sum, count) => sum + count, 0);
}

function headOf(length: number): string {
  return (
    `POST /v1/feeds/pos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n` +
    `Content-Length: ${length}\r\n\r\n`
  );
}

async function rawConnection(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Sends all but the last byte of a body, so the server holds it. */
async function holdBody(bytes: number): Promise<Socket> {
  const socket = await rawConnection();
  socket.write(headOf(bytes));
  await new Promise((resolve) => socket.write(Buffer.alloc(bytes - 1, 'x'), resolve));
  return socket;
}
