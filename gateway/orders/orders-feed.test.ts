import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EXCEPTION_QUEUES } from '../../engine/contract/order.ts';
import type { OrderCounts } from '../../engine/contract/order-view.ts';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import type { OrderQueues, RecentOrders } from '../protocol/orders-states.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket } from '../test-socket.ts';
import type { Topic } from '../topic.ts';
import { OrdersFeed } from './orders-feed.ts';
import { heldOrder, shipOrder, workFor } from './test-orders.ts';

async function watch(server: TestServer) {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  socket.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  socket.say({ type: 'subscribe', id: 2, ch: 'orders', keys: ['recent', 'queues'] });
  const [recent, queues] = (await socket.next('subscribed'))['snap'] as [{ d: RecentOrders }, { d: OrderQueues }];
  return { socket, recent: recent.d, queues: queues.d };
}

test('[ST19] an operator sees orders as they change and those that wait for a person, also after a restart', async () => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'onhand-orders-'));
  onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }));
  const server = await startTestServer({ DATA_DIR });
  await server.feed([onHand('MILK-1', 9)]);
  const { socket, recent } = await watch(server);
  expect(recent).toMatchObject({ orders: [], placedPerMin: 0, statuses: { processing: 0 } });
  await workFor(server.engine, shipOrder('first', { 'MILK-1': 1 }));
  const unpaid = shipOrder('second', { 'MILK-1': 2 }) as Extract<ShopMessage, { kind: 'place' }>;
  await server.engine.shopMessage('shop' as never, {
    ...unpaid,
    order: { ...unpaid.order, paid: 'pending' },
  });
  for (let held = 0; held === 0;) {
    const { k, d } = (await socket.next('update')) as unknown as { k: string; d: OrderQueues };
    if (k === 'queues') held = d.queues.find(({ queue }) => queue === 'on-hold')!.count;
  }
  socket.close();
  await server.stop();

  const again = await startTestServer({ DATA_DIR });
  const seen = await watch(again);
  expect(seen.recent.orders.map(({ number, status }) => [number, status])).toEqual([
    ['second', 'on-hold'],
    ['first', 'processing'],
  ]);
  expect(seen.recent).toMatchObject({ statuses: { 'on-hold': 1, processing: 1 }, queues: { 'on-hold': 1, late: 0 } });
  const waiting = seen.queues.queues.filter(({ count }) => count > 0);
  expect(waiting).toMatchObject([{ queue: 'on-hold', count: 1, orders: [{ number: 'second', queueWhy: 'payment' }] }]);
  seen.socket.close();
  await again.stop();
});

function setUp() {
  const queues = Object.fromEntries(EXCEPTION_QUEUES.map((queue) => [queue, 0])) as OrderCounts['queues'];
  const changed: string[] = [];
  let reads = 0;
  let isDown = false;
  const engine = {
    orderCounts: async () => {
      reads += 1;
      if (isDown) return { status: 'refused', code: 'ledger-behind' } as const;
      return { queues, statuses: {} as OrderCounts['statuses'], through: 1 };
    },
    findOrders: async () => ({ orders: [], through: 1 }),
  };
  const feed = new OrdersFeed({
    engine: engine as never,
    wallNow: () => 1,
    changed: (topic) => changed.push(topic.k),
    run: 'r1',
    log: () => undefined,
  });
  const turn = async (): Promise<void> => {
    feed.turn();
    // A look has three questions at most, each answered at once.
    for (let step = 0; step < 20; step++) await Promise.resolve();
  };
  const place = () => feed.take([{ order: heldOrder(), what: 'OrderPlaced' }]);
  return { feed, changed, turn, place, reads: () => reads, down: (is: boolean) => (isDown = is) };
}

test('[ST19] nothing is asked while nobody watches, or while no order has changed', async () => {
  const { feed, turn, place, reads, changed } = setUp();
  place();
  await turn();
  expect(reads()).toBe(0);
  const topics = await feed.acquire(['recent', 'nothing']);
  expect(topics.map(({ k }) => k)).toEqual(['recent']);
  await turn();
  await turn();
  expect(reads()).toBe(1);
  for (let orders = 0; orders < 5; orders++) place();
  await turn();
  expect([reads(), changed.at(-1)]).toEqual([2, 'recent']);
  expect(topics[0]!.entry()).toContain('"placedPerMin":6');
  for (let second = 0; second < 60; second++) await turn();
  expect(topics[0]!.entry()).toContain('"placedPerMin":0');
  feed.release(topics[0] as Topic);
  place();
  const before = reads();
  await turn();
  expect(reads()).toBe(before);
});

test('[ST19] who comes while the first look is under way waits for it', async () => {
  const { feed, reads } = setUp();
  const seen = (keys: readonly string[]) => feed.acquire(keys).then((topics) => topics.map(({ isKnown }) => isKnown));
  expect(await Promise.all([seen(['recent']), seen(['queues'])])).toEqual([[true], [true]]);
  expect(reads()).toBe(1);
});

test('[ST19] a read model that cannot answer is asked again, and whoever came meanwhile is told to come back', async () => {
  const { feed, turn, place, reads, down } = setUp();
  down(true);
  await expect(feed.acquire(['recent'])).rejects.toThrow('overloaded');
  down(false);
  const [topic] = await feed.acquire(['recent']);
  down(true);
  place();
  await turn();
  down(false);
  await turn();
  expect(reads()).toBe(4);
  expect(topic!.entry()).toContain('"placedPerMin":1');
});
