import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { Limit } from './limits.ts';
import { consume, defineOutfeed, type TestConsumer } from './log/test-log-client.ts';
import { valueOf } from './metrics/test-samples.ts';
import { ADMIN_KEY, onHand, type TestServer } from './test-server.ts';
import { openSocket, refusedStatus, type TestSocket } from './test-socket.ts';

// Clients that run into limits, for limits.test.ts.

export function hits(server: TestServer, limit: Limit): Promise<number> {
  return shown(server, 'onhand_limit_hits_total', `limit="${limit}"`);
}

async function shown(server: TestServer, metric: string, labels = ''): Promise<number> {
  const { body } = await server.call('/metrics', { key: ADMIN_KEY });
  return valueOf(body['text'] as string, metric, labels);
}

/** Asks until it was counted: the keeper looks once a second. */
export async function moved(server: TestServer, limit: Limit): Promise<void> {
  while ((await hits(server, limit)) === 0);
}

export async function welcomed(server: TestServer): Promise<TestSocket> {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  return socket;
}

export async function connected(server: TestServer): Promise<TestSocket> {
  const socket = await welcomed(server);
  socket.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  await socket.next('connected');
  return socket;
}

export async function watching(socket: TestSocket, server: TestServer, keys: readonly string[], conflateMs: number) {
  await server.feed(keys.map((sku) => onHand(sku, 1)));
  socket.say({ type: 'subscribe', id: 2, ch: 'stock', keys, conflateMs });
  await socket.next('subscribed');
  return socket;
}

/** A consumer of a log of that name, in which so many events are. */
export async function reading(server: TestServer, name: string, events: number): Promise<TestConsumer> {
  const sku = `LOG-${name}`;
  await defineOutfeed(server, name, { skus: [sku] });
  for (let units = 1; units <= events; units++) await server.feed([onHand(sku, units, Date.now() + units)]);
  return consume(server, { ch: `feed:${name}`, consumer: name });
}

/** Two get in, the third is refused; when they have gone there is room again. */
export async function refusedAfterTwo(server: TestServer, status: number): Promise<void> {
  const two = [await welcomed(server), await welcomed(server)];
  expect(await refusedStatus(openSocket(server.url))).toBe(status);
  for (const socket of two) socket.close();
  await Promise.all(two.map(({ closed }) => closed));
}

/** Staff that watches 400 skus, asks for them again and again, and has stopped reading: what the kernel takes is full. */
export async function deafSocket(server: TestServer, conflateMs: number): Promise<TestSocket> {
  const skus = Array.from({ length: 400 }, (_, index) => `SLOW-${index}`);
  const socket = await watching(await connected(server), server, skus, conflateMs);
  socket.ws.pause();
  for (let id = 10; ; id++) {
    socket.say({ type: 'subscribe', id, ch: 'stock', keys: skus, conflateMs });
    if (id % 20 !== 0) continue;
    if ((await shown(server, 'onhand_socket_unsent_bytes')) > 1_024) return socket;
    expect(id).toBeLessThan(5_000);
  }
}

export async function rawSocket(server: TestServer): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Holds bodies, then asks for one too many. */
export async function overfilled(
  server: TestServer,
  hold: () => Promise<Socket | readonly Socket[]>,
  ask: () => Promise<{ readonly status: number }>,
): Promise<void> {
  let held: readonly Socket[] = [];
  for (let status = 0, tries = 0; status !== 503; tries++) {
    expect(tries).toBeLessThan(1_000);
    if (held.every((socket) => socket.bytesRead > 0)) held = [await hold()].flat();
    // The scrape is one of them too.
    while ((await shown(server, 'onhand_http_requests_in_flight')) <= held.length);
    status = (await ask()).status;
  }
  for (const socket of held) socket.destroy();
}

/** A request that is whole but for its last byte. */
export async function holdBody(server: TestServer, path: string, bytes: number, headers = ''): Promise<Socket> {
  const head =
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n${headers}` +
    `Content-Length: ${bytes}\r\n\r\n`;
  const socket = await rawSocket(server);
  socket.write(head + 'x'.repeat(bytes - 1));
  return socket;
}

/** A signature nobody made: its body is read before it can be told. */
export function signature(): Record<string, string> {
  const now = String(Math.floor(Date.now() / 1000));
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': now, 'webhook-signature': `v1,${'A'.repeat(43)}=` };
}

export function webhook(server: TestServer, body: string) {
  return server.call('/v1/webhooks/pos', { method: 'POST', headers: signature(), body });
}
