import { describe, expect, test } from 'vitest';
import type { StockState, Subscribed } from '../protocol/wire.ts';
import { Connection } from './connection.ts';
import { FakeWorld, WELCOME, type FakeRequest } from './fake-world.ts';
import type { KeyState } from './subscription-table.ts';

const MILK: StockState = { band: 'in-stock', availability: 'InStock', units: 41, asOf: 5 };
const SNAP: Subscribed<StockState> = {
  type: 'subscribed',
  id: 0,
  ch: 'stock',
  conflateMs: 250,
  snap: [{ k: 'A', e: 'k3f9', r: 7, d: MILK }],
};

function started() {
  const world = new FakeWorld();
  const connection = new Connection({ url: 'ws://shop.test/v1/live' }, world);
  const seen: KeyState<StockState>[] = [];
  connection.watch('stock', 'A', {}, (state) => seen.push(state));
  connection.start();
  return { world, connection, seen };
}

/** A network that swallows websockets. */
async function onStream() {
  const all = started();
  const { world } = all;
  world.pass(10_000);
  world.pass(1_000);
  await world.settle();
  world.request.stream();
  world.request.say(WELCOME);
  world.request.say(SNAP, 't1');
  await world.settle();
  return all;
}

/** One that swallows streams too. */
async function onPolling() {
  const all = started();
  const { world } = all;
  world.pass(10_000);
  world.pass(1_000);
  world.request.fail();
  await world.settle();
  world.pass(2_000);
  world.request.reply(
    { stock: [{ sku: 'A', channel: 'web', e: 'k3f9', r: 7, d: MILK }], unknown: [] },
    { headers: { etag: '"1"' } },
  );
  await world.settle();
  return all;
}

const units = (state: KeyState<StockState> | undefined): number | undefined =>
  state?.phase === 'known' ? state.entry.d.units : undefined;

