import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { Session } from './session.ts';
import { SocketKeeper } from './socket-keeper.ts';
import { SocketTransport } from './socket-transport.ts';
import { TestClock } from './test-clock.ts';

const SECOND = 1_000;

/** A raw socket whose peer takes bytes only when the test says so. */
class TestRaw {
  writableLength = 0;
  writes = 0;
  readonly #waiting: { readonly bytes: number; readonly done: () => void }[] = [];
  reads = true;

  write(bytes: Buffer, done: () => void = () => undefined): void {
    this.writes += 1;
    if (this.reads) return done();
    this.writableLength += bytes.length;
    this.#waiting.push({ bytes: bytes.length, done });
  }

  /** The oldest writes, all of them unless it is said how many. */
  take(writes = this.#waiting.length): void {
    for (const { bytes, done } of this.#waiting.splice(0, writes)) {
      this.writableLength -= bytes;
      done();
    }
  }
}

function setUp(random = () => 0.5) {
  const clock = new TestClock();
  const raw = new TestRaw();
  const log: string[] = [];
  const ws = { readyState: 1, close: () => log.push('close frame'), terminate: () => log.push('cut') };
  const bounds = { skipBytes: 100, closeBytes: 1_000, silentWriteMs: 30 * SECOND };
  const transport = new SocketTransport(ws as unknown as WebSocket, raw as unknown as Duplex, bounds, clock.now);
  const session = {
    close: (code: number) => log.push(`closed ${code}`),
    heartbeat: () => {
      log.push('hb');
      transport.write([Buffer.from('hb')]);
    },
    stopWaiting: () => undefined,
    checkKey: () => undefined,
    announceDrain: (ms: number) => log.push(`drain ${ms}`),
  };
  const keeper = new SocketKeeper(
    {
      connectMs: 5 * SECOND,
      heartbeatMs: 25 * SECOND,
      heartbeatGraceMs: 10 * SECOND,
      socketAgeMs: 3_600 * SECOND,
      drainMsMax: 15 * SECOND,
      acceptsPerSec: 500,
    },
    clock.now,
    random,
  );
  const kept = keeper.keep(session as unknown as Session, transport, () => log.push('ping'));
  const seconds = (count: number) => {
    for (let second = 0; second < count; second++) {
      clock.advance(SECOND);
      keeper.turn();
    }
  };
  /** Another socket of the same keeper, which names itself in the log. */
  const another = (name: string, ping?: () => void) => {
    const own = {
      ...session,
      close: (code: number) => log.push(`${name} closed ${code}`),
      announceDrain: (ms: number) => log.push(`${name} drain ${ms}`),
    };
    keeper.keep(own as unknown as Session, transport, ping);
  };
  return { clock, raw, log, transport, keeper, kept, seconds, another };
}

test('[WS10] after 25 s of silence a ping and a heartbeat go out, once; after 35 s the socket is closed', () => {
  const { log, seconds } = setUp();
  seconds(24);
  expect(log).toEqual([]);
  seconds(1);
  expect(log).toEqual(['ping', 'hb']);
  seconds(9);
  expect(log).toEqual(['ping', 'hb']);
  seconds(1);
  expect(log).toEqual(['ping', 'hb', 'closed 4002']);
});

test('[WS10] who was never asked, because the process slept, is asked before it is closed', () => {
  const { clock, log, keeper, kept, seconds } = setUp();
  clock.advance(60 * SECOND);
  keeper.turn();
  expect(log).toEqual(['ping', 'hb']);
  kept.heard();
  seconds(1);
  expect(log).toEqual(['ping', 'hb']);
  clock.advance(60 * SECOND);
  keeper.turn();
  seconds(9);
  expect(log).not.toContain('closed 4002');
  seconds(1);
  expect(log.at(-1)).toBe('closed 4002');
});

test('[WS10] who answered while the process stood still is heard before it is judged', () => {
  const { clock, log, keeper, kept, seconds } = setUp();
  seconds(25);
  clock.advance(11 * SECOND);
  keeper.turn();
  expect(log).toEqual(['ping', 'hb']);
  kept.heard();
  seconds(1);
  expect(log).not.toContain('closed 4002');

  seconds(24);
  clock.advance(11 * SECOND);
  keeper.turn();
  seconds(1);
  expect(log.at(-1)).toBe('closed 4002');
});

test('[WS10] any frame counts as life, in both directions', () => {
  const { log, transport, kept, seconds } = setUp();
  for (let i = 0; i < 10; i++) {
    seconds(20);
    kept.heard();
    transport.write([Buffer.from('x')]);
  }
  expect(log).toEqual([]);
});

test('[WS15] a socket is renewed after an hour', () => {
  const { log, kept, transport, seconds } = setUp();
  for (let i = 0; i < 180; i++) {
    kept.heard();
    transport.write([Buffer.from('x')]);
    seconds(20);
  }
  expect(log).toEqual(['closed 4003']);
});

