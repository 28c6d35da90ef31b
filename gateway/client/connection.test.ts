import { describe, expect, test } from 'vitest';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import type { StockState } from '../protocol/wire.ts';
import { Connection } from './connection.ts';
import { FakeWorld } from './fake-world.ts';
import { WAYS, type Way } from './ladder.ts';
import { SignIn, type Token } from './sign-in.ts';
import type { KeyState } from './subscription-table.ts';

const MILK: StockState = { band: 'in-stock', availability: 'InStock', units: 41, asOf: 5 };

function connected({ token, ways = WAYS }: { token?: Token; ways?: readonly Way[] } = {}) {
  const world = new FakeWorld();
  const connection = new Connection(
    { url: 'ws://shop.test/v1/live', ways, ...(token !== undefined && { signIn: new SignIn(token) }) },
    world,
  );
  const seen: KeyState<StockState>[] = [];
  const stop = connection.watch('stock', '8412345', {}, (state) => seen.push(state));
  connection.start();
  return { world, connection, seen, stop };
}

/** A public page that follows one sku. */
function following() {
  const all = connected();
  all.world.socket.welcome();
  all.world.socket.say({
    type: 'subscribed',
    id: 1,
    ch: 'stock',
    conflateMs: 250,
    snap: [{ k: '8412345', e: 'k3f9', r: 918, d: MILK }],
  });
  return all;
}

describe('following a key', () => {
  test('subscribes after the welcome and hears the snapshot, then updates', () => {
    const { world, seen } = following();
    expect(world.socket.sent).toEqual([{ type: 'subscribe', id: 1, ch: 'stock', keys: ['8412345'] }]);
    world.socket.say({ type: 'update', ch: 'stock', k: '8412345', e: 'k3f9', r: 921, t: 9, d: { ...MILK, units: 3 } });
    expect(seen.map((state) => (state.phase === 'known' ? state.entry.d.units : state.phase))).toEqual([41, 3]);
  });

  test('[ST3] an older revision of the same epoch changes nothing, a new epoch always wins', () => {
    const { world, seen } = following();
    const update = { type: 'update', ch: 'stock', k: '8412345', t: 9, d: { ...MILK, units: 7 } } as const;
    world.socket.say({ ...update, e: 'k3f9', r: 918 });
    world.socket.say({ ...update, e: 'k3f9', r: 12 });
    expect(seen).toHaveLength(1);
    world.socket.say({ ...update, e: 'b002', r: 1 });
    expect(seen).toHaveLength(2);
  });

  test('keys watched together are asked in one command, and those given up are never sent', () => {
    const { world, connection } = following();
    const stop = connection.watch('stock', 'B', {}, () => {});
    connection.watch('stock', 'C', {}, () => {});
    stop();
    world.pass(0);
    expect(world.socket.sent.at(-1)).toEqual({ type: 'subscribe', id: 2, ch: 'stock', keys: ['C'] });
    expect(world.socket.sent).toHaveLength(2);
  });

  test('a key that nobody watches any more is unsubscribed', () => {
    const { world, stop } = following();
    stop();
    world.pass(0);
    expect(world.socket.sent.at(-1)).toEqual({ type: 'unsubscribe', id: 2, ch: 'stock', keys: ['8412345'] });
  });

  test('a key taken up again in another scope is unsubscribed first, then asked anew', () => {
    const { world, connection, stop } = following();
    stop();
    connection.watch('stock', '8412345', { near: { lat: 40, lon: -83 } }, () => {});
    world.pass(0);
    expect(world.socket.sent.slice(1)).toEqual([
      { type: 'unsubscribe', id: 2, ch: 'stock', keys: ['8412345'] },
      { type: 'subscribe', id: 3, ch: 'stock', keys: ['8412345'], near: { lat: 40, lon: -83 } },
    ]);
  });

  test('a refusal that passes is asked again after the given time, another is told to the watcher', () => {
    const { world, connection, seen } = connected();
    world.socket.welcome();
    const error = { type: 'error', id: 1, code: 'rate-limited', msg: 'too fast' } as const;
    const codes: string[] = [];
    connection.onError(({ code, temporary }) => codes.push(`${code} ${temporary}`));
    world.socket.say({ ...error, temporary: true, retryAfterMs: 700 });
    world.pass(699);
    expect(world.socket.sent).toHaveLength(1);
    world.pass(1);
    expect(world.socket.sent.at(-1)).toMatchObject({ type: 'subscribe', id: 2, keys: ['8412345'] });
    world.socket.say({ ...error, id: 2, temporary: false });
    expect(seen).toEqual([{ phase: 'refused', code: 'rate-limited', message: 'too fast' }]);
    expect(codes).toEqual(['rate-limited true', 'rate-limited false']);
  });
});

