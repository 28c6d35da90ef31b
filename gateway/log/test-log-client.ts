import { expect } from 'vitest';
import { ADMIN_KEY, type TestServer } from '../test-server.ts';
import { openSocket, type TestSocket } from '../test-socket.ts';

// A consumer of a log, by hand: what the SDK does is not used to prove what the server does.

type Said = Readonly<Record<string, unknown>>;

export interface TestConsumer extends TestSocket {
  readonly subscribed: Said;
  /** The next `count` events. */
  events(count: number): Promise<readonly Said[]>;
}

export async function defineOutfeed(server: TestServer, id: string, row: object = {}): Promise<void> {
  const path = `/v1/reference/outfeeds/${id}`;
  const put = await server.call(path, { method: 'PUT', key: ADMIN_KEY, json: { id, ...row } });
  expect(put.status).toBe(200);
}

export async function consume(server: TestServer, about: object, key = ADMIN_KEY): Promise<TestConsumer> {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  socket.say({ type: 'connect', id: 1, token: key });
  await socket.next('connected');
  let subscribed: Said;
  for (;;) {
    socket.say({ type: 'subscribe', id: 2, mode: 'log', ch: 'feed:wms', consumer: 'erp', ...about });
    subscribed = await socket.next('subscribed', 'error');
    // The ledger may not have caught up after a start.
    if (subscribed['code'] !== 'busy') break;
    await new Promise((resolve) => setTimeout(resolve, Number(subscribed['retryAfterMs'])));
  }
  return {
    ...socket,
    subscribed,
    async events(count) {
      const seen: Said[] = [];
      while (seen.length < count) seen.push(await socket.next('event'));
      return seen;
    },
  };
}
