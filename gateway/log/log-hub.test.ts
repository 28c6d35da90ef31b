import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { PUBLIC } from '../caller.ts';
import { messagesIn } from '../test-frames.ts';
import { LogDelivery } from './log-delivery.ts';
import { LogHub } from './log-hub.ts';
import type { LogSource } from './log-source.ts';
import { LogStore } from './log-store.ts';

// What becomes of acks and subscribes when the store is too busy, or the log another's, in between. The store is a real one.

const dir = mkdtempSync(join(tmpdir(), 'onhand-hub-'));
let files = 0;
const WALL_MS = 1_750_000_000_000;
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const openStore = (path: string): LogStore =>
  new LogStore({ path, consumersMax: 9, parkedMax: 9, log: () => undefined });

async function world() {
  const path = join(dir, `${++files}.sqlite`);
  const store = openStore(path);
  await store.ready();
  const log = { e: 'e1', isOpen: true, onRead: () => {} };
  const state = () => ({ e: log.e, first: 1, head: 3 });
  const source: LogSource = {
    kind: 'feed',
    names: () => ['x'],
    namedTo: () => ['x'],
    state,
    isOpenTo: () => log.isOpen,
    snapshotPath: () => '/snapshot',
    snapshot: () => undefined,
    follow: () => undefined,
    async read(_, from, limit) {
      log.onRead();
      const events = [1, 2, 3].slice(from - 1, from - 1 + limit);
      return { ...state(), events: events.map((o) => ({ o, eid: `${o}`, t: 1, d: '{}' })) };
    },
  };
  const limits = { creditMax: 9, ackMs: 1e9, acksPerSec: 1e9 };
  const hub = new LogHub({
    sources: [source],
    store,
    limits,
    now: () => 0,
    wallNow: () => WALL_MS,
    hit: () => undefined,
  });
  return { path, store, log, hub };
}

/** As many calls as the store takes: whatever else it is asked in this turn it refuses as busy. */
function crowd(store: LogStore): Promise<unknown> {
  return Promise.all(Array.from({ length: 1_000 }, () => store.parked({ ch: 'feed:y', limit: 1 })));
}

function socket(hub: LogHub) {
  const said: { type: string; o?: number }[] = [];
  const closes: number[] = [];
  const sink = {
    hasRoom: true,
    whenRoom: async () => undefined,
    write: (frames: readonly Buffer[]) => void said.push(...(messagesIn(frames) as unknown as typeof said)),
  };
  const subscribe = (about: object = {}) => {
    const command = { type: 'subscribe', id: 1, ch: 'feed:x', mode: 'log', consumer: 'c', ...about } as const;
    return hub.subscribe(command, PUBLIC, sink, (code) => void closes.push(code));
  };
  return {
    said,
    closes,
    subscribe,
    async reading(events = 3): Promise<LogDelivery> {
      const made = await subscribe();
      while (said.filter(({ type }) => type === 'event').length < events) await nextTurn();
      return made as LogDelivery;
    },
  };
}

/** What a server that is started again knows of consumers. */
async function marksIn(path: string): Promise<unknown[]> {
  const store = openStore(path);
  await store.ready();
  const marks = [...store.marks()].map(({ consumer, o }) => ({ consumer, o }));
  await store.close();
  return marks;
}

test('[LG5] an ack that could not be written down is written when it is said again, and not told before', async () => {
  const { path, store, hub } = await world();
  const delivery = await socket(hub).reading();
  const crowded = crowd(store);
  await expect(delivery.ack(2)).rejects.toThrow('overloaded');
  await crowded;
  await delivery.ack(2);
  await store.close();
  expect(await marksIn(path)).toEqual([{ consumer: 'c', o: 2 }]);
});

test('[LG5] what one commit could not write is in the next, whoever asks for that', async () => {
  const { path, store } = await world();
  const mark = (consumer: string, o: number) => store.set({ ch: 'feed:x', consumer, e: 'e1', o, at: 0 });
  await mark('a', 1);
  const crowded = crowd(store);
  await expect(mark('a', 2)).rejects.toThrow('overloaded');
  await crowded;
  await mark('b', 3);
  await store.close();
  expect(await marksIn(path)).toEqual([
    { consumer: 'a', o: 2 },
    { consumer: 'b', o: 3 },
  ]);
});

