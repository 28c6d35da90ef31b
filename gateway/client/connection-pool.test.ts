import { expect, test } from 'vitest';
import { ConnectionPool } from './connection-pool.ts';
import { FakeWorld } from './fake-world.ts';
import { WAYS } from './ladder.ts';
import type { Scope } from './subscription-table.ts';

const SERVER = { url: 'ws://shop.test/v1/live', ways: WAYS };
const deaf = { state: (): void => {}, link: (): void => {} };

function pooled() {
  const world = new FakeWorld();
  const pool = new ConnectionPool(world);
  const watch = (key: string, scope: Scope = {}): (() => void) => pool.watch(SERVER, { ch: 'stock', key, scope }, deaf);
  return { world, watch };
}

test('all elements of a page share one socket', () => {
  const { world, watch } = pooled();
  for (const key of ['A', 'B', 'C', 'A']) watch(key);
  expect(world.sockets).toHaveLength(1);
});

test('only the same sku near two places needs a second one, and a fifth scope is a mistake', () => {
  const { world, watch } = pooled();
  for (let lat = 0; lat < 4; lat++) watch('A', { near: { lat, lon: 0 } });
  expect(world.sockets).toHaveLength(4);
  expect(() => watch('A', { near: { lat: 9, lon: 0 } })).toThrow('more than 4 sockets');
});

test('an unused socket is closed after a while, one taken up again meanwhile is kept', () => {
  const { world, watch } = pooled();
  const stop = watch('A');
  stop();
  const stopB = watch('B');
  world.pass(5_000);
  expect(world.socket.closedWith).toBeUndefined();
  stopB();
  world.pass(5_000);
  expect(world.socket.closedWith).toBe(1000);
  watch('C');
  expect(world.sockets).toHaveLength(2);
});

test('keys beyond those of one socket go to another', () => {
  const { world, watch } = pooled();
  for (let key = 0; key < 100; key++) watch(String(key));
  watch('99');
  expect(world.sockets).toHaveLength(1);
  watch('100');
  expect(world.sockets).toHaveLength(2);
});