describe('losing the link', () => {
  test('[ST5] the last number stays, and the new socket resumes by revision', () => {
    const { world, connection, seen } = following();
    world.socket.drop(1006);
    expect(connection.link.state).toBe('waiting');
    expect(seen).toHaveLength(1);
    world.pass(21_000);
    world.socket.welcome();
    expect(world.socket.sent).toEqual([
      { type: 'subscribe', id: 2, ch: 'stock', keys: ['8412345'], since: { '8412345': ['k3f9', 918] } },
    ]);
    world.socket.say({ type: 'subscribed', id: 2, ch: 'stock', conflateMs: 250, snap: [], unchanged: ['8412345'] });
    expect(seen.at(-1)).toEqual(seen[0]);
  });

  test('a late frame of the old socket is not taken for one of the new', () => {
    const { world, seen } = following();
    const old = world.socket;
    old.drop(1006);
    old.say({ type: 'update', ch: 'stock', k: '8412345', e: 'k3f9', r: 999, t: 9, d: MILK });
    expect(seen).toHaveLength(1);
  });

  test('waits longer each time, and starts small again after a link that stood', () => {
    const { world } = connected({ ways: ['websocket'] });
    world.luck = 0.999;
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const before = world.sockets.length;
      world.socket.drop(1006);
      let waited = 0;
      while (world.sockets.length === before) {
        world.pass(100);
        waited += 100;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([1000, 1500, 2500, 4500, 8500, 16_500, 20_500]);
    world.socket.welcome();
    world.pass(10_000);
    world.socket.drop(1006);
    const before = world.sockets.length;
    world.pass(1000);
    expect(world.sockets).toHaveLength(before + 1);
  });

  test('[WS10] a server that says nothing for its heartbeat and a grace is given up; any frame counts as life', () => {
    const { world, connection } = following();
    world.pass(34_999);
    world.socket.say({ type: 'hb' });
    expect(world.socket.sent.at(-1)).toEqual({ type: 'hb' });
    world.pass(34_999);
    expect(connection.link.state).toBe('live');
    world.pass(1);
    expect(connection.link).toMatchObject({ state: 'waiting', reason: 'silent' });
    expect(world.sockets[0]?.closedWith).toBe(1000);
  });

  test('a server that does not greet is given up after 10 s', () => {
    const { world, connection } = connected();
    world.pass(10_000);
    expect(connection.link).toMatchObject({ state: 'waiting', reason: 'no greeting' });
  });

  test('a drain goes on delivering; we leave when the server forgot to close', () => {
    const { world, connection, seen } = following();
    world.socket.say({ type: 'drain', reconnectInMs: 5000, reason: 'deploy' });
    world.socket.say({ type: 'update', ch: 'stock', k: '8412345', e: 'k3f9', r: 919, t: 9, d: MILK });
    expect(seen).toHaveLength(2);
    world.pass(6_999);
    expect(connection.link.state).toBe('draining');
    world.pass(1);
    expect(connection.link).toMatchObject({ state: 'waiting', reason: 'drained' });
  });

  test('losing the network is noticed at once, its return ends the wait', () => {
    const { world, connection } = following();
    world.page('offline');
    expect(connection.link.state).toBe('waiting');
    world.page('offline');
    world.page('online');
    expect(connection.link.state).toBe('connecting');
    expect(world.sockets).toHaveLength(2);
  });

  test.each(Object.keys(CLOSE_CODES).map(Number))('[WS12] close code %i reconnects below 4500 only', (code) => {
    const { world, connection } = following();
    world.socket.drop(code);
    expect(connection.link.state).toBe(code < 4500 ? 'waiting' : 'refused');
    world.pass(60_000);
    expect(world.sockets.length > 1).toBe(code < 4500);
  });

  test('an unreadable frame ends the link, not the page', () => {
    const { world, connection } = following();
    world.socket.onmessage?.({ data: '{"type":' });
    expect(connection.link).toMatchObject({ state: 'waiting', reason: 'unreadable frame' });
  });
});

describe('with a key', () => {
  test('shows it before anything else, and follows once it is taken', () => {
    const { world, connection } = connected({ token: 'secret' });
    world.socket.welcome();
    expect(world.socket.sent).toEqual([{ type: 'connect', id: 1, token: 'secret' }]);
    expect(connection.link.state).toBe('authorizing');
    world.socket.say({
      type: 'connected',
      id: 1,
      client: 'admin',
      limits: { keys: 5000, msgBytes: 65_536, cmdPerSec: 20, updPerSec: 1_000 },
      caps: [],
    });
    expect(world.socket.sent.at(-1)).toMatchObject({ type: 'subscribe', keys: ['8412345'] });
  });

  test('a token that runs out is replaced by a fresh one; one that is refused at once is final', async () => {
    const tokens = ['first', 'second', 'third'];
    const { world, connection } = connected({ token: async () => tokens.shift() ?? 'none' });
    const accept = {
      type: 'connected',
      id: 1,
      client: 'fc',
      limits: { keys: 9, msgBytes: 9, cmdPerSec: 9, updPerSec: 9 },
      caps: [],
    } as const;
    world.socket.welcome();
    await world.settle();
    expect(world.socket.sent).toEqual([{ type: 'connect', id: 1, token: 'first' }]);
    world.socket.say(accept);
    world.socket.drop(4503);
    world.pass(1_000);
    world.socket.welcome();
    await world.settle();
    expect(world.socket.sent).toMatchObject([{ type: 'connect', token: 'second' }]);
    world.socket.drop(4503);
    expect(connection.link).toMatchObject({ state: 'refused', code: 4503 });
  });

  test('a token is renewed on its socket before it ends', async () => {
    const tokens = ['first', 'second'];
    const { world, connection } = connected({ token: async () => tokens.shift() ?? 'none' });
    const accept = {
      type: 'connected',
      caps: [],
      client: 'fc',
      limits: { keys: 9, msgBytes: 9, cmdPerSec: 9, updPerSec: 9 },
    } as const;
    world.socket.welcome();
    await world.settle();
    world.socket.say({ ...accept, id: 1, expiresInMs: 10_000 });
    world.pass(8_000);
    await world.settle();
    expect(world.socket.sent.at(-1)).toEqual({ type: 'connect', id: 3, token: 'second' });
    world.socket.say({ ...accept, id: 3, expiresInMs: 10_000 });
    expect(connection.link.state).toBe('live');
    expect(world.sockets).toHaveLength(1);
  });

  test('who cannot get a token tries again', async () => {
    const { world, connection } = connected({ token: () => Promise.reject(new Error('no')) });
    world.socket.welcome();
    await world.settle();
    expect(connection.link).toMatchObject({ state: 'waiting', reason: 'no token' });
  });

  test('a wrong key is final', () => {
    const { world, connection } = connected({ token: 'wrong' });
    world.socket.welcome();
    world.socket.drop(4503);
    world.pass(120_000);
    expect(connection.link).toMatchObject({ state: 'refused', code: 4503 });
    expect(world.sockets).toHaveLength(1);
  });
});

test('a closed connection leaves no timer and no socket behind', () => {
  const { world, connection } = following();
  connection.close();
  expect({ timers: world.timers, closed: world.socket.closedWith, state: connection.link.state }).toEqual({
    timers: 0,
    closed: 1000,
    state: 'idle',
  });
});

test('a server that hears its engine late says so, until it does not', () => {
  const { world, connection } = following();
  world.socket.say({ type: 'status', ch: 'stock', state: 'stale', ageMs: 4200 });
  expect(connection.link.lateMs).toBe(4200);
  world.socket.say({ type: 'status', ch: 'stock', state: 'live', ageMs: 0 });
  expect(connection.link.lateMs).toBeUndefined();
});

test('with a token there is one way', () => {
  const world = new FakeWorld();
  const connection = new Connection({ url: 'ws://shop.test/v1/live', signIn: new SignIn('secret') }, world);
  connection.start();
  for (let round = 0; round < 5; round++) {
    world.socket.drop(1006);
    world.pass(21_000);
  }
  expect(world.requests).toHaveLength(0);
});
