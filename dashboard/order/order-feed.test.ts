import { expect, test } from 'vitest';
import { FakeWorld } from '../../gateway/client/fake-world.ts';
import type { CustomerOrder } from '../../gateway/protocol/customer-order.ts';
import { OrderFeed } from './order-feed.ts';
import { testOrder } from './test-order.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const KEY = `o1-1.${TOKEN}`;

function open() {
  const world = new FakeWorld();
  const feed = new OrderFeed({ id: 'o1-1', token: TOKEN }, 'http://shop.example', world);
  feed.start();
  const tell = (order: CustomerOrder, r: number): void =>
    world.socket.say({ type: 'update', ch: 'order', k: KEY, e: 'e1', r, t: 0, d: order } as never);
  return { world, feed, tell };
}

test('[ST17] an order is followed live, with nothing asked beside it', async () => {
  const { world, feed, tell } = open();
  world.socket.welcome();
  world.pass(0);
  expect(world.socket.sent).toMatchObject([{ type: 'subscribe', ch: 'order', keys: [KEY] }]);
  tell(testOrder(), 1);
  tell(testOrder({ status: 'shipped' }), 2);
  world.pass(30_000);
  expect(feed.now.value).toMatchObject({ phase: 'known', order: { status: 'shipped' } });
  expect({ asked: world.requests.length, isFresh: feed.isFresh.value }).toEqual({ asked: 0, isFresh: true });
});

test('[ST17] where no socket gets through the order is asked for, its token in a header and in no address', async () => {
  const { world, feed } = open();
  world.socket.drop(1006);
  world.pass(3_000);
  expect(world.request.url.href).toBe('http://shop.example/v1/orders/o1-1/status');
  expect(world.request.headers.get('x-order-token')).toBe(TOKEN);
  world.request.reply(testOrder());
  await world.settle();
  expect(feed.now.value).toMatchObject({ phase: 'known', order: { number: '#1001' } });
  expect(feed.isFresh.value).toBe(true);
  world.pass(14_000);
  expect(world.requests.length).toBe(1);
  world.pass(9_000);
  expect(world.requests.length).toBe(2);
});

test('[ST17] while nothing answers what was heard last stays and is said to be old, until the link is back', async () => {
  const { world, feed, tell } = open();
  world.socket.welcome();
  tell(testOrder(), 1);
  world.socket.drop(1006);
  world.pass(3_000);
  world.request.fail();
  await world.settle();
  expect({ now: feed.now.value.phase, isFresh: feed.isFresh.value }).toEqual({ now: 'known', isFresh: false });
  world.socket.welcome();
  expect(feed.isFresh.value).toBe(true);
});

test('[ST17] an answer that comes after the link is back is older, and is passed over', async () => {
  const { world, feed, tell } = open();
  world.socket.drop(1006);
  world.pass(3_000);
  world.socket.welcome();
  tell(testOrder({ status: 'shipped' }), 2);
  world.request.reply(testOrder());
  await world.settle();
  expect(feed.now.value).toMatchObject({ order: { status: 'shipped' } });
});

test('[ST17] a link that the server does not know is not tried again: it counts wrong ones', async () => {
  const { world, feed } = open();
  world.socket.drop(1006);
  world.pass(3_000);
  world.request.reply({ code: 'unknown-order', message: 'no' }, { status: 404 });
  await world.settle();
  expect(feed.now.value).toEqual({ phase: 'unknown' });
  const { sockets, requests } = world;
  const before = { sockets: sockets.length, requests: requests.length };
  world.pass(600_000);
  expect({ sockets: sockets.length, requests: requests.length }).toEqual(before);
});
