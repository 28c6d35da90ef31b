import { expect, test } from 'vitest';
import type { ClientId } from '../engine/contract/ids.ts';
import { PUBLIC, type Caller, type Scope } from './caller.ts';
import { OrderTopics, type OrderVersion } from './order-topics.ts';
import { ADMIN_KEY, startTestServer } from './test-server.ts';
import { openSocket } from './test-socket.ts';
import type { Topic } from './topic.ts';

const staff = (client: string, ...scopes: Scope[]): Caller => {
  return { is: 'staff', client: client as ClientId, scopes: new Set(scopes), limits: {} };
};
const SHOP = staff('shop', 'reservations');
const OTHER = staff('other', 'reservations');
const DESK = staff('ann', 'desk');
const B2B_DESK = { ...staff('bob', 'desk'), limits: { channels: new Set(['b2b']) } };

function setUp() {
  const orders = new Map<string, OrderVersion>();
  const changed: string[] = [];
  let reads = 0;
  const read = async (ids: readonly string[]) => {
    reads += 1;
    return ids.map((id) => orders.get(id)).filter((order) => order !== undefined);
  };
  const topics = new OrderTopics('e1', read, (topic) => changed.push(topic.k));
  const place = (id: string, r: number, state: string) => {
    const order = { id, client: 'shop' as ClientId, about: { channel: 'web' }, r, d: JSON.stringify({ state }), at: 9 };
    orders.set(id, order);
    topics.publish(order);
  };
  const names = (of: readonly Topic[]) => of.map(({ k }) => k);
  return { topics, changed, place, names, reads: () => reads };
}

test('[ST17] an order is watched by its client and by the service desk; for others it is as unknown as one that does not exist', async () => {
  const { topics, place, names } = setUp();
  place('o-1', 1, 'placed');
  expect(names(await topics.acquire(['o-1', 'o-2'], SHOP))).toEqual(['o-1']);
  expect(names(await topics.acquire(['o-1'], DESK))).toEqual(['o-1']);
  expect(names(await topics.acquire(['o-1', 'o-2'], OTHER))).toEqual([]);
  expect(names(await topics.acquire(['o-1'], PUBLIC))).toEqual([]);
  expect(names(await topics.acquire(['o-1'], B2B_DESK))).toEqual([]);
  expect(topics.size).toBe(1);
});

test('[ST17] each change of a watched order is pushed once, its newest state wins, and one read serves all', async () => {
  const { topics, changed, place, reads } = setUp();
  place('o-1', 1, 'placed');
  const [topic] = await topics.acquire(['o-1'], SHOP);
  await topics.acquire(['o-1'], DESK);
  expect(reads()).toBe(1);
  changed.length = 0;
  place('o-1', 3, 'shipped');
  place('o-1', 2, 'picked');
  place('o-9', 1, 'placed');
  expect(changed).toEqual(['o-1']);
  expect(topic!.entry()).toBe('{"k":"o-1","e":"e1","r":3,"d":{"state":"shipped"}}');
});

test('[ST17] a topic ends with its last watcher, also when the read fails', async () => {
  const { topics, place } = setUp();
  place('o-1', 1, 'placed');
  const [topic] = await topics.acquire(['o-1'], SHOP);
  topics.release(topic!);
  expect(topics.size).toBe(0);
  const failing = new OrderTopics(
    'e1',
    () => Promise.reject(new Error('busy')),
    () => undefined,
  );
  await expect(failing.acquire(['o-1', 'o-2'], SHOP)).rejects.toThrow('busy');
  expect(failing.size).toBe(0);
});

test('[ST17] the public may not watch orders; who may is told of those that are unknown', async () => {
  const server = await startTestServer();
  const page = openSocket(server.url);
  await page.next('welcome');
  page.say({ type: 'subscribe', id: 1, ch: 'order', keys: ['o-1'] });
  expect(await page.next('error')).toMatchObject({ id: 1, code: 'forbidden' });
  page.close();
  const desk = openSocket(server.url);
  await desk.next('welcome');
  desk.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  desk.say({ type: 'subscribe', id: 2, ch: 'order', keys: ['o-1'] });
  expect(await desk.next('subscribed')).toEqual({
    type: 'subscribed',
    id: 2,
    ch: 'order',
    conflateMs: 250,
    snap: [],
    unknown: ['o-1'],
  });
  desk.close();
  await server.stop();
});