describe('the stream', () => {
  test('takes over when the websocket never greets, asked for what is watched', async () => {
    const { world, connection, seen } = await onStream();
    expect(world.request.url.href).toBe('http://shop.test/v1/live/events?ch=stock&key=A');
    expect(connection.link).toMatchObject({ state: 'live', way: 'sse' });
    world.request.say({ type: 'update', ch: 'stock', k: 'A', e: 'k3f9', r: 8, t: 9, d: { ...MILK, units: 3 } });
    await world.settle();
    expect(seen.map(units)).toEqual([41, 3]);
  });

  test('a websocket that is refused twice leads there too', async () => {
    const { world } = started();
    world.socket.drop(1006);
    world.pass(1_000);
    world.socket.drop(1006);
    world.pass(1_500);
    expect(world.sockets).toHaveLength(2);
    expect(world.request.url.pathname).toBe('/v1/live/events');
  });

  test('[SS2] is resumed with its token', async () => {
    const { world, connection, seen } = await onStream();
    world.request.end();
    await world.settle();
    expect(connection.link.state).toBe('waiting');
    world.pass(2_000);
    expect(world.request.url.searchParams.get('since')).toBe('t1');
    world.request.stream();
    world.request.say(WELCOME);
    world.request.say({ ...SNAP, snap: [], unchanged: ['A'] });
    await world.settle();
    expect(connection.link.state).toBe('live');
    expect(seen.map(units)).toEqual([41, 41]);
  });

  test('a key that is not held is never asked for with a token that speaks of it', async () => {
    const { world, connection, seen } = await onStream();
    const stop = connection.watch('stock', 'B', {}, () => {});
    world.pass(1_000);
    expect(world.request.url.searchParams.getAll('key')).toEqual(['A', 'B']);
    expect(world.request.url.searchParams.get('since')).toBe('t1');
    world.request.stream();
    world.request.say({ ...SNAP, snap: [], unchanged: ['A'], unknown: ['B'] }, 't2');
    await world.settle();
    stop();
    world.pass(1_000);
    connection.watch('stock', 'B', {}, (state) => seen.push(state));
    world.pass(1_000);
    expect(world.request.url.searchParams.getAll('key')).toEqual(['A', 'B']);
    expect(world.requests.at(-2)?.url.searchParams.get('since')).toBe('t2');
  });

  test('the old stream is ended before the one with more keys is opened', async () => {
    const { world, connection } = await onStream();
    const old = world.request;
    connection.watch('stock', 'B', {}, () => {});
    world.pass(1_000);
    expect(old.signal?.aborted).toBe(true);
    expect(connection.link.state).toBe('live');
  });

  test('[SS3] comments are life', async () => {
    const { world, connection } = await onStream();
    for (let round = 0; round < 3; round++) {
      world.pass(30_000);
      world.request.text(': hb\n\n');
      await world.settle();
    }
    expect(connection.link).toMatchObject({ state: 'live', way: 'sse' });
    world.pass(35_000);
    expect(connection.link).toMatchObject({ state: 'waiting', reason: 'silent' });
  });

  test('[SS4] a no of the server goes to who asked, and is no failure of the way', async () => {
    const { world, connection, seen } = started();
    world.pass(10_000);
    world.pass(1_000);
    world.request.reply({ code: 'unknown-channel', message: 'name a channel' }, { status: 404 });
    await world.settle();
    expect(seen).toEqual([{ phase: 'refused', code: 'unknown-channel', message: 'name a channel' }]);
    expect(connection.link).toMatchObject({ state: 'live', way: 'sse' });
  });

  test.each([
    ['a page of a proxy', 200, { 'content-type': 'text/html' }],
    ['a server without the door', 404, {}],
    ['a proxy that wants a sign-in', 407, { 'content-type': 'text/html' }],
  ] as const)('%s leads to polling', async (_name, status, headers) => {
    const { world } = started();
    world.pass(10_000);
    world.pass(1_000);
    world.request.reply({ code: 'unknown-route', message: 'no' }, { status, headers });
    await world.settle();
    world.pass(2_000);
    expect(world.request.url.pathname).toBe('/v1/stock');
  });

  test('a server that is full is left alone for as long as it says', async () => {
    const { world } = await onStream();
    world.request.end();
    await world.settle();
    world.pass(2_000);
    world.request.reply({ code: 'full', message: 'no' }, { status: 503, headers: { 'retry-after': '20' } });
    await world.settle();
    const asked = world.requests.length;
    world.pass(19_999);
    expect(world.requests).toHaveLength(asked);
    world.pass(1);
    expect(world.requests.length + world.sockets.length).toBeGreaterThan(asked + 1);
  });

  test.each([
    ['too-old', true, 'connecting'],
    ['unauthorized', false, 'refused'],
  ])('[SS4] an end that the server explains as %s is obeyed like a close code', async (code, temporary, state) => {
    const { world, connection } = await onStream();
    world.request.say({ type: 'error', code, msg: 'so it is', temporary });
    world.request.end();
    await world.settle();
    world.pass(2_000);
    expect(connection.link).toMatchObject({ state, way: 'sse' });
  });

  test('a drain ends it without blame', async () => {
    const { world, connection } = await onStream();
    world.request.say({ type: 'drain', reconnectInMs: 5000, reason: 'deploy' });
    await world.settle();
    expect(connection.link.state).toBe('draining');
    world.request.end();
    await world.settle();
    world.pass(2_000);
    expect(connection.link).toMatchObject({ state: 'connecting', way: 'sse' });
  });

  test('a page that nobody looks at gives its stream back and takes it up when it is looked at', async () => {
    const { world, connection } = await onStream();
    const { signal } = world.request;
    world.page('hidden');
    world.pass(29_999);
    expect(signal?.aborted).toBe(false);
    world.pass(1);
    expect(signal?.aborted).toBe(true);
    const asked = world.requests.length;
    world.pass(3_600_000);
    expect(world.requests).toHaveLength(asked);
    world.page('visible');
    expect(connection.link.state).toBe('connecting');
    world.pass(1_000);
    expect(world.request.url.searchParams.get('since')).toBe('t1');
  });
});

