import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realEnvironment, type Environment } from '../client/environment.ts';
import { LogConsumer, Rejection, type LogConsumerOptions } from '../client/log-consumer.ts';
import { liveUrl } from '../client/live-url.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { defineOutfeed } from './test-log-client.ts';

// The SDK's consumer against the real server, through restarts of both.

type Step = PromiseWithResolvers<void>;

interface Body {
  readonly units: number;
}

const dataDir = mkdtempSync(join(tmpdir(), 'onhand-consumer-'));
let server: TestServer;
let port: string;
let at = Date.now();
/** Waits of the real world would be half a second each. */
const world = { ...realEnvironment(), after: (ms: number, run: () => void) => realEnvironment().after(ms / 20, run) };

const start = async (): Promise<TestServer> => startTestServer({ DATA_DIR: dataDir, PORT: port });

beforeAll(async () => {
  port = await freePort();
  server = await start();
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function freePort(): Promise<string> {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port: free } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return String(free);
}

async function count(name: string, ...units: number[]): Promise<void> {
  const rows = units.map((each) => onHand(`SKU-${name}`, each, ++at));
  expect((await server.feed(rows)).status).toBe(200);
}

/** A consumer whose handled events can be waited for. */
function consumer(name: string, about: Partial<LogConsumerOptions<Body>> = {}, env: Environment = world) {
  const seen: { o: number; units: number }[] = [];
  let wake: () => void = () => undefined;
  const made = new LogConsumer<Body>(
    {
      url: liveUrl(`http://127.0.0.1:${port}`),
      token: ADMIN_KEY,
      channel: `feed:${name}`,
      consumer: 'erp',
      ...about,
      async handle(event) {
        await about.handle?.(event);
        seen.push({ o: event.o, units: event.d.units });
        wake();
      },
    },
    env,
  );
  made.start();
  return {
    made,
    seen,
    async until(events: number): Promise<void> {
      while (seen.length < events) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

test('[LG2][LG5] a consumer that is stopped and started, and whose server is, handles every event in order', async () => {
  await defineOutfeed(server, 'a', { skus: ['SKU-a'] });
  await count('a', 1, 2, 3);
  const first = consumer('a');
  await first.until(3);
  await server.stop();
  server = await start();
  await count('a', 4);
  await first.until(4);
  await first.made.stop();
  await count('a', 5, 6);
  const second = consumer('a');
  await second.until(2);
  await second.made.stop();
  expect([...first.seen, ...second.seen].map(({ units }) => units)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('[LG6] a Rejection parks the event, and anything else that is thrown brings it again', async () => {
  await defineOutfeed(server, 'b', { skus: ['SKU-b'] });
  await count('b', 1, 2, 3);
  let tries = 0;
  const reader = consumer('b', {
    handle({ d: { units } }) {
      if (units === 2) throw new Rejection('unknown-bin', 'no such bin');
      if (units === 3 && ++tries < 3) throw new Error('the database is away');
    },
  });
  await reader.until(2);
  await reader.made.stop();
  expect(reader.seen).toEqual([
    { o: 1, units: 1 },
    { o: 3, units: 3 },
  ]);
  expect(tries).toBe(3);
});

test('[LG3] a loss is dealt with before the stream goes on', async () => {
  await defineOutfeed(server, 'c', { skus: ['SKU-c'] });
  const losses: unknown[] = [];
  const [told, dealtWith, came] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as [Step, Step, Step];
  const lost = async (loss: unknown): Promise<void> => {
    losses.push(loss);
    told.resolve();
    await dealtWith.promise;
  };
  /** Says when an event has come, which the consumer then has. */
  const openSocket: Environment['openSocket'] = (...to) => {
    const socket = world.openSocket(...to);
    const onText = ({ data }: MessageEvent): void => void (String(data).includes('"event"') && came.resolve());
    (socket as WebSocket).addEventListener('message', onText);
    return socket;
  };
  const reader = consumer('c', { since: { e: 'of-another-life', o: 9 }, lost }, { ...world, openSocket });
  await told.promise;
  await count('c', 7);
  await came.promise;
  await nextTurn();
  expect(reader.seen).toEqual([]);
  dealtWith.resolve();
  await reader.until(1);
  await reader.made.stop();
  expect(losses).toEqual([{ reason: 'epoch', snapshot: '/v1/log/feed:c/snapshot' }]);
});

test('[LG12] of two processes of one name the older ends for good', async () => {
  await defineOutfeed(server, 'd', { skus: ['SKU-d'] });
  const { promise, resolve } = Promise.withResolvers<string>();
  const older = consumer('d', { ended: resolve });
  await count('d', 1);
  await older.until(1);
  const newer = consumer('d');
  expect(await promise).toBe('taken-over');
  await newer.made.stop();
});