test('[LG6] an event of another epoch is not parked for the one that was sent', async () => {
  const { store, log, hub } = await world();
  const consumer = socket(hub);
  const delivery = await consumer.reading();
  log.e = 'e2';
  await delivery.nack(2, { code: 'odd' });
  expect(consumer.closes).toEqual([4007]);
  expect(await store.parked({ ch: 'feed:x', limit: 9 })).toEqual([]);
  await store.close();
});

test('[WS9] a subscribe that cannot be taken leaves the older connection reading, and what it acknowledges counts', async () => {
  const { path, store, hub } = await world();
  const older = socket(hub);
  const delivery = await older.reading();
  const newer = socket(hub);
  const crowded = crowd(store);
  await expect(newer.subscribe()).rejects.toThrow('overloaded');
  await crowded;
  expect(older.closes).toEqual([]);
  await delivery.ack(3);
  expect(await newer.subscribe()).toBeInstanceOf(LogDelivery);
  expect(older.closes).toEqual([4505]);
  expect(newer.said).toMatchObject([{ type: 'subscribed', from: 4 }]);
  await store.close();
  expect(await marksIn(path)).toEqual([{ consumer: 'c', o: 3 }]);
});

test('[WS9][LG12] the same of two subscribes of one socket: the first goes on unless the second is taken', async () => {
  const { store, hub } = await world();
  const consumer = socket(hub);
  const delivery = await consumer.reading();
  const crowded = crowd(store);
  await expect(consumer.subscribe()).rejects.toThrow('overloaded');
  await crowded;
  expect(delivery.isEnded).toBe(false);
  expect(await consumer.subscribe({ consumer: 'other' })).toBeInstanceOf(LogDelivery);
  expect(delivery.isEnded).toBe(true);
  expect(consumer.closes).toEqual([]);
  await store.close();
});

test('[LG5][LG12] an ack on the older connection while a newer one says what it has does not outdo it', async () => {
  const { path, store, hub } = await world();
  const delivery = await socket(hub).reading();
  const subscribing = socket(hub).subscribe({ since: { e: 'e1', o: 1 } });
  while (store.mark('feed:x', 'c')?.o !== 1) await Promise.resolve();
  await Promise.all([delivery.ack(3), subscribing]);
  await store.close();
  expect(await marksIn(path)).toEqual([{ consumer: 'c', o: 1 }]);
});

test('[LG1] a log that is taken from the caller while it subscribes is forbidden', async () => {
  const { store, log, hub } = await world();
  const consumer = socket(hub);
  log.onRead = () => (log.isOpen = false);
  expect(await consumer.subscribe()).toMatchObject({ code: 'forbidden' });
  expect(consumer.said).toEqual([]);
  await store.close();
});

test('[LG5] a consumer whose subscribe was refused as busy is none, and takes nobody its place', async () => {
  const { path, store, hub } = await world();
  const crowded = crowd(store);
  await expect(socket(hub).subscribe({ consumer: 'never' })).rejects.toThrow('overloaded');
  await crowded;
  expect([...store.marks()]).toEqual([]);
  await socket(hub).subscribe();
  await store.close();
  expect(await marksIn(path)).toEqual([{ consumer: 'c', o: 0 }]);
});

test('[LG6] what staff read of consumers is stamped by the wall clock, whatever the steady one says', async () => {
  const { store, hub } = await world();
  const delivery = await socket(hub).reading();
  expect(store.mark('feed:x', 'c')?.at).toBe(WALL_MS);
  await delivery.nack(1, { code: 'odd' });
  await delivery.ack(1);
  const [parked] = await store.parked({ ch: 'feed:x', limit: 1 });
  expect([delivery.since, parked?.at, store.mark('feed:x', 'c')?.at]).toEqual([WALL_MS, WALL_MS, WALL_MS]);
  await store.close();
});