test('[LM7] a peer that takes nothing for 30 s, or lets too much pile up, is closed; one that is slow but takes is not', () => {
  const still = setUp();
  still.raw.reads = false;
  still.transport.write([Buffer.alloc(10)]);
  for (let i = 0; i < 30; i++) {
    still.kept.heard();
    still.seconds(1);
  }
  expect(still.log.at(-1)).toBe('closed 4001');

  const piled = setUp();
  piled.raw.reads = false;
  for (const bytes of [200, 1_000]) piled.transport.write([Buffer.alloc(bytes)]);
  piled.seconds(1);
  expect(piled.log).toEqual(['closed 4001']);

  const slow = setUp();
  slow.raw.reads = false;
  for (let i = 0; i < 100; i++) {
    slow.transport.write([Buffer.alloc(200)]);
    expect(slow.transport.hasRoom).toBe(false);
    slow.seconds(1);
    slow.kept.heard();
    slow.raw.take();
    expect(slow.transport.hasRoom).toBe(true);
  }
  expect(slow.log).toEqual([]);
});

test('[LM7] what the kernel takes is seen, whichever write it ends', () => {
  const { raw, transport, kept, log, seconds } = setUp();
  const live = (count: number) => {
    for (let second = 0; second < count; second++) {
      kept.heard();
      seconds(1);
    }
  };
  raw.reads = false;
  transport.write([Buffer.alloc(50)]);
  live(20);
  transport.write([Buffer.alloc(50)]);
  live(5);
  raw.take(1);
  live(30);
  expect(log).not.toContain('closed 4001');
  live(1);
  expect(log.at(-1)).toBe('closed 4001');
});

test('[LM7] a large answer to a willing reader is not slowness; what piles up behind it is', () => {
  const { raw, transport, log } = setUp();
  let slow = 0;
  transport.onSlow = () => (slow += 1);
  raw.reads = false;
  transport.write([Buffer.alloc(50_000)]);
  transport.write([Buffer.alloc(900)]);
  expect([slow, transport.isSlow(0)]).toEqual([0, false]);
  transport.write([Buffer.alloc(200)]);
  expect(slow).toBe(1);
  expect(log).toEqual([]);
});

test('[LM7] a large answer has time to be taken at 8 KiB a second, since nothing is seen of it before its end', () => {
  const { raw, transport, kept, log, seconds } = setUp();
  raw.reads = false;
  transport.write([Buffer.alloc(900 + 10 * 8_192)]);
  for (let second = 0; second < 39; second++) {
    kept.heard();
    seconds(1);
  }
  expect(log).not.toContain('closed 4001');
  seconds(1);
  expect(log.at(-1)).toBe('closed 4001');
});

test('[LM4] who waits for room is woken when the kernel takes what was written, or when the socket goes', async () => {
  for (const way of ['taken', 'gone']) {
    const { raw, transport } = setUp();
    raw.reads = false;
    transport.write([Buffer.alloc(500)]);
    let woken = false;
    const room = transport.whenRoom().then(() => (woken = true));
    await Promise.resolve();
    expect(woken).toBe(false);
    if (way === 'taken') raw.take();
    else transport.ended();
    await room;
    await transport.whenRoom();
    expect(woken).toBe(true);
  }
});

test('[ST6] frames of one flush are one write; nothing is written after the close', () => {
  const { raw, transport, log } = setUp();
  transport.write([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  expect(raw.writes).toBe(1);
  transport.close(4003, 'sockets are renewed');
  transport.write([Buffer.from('d')]);
  transport.close(4003, 'again');
  expect([raw.writes, log]).toEqual([1, ['close frame']]);
});

test('[LM7] who does not read is cut at its close, so its memory goes at once', () => {
  const { raw, transport, log } = setUp();
  raw.reads = false;
  transport.write([Buffer.alloc(500)]);
  transport.close(4001, 'too slow a reader');
  expect(log).toEqual(['close frame', 'cut']);
});

test('[SS3] a peer that cannot answer is not closed for its silence, and hears heartbeats', () => {
  const { log, kept, seconds, another } = setUp();
  another('stream');
  for (let i = 0; i < 10; i++) {
    kept.heard();
    seconds(20);
  }
  expect(log.filter((line) => line.includes('4002'))).toEqual([]);
  expect(log.filter((line) => line === 'hb').length).toBeGreaterThan(3);
});

test('[WS13] each client has a moment of its own, is told it at once, and goes at it', async () => {
  const moments = [0.9, 0.9, 0.9, 0.5, 0.1, 1];
  const { log, keeper, clock, another } = setUp(() => moments.shift() ?? 0);
  another('b');
  another('c');
  const waits: number[] = [];
  await keeper.drain(async (ms) => {
    waits.push(ms);
    clock.advance(ms);
  });
  expect(log).toEqual(['b drain 1', 'drain 3', 'c drain 6', 'b closed 1012', 'closed 1012', 'c closed 1012']);
  expect(waits).toEqual([1, 2, 3]);
});

test('[WS13] a drain tells each its moment, within the time the next server needs to take all', async () => {
  const { log, keeper, clock } = setUp();
  await keeper.drain(async (ms) => clock.advance(ms));
  expect(log).toEqual(['drain 1', 'closed 1012']);
});
