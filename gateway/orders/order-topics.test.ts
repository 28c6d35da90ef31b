import { expect, test } from 'vitest';
import type { ClientId, OrderId } from '../../engine/contract/ids.ts';
import type { Order } from '../../engine/contract/order.ts';
import { PUBLIC, type Caller, type Scope } from '../caller.ts';
import type { TooOften } from '../topic-source.ts';
import type { Topic } from '../topic.ts';
import { OrderTopics } from './order-topics.ts';
import { heldOrder, TOKEN } from './test-orders.ts';

const staff = (client: string, ...scopes: Scope[]): Caller => {
  return { is: 'staff', client: client as ClientId, scopes: new Set(scopes), limits: {} };
};
const SHOP = staff('shop', 'orders');
const OTHER = staff('other', 'orders');
const DESK = staff('ann', 'desk');
const B2B_DESK = { ...staff('bob', 'desk'), limits: { channels: new Set(['b2b']) } };
const NODE_DESK = { ...staff('cat', 'desk'), limits: { nodes: new Set(['S-1']) } };

const ID = 'o9-1';
const OTHER_ID = 'o9-2';
const KEY = `${ID}.${TOKEN}`;

function setUp() {
  const orders = new Map<string, Order>();
  const changed: string[] = [];
  const guesses: string[] = [];
  let reads = 0;
  let waitMs = 0;
  const engine = {
    epoch: 'e1',
    reference: { nodes: new Map() },
    orders: async (ids: readonly OrderId[]) => {
      reads += 1;
      return ids.map((id) => orders.get(id)).filter((order) => order !== undefined);
    },
  };
  const brake = { waitMs: () => waitMs, count: (address: string) => void guesses.push(address) };
  const topics = new OrderTopics(engine, brake, (topic) => changed.push(topic.k));
  const put = (about: Partial<Order>) => {
    const order = heldOrder(about);
    orders.set(order.id, order);
    topics.publish([{ order, what: 'OrderChanged' }]);
  };
  const ask = async (caller: Caller, ...keys: string[]) =>
    (await topics.acquire(keys, { caller, address: 'a1' })) as Topic[];
  const see = async (caller: Caller, ...keys: string[]) => (await ask(caller, ...keys)).map(({ k }) => k);
  return { topics, changed, guesses, put, ask, see, reads: () => reads, brakeFor: (ms: number) => (waitMs = ms) };
}

test('[ST17] an order is watched by its client and by the service desk; for others it is as unknown as one that does not exist', async () => {
  const { topics, put, see } = setUp();
  put({});
  expect(await see(SHOP, ID, OTHER_ID, 'no-order')).toEqual([ID]);
  expect(await see(DESK, ID)).toEqual([ID]);
  for (const caller of [OTHER, PUBLIC, B2B_DESK, NODE_DESK, staff('shop', 'stock')]) {
    expect(await see(caller, ID, OTHER_ID)).toEqual([]);
  }
  expect(topics.size).toBe(1);
});

test('[ST17] whoever holds the token sees what is the customer’s; another token is unknown, and counted as a guess', async () => {
  const { ask, see, put, guesses } = setUp();
  put({});
  const [topic] = await ask(PUBLIC, KEY);
  expect(topic!.entry()).toMatch(`{"k":"${KEY}","e":"e1","r":1,"d":{"id":"o9-1","number":"#1001",`);
  expect(topic!.entry()).not.toMatch(/ann@customer|"client"|"works"/);
  expect(guesses).toEqual([]);
  const wrong = `${ID}.${TOKEN.replace('0', '1')}`;
  expect(await see(PUBLIC, wrong, `${OTHER_ID}.${TOKEN}`, `${ID}.short`, ID)).toEqual([]);
  expect(guesses).toEqual(['a1', 'a1']);
  const [seen] = await ask(DESK, ID);
  expect(seen!.entry()).toContain('ann@customer');
  expect(seen!.entry()).not.toContain(TOKEN);
});

test('[LM9] who has guessed too often is told to wait, before anything is read', async () => {
  const { topics, put, see, brakeFor, reads } = setUp();
  put({});
  brakeFor(900);
  const answer = (await topics.acquire([KEY], { caller: PUBLIC, address: 'a1' })) as TooOften;
  expect(answer).toEqual({ retryAfterMs: 900 });
  expect([reads(), topics.size]).toEqual([0, 0]);
  expect(await see(DESK, ID)).toEqual([ID]);
});

test('[ST17] a change is told to staff; to the customer when it shows; the later version wins, and one read serves all', async () => {
  const { changed, put, ask, reads } = setUp();
  put({});
  const [customers] = await ask(PUBLIC, KEY);
  const [staffs] = await ask(DESK, ID);
  expect(reads()).toBe(1);
  customers!.settle();
  const seen = customers!.version;
  put({ version: 3, tags: ['vip'] });
  put({ version: 2 });
  put({ id: OTHER_ID as OrderId, version: 9 });
  expect(changed).toEqual([ID, KEY]);
  expect(staffs!.entry()).toContain('"r":3,');
  customers!.settle();
  expect(customers!.version).toBe(seen);
  put({ version: 4, number: '#1001-A' });
  expect(customers!.entry()).toContain('"r":4,"d":{"id":"o9-1","number":"#1001-A"');
});

test('[ST4] a change between the question and its answer is not missed', async () => {
  const { topics, put } = setUp();
  put({});
  const asked = topics.acquire([ID], { caller: DESK, address: 'a1' });
  put({ version: 2 });
  const [topic] = (await asked) as Topic[];
  expect(topic!.entry()).toContain('"r":2,');
});

test('[ST17] an order is kept while somebody watches it, and forgotten also when a read fails', async () => {
  const { topics, put, ask } = setUp();
  put({});
  const [first] = await ask(SHOP, ID);
  const [second] = await ask(PUBLIC, KEY);
  topics.release(first!);
  expect(topics.size).toBe(1);
  topics.release(second!);
  expect(topics.size).toBe(0);
  const failing = new OrderTopics(
    { epoch: 'e1', reference: { nodes: new Map() }, orders: () => Promise.reject(new Error('busy')) },
    { waitMs: () => 0, count: () => undefined },
    () => undefined,
  );
  await expect(failing.acquire([ID, OTHER_ID], { caller: SHOP, address: 'a1' })).rejects.toThrow('busy');
  expect(failing.size).toBe(0);
});