describe('polling', () => {
  test('takes over when streams do not come through either', async () => {
    const { world, connection, seen } = await onPolling();
    expect(world.request.url.href).toBe('http://shop.test/v1/stock?sku=A');
    expect(connection.link).toMatchObject({ state: 'live', way: 'polling' });
    expect(seen.map(units)).toContain(41);
  });

  test('[SS5] asks with the tag, slower while nothing changes, and at its first pace after a change', async () => {
    const { world, seen } = await onPolling();
    const waits: number[] = [];
    const polls = () => world.requests.filter(({ url }) => url.pathname === '/v1/stock');
    const round = (): FakeRequest | undefined => {
      const asked = polls().length;
      const from = world.nowMs();
      while (polls().length === asked) world.pass(500);
      waits.push(world.nowMs() - from);
      return polls().at(-1);
    };
    for (let unchanged = 0; unchanged < 6; unchanged++) {
      const poll = round();
      expect(poll?.headers.get('if-none-match')).toBe('"1"');
      poll?.reply(undefined, { status: 304 });
      await world.settle();
    }
    expect(waits).toEqual([10_000, 15_000, 22_500, 34_000, 51_000, 60_000]);
    round()?.reply({ stock: [{ sku: 'A', channel: 'web', e: 'k3f9', r: 9, d: { ...MILK, units: 3 } }], unknown: [] });
    await world.settle();
    expect(units(seen.at(-1))).toBe(3);
    round();
    expect(waits.at(-1)).toBe(10_000);
  });

  test('new keys are asked for soon, and without the tag', async () => {
    const { world, connection } = await onPolling();
    const heard: KeyState<StockState>[] = [];
    connection.watch('stock', 'B', {}, (state) => heard.push(state));
    world.pass(1_000);
    expect(world.request.url.search).toBe('?sku=A&sku=B');
    expect(world.request.headers.get('if-none-match')).toBeNull();
    world.request.reply({ stock: [], unknown: ['B'] });
    await world.settle();
    expect(heard).toEqual([{ phase: 'unknown' }]);
  });

  test('when nothing answers at all the ladder begins at the top', async () => {
    const { world, connection } = started();
    world.pass(10_000);
    world.pass(1_000);
    world.request.fail();
    await world.settle();
    world.pass(2_000);
    world.request.fail();
    await world.settle();
    world.pass(4_000);
    expect(connection.link).toMatchObject({ state: 'connecting', way: 'websocket' });
  });
});

describe('the way back up', () => {
  test('a websocket that greets takes the place of the stream, and the page sees no break', async () => {
    const { world, connection, seen } = await onStream();
    const states: string[] = [];
    connection.onLink(({ state }) => states.push(state));
    const stream = world.request;
    const before = world.sockets.length;
    for (let part = 0; part < 2; part++) {
      expect(world.sockets).toHaveLength(before);
      world.pass(30_000);
      stream.text(': hb\n\n');
      await world.settle();
    }
    world.socket.welcome();
    expect(stream.signal?.aborted).toBe(true);
    expect(world.socket.sent).toMatchObject([{ type: 'subscribe', keys: ['A'], since: { A: ['k3f9', 7] } }]);
    world.socket.say({ type: 'update', ch: 'stock', k: 'A', e: 'k3f9', r: 9, t: 9, d: { ...MILK, units: 5 } });
    expect(units(seen.at(-1))).toBe(5);
    expect(connection.link).toMatchObject({ state: 'live', way: 'websocket' });
    expect(new Set(states)).toEqual(new Set(['live']));
  });

  test('one that does not is tried more and more seldom, and the stream goes on', async () => {
    const { world, connection } = await onStream();
    const stream = world.request;
    const before = world.sockets.length;
    for (let second = 0; second < 3_600; second++) {
      world.pass(1_000);
      if (second % 20 !== 0) continue;
      stream.text(': hb\n\n');
      await world.settle();
    }
    // After 60, 120, 240, 480 and 900 s, each given up after 10 s; then every 900 s.
    expect(world.sockets.length - before).toBe(6);
    expect(connection.link).toMatchObject({ state: 'live', way: 'sse' });
    expect(world.sockets.at(-1)?.closedWith).toBe(1000);
  });

  test('from polling the stream is tried in its turn, told what is watched', async () => {
    const { world, connection } = await onPolling();
    const streams = () => world.requests.filter(({ url }) => url.pathname === '/v1/live/events');
    const before = streams().length;
    while (streams().length === before) {
      world.pass(1_000);
      if (world.request.url.pathname === '/v1/stock') world.request.reply(undefined, { status: 304 });
      await world.settle();
    }
    const stream = streams().at(-1);
    stream?.stream();
    stream?.say(WELCOME);
    stream?.say(SNAP, 't1');
    await world.settle();
    expect(stream?.url.searchParams.getAll('key')).toEqual(['A']);
    expect(connection.link).toMatchObject({ state: 'live', way: 'sse' });

    // And from the stream the websocket, without waiting for the stream to end.
    const sockets = world.sockets.length;
    for (let second = 0; second < 120 && world.sockets.length === sockets; second += 10) {
      world.pass(10_000);
      stream?.text(': hb\n\n');
      await world.settle();
    }
    world.socket.say(WELCOME);
    expect(connection.link).toMatchObject({ state: 'live', way: 'websocket' });
  });
});

test('a closed connection ends its stream and leaves no timer behind, whichever way it was', async () => {
  const streaming = await onStream();
  streaming.connection.watch('stock', 'B', {}, () => {});
  streaming.world.pass(0);
  streaming.connection.close();
  expect(streaming.world.request.signal?.aborted).toBe(true);
  const polling = await onPolling();
  polling.connection.close();
  expect([streaming.world.timers, polling.world.timers]).toEqual([0, 0]);
});
