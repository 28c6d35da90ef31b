import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { realEnvironment, type Environment } from '../client/environment.ts';
import { liveUrl } from '../client/live-url.ts';
import { LogConsumer } from '../client/log-consumer.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { defineOutfeed } from './test-log-client.ts';

// The SDK's consumer before the real server, whose clock and whose turns, once a second, are the test's.

const EVENTS = 48;
const ACK_MS = 1_000;
let server: TestServer;
let nowMs = Date.now();

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = await startTestServer({ LOG_ACK_MS: String(ACK_MS) }, Math.random, undefined, () => nowMs);
});
afterAll(async () => {
  await server.stop();
  vi.useRealTimers();
});

/** The real one with short waits, and what is said to the server. */
function listened(said: Record<string, unknown>[]): Environment {
  const real = realEnvironment();
  return {
    ...real,
    after: (ms, run) => real.after(ms / 20, run),
    openSocket(...to) {
      const socket = real.openSocket(...to);
      const send = socket.send.bind(socket);
      socket.send = (text: string) => {
        said.push(JSON.parse(text) as Record<string, unknown>);
        send(text);
      };
      return socket;
    },
  };
}

test('[LG7] a handler too slow for its credit is closed some times, then reads on with less, each event once', async () => {
  await defineOutfeed(server, 'slow', { skus: ['SKU-1'] });
  const rows = Array.from({ length: EVENTS }, (_, index) => onHand('SKU-1', index + 1, nowMs - EVENTS + index));
  expect((await server.feed(rows)).status).toBe(200);
  const handled: number[] = [];
  const said: Record<string, unknown>[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const consumer = new LogConsumer(
    {
      url: liveUrl(server.url),
      token: ADMIN_KEY,
      channel: 'feed:slow',
      consumer: 'erp',
      credit: 8,
      async handle({ o }) {
        nowMs += ACK_MS / 4;
        vi.advanceTimersByTime(1000);
        // What was acknowledged before arrives meanwhile.
        await server.call('/v1/log', { key: ADMIN_KEY });
        if (handled.push(o) === EVENTS) resolve();
      },
    },
    listened(said),
  );
  consumer.start();
  await promise;
  await consumer.stop();
  expect(handled).toEqual(Array.from({ length: EVENTS }, (_, index) => index + 1));
  const credits = said.filter(({ type }) => type === 'subscribe').map(({ credit }) => credit);
  expect(credits.slice(0, 3)).toEqual([8, 4, 2]);
  expect(credits.length).toBeLessThan(5);
});
