import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Conflation } from './conflation.ts';
import { Lane, Outbox, Watch } from './lane.ts';
import { TestClock } from './test-clock.ts';
import { messagesIn } from './test-frames.ts';
import { Topic } from './topic.ts';

interface Write {
  readonly at: number;
  readonly updates: { readonly k: string; readonly r: number }[];
}

class TestReader {
  readonly writes: Write[] = [];
  readonly #clock: TestClock;
  readonly outbox = new Outbox(this);
  hasRoom = true;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  write(frames: readonly Buffer[]): void {
    const updates = messagesIn(frames).map(({ k, r }) => ({ k: String(k), r: Number(r) }));
    this.writes.push({ at: this.#clock.now(), updates });
  }

  /** Newest revision received per key. */
  get newest(): Record<string, number> {
    return Object.fromEntries(this.writes.flatMap(({ updates }) => updates.map(({ k, r }) => [k, r])));
  }
}

function setUp() {
  const clock = new TestClock();
  const written: string[] = [];
  let skips = 0;
  const conflation = new Conflation({
    now: clock.now,
    soon: clock.soon,
    later: clock.later,
    written: (topic) => written.push(topic.k),
    skipped: () => void (skips += 1),
  });
  const topics = new Map<string, Topic>();
  const topic = (k: string) => {
    const found = topics.get(k) ?? new Topic('stock', k, 'e1');
    topics.set(k, found);
    return found;
  };
  const watch = (reader: TestReader, conflateMs: number, keys: readonly string[], phase = 0.5) => {
    const lane = new Lane(reader.outbox, conflateMs, phase);
    return keys.map((key) => new Watch(topic(key), lane, true));
  };
  const change = (k: string, r: number) => {
    if (topic(k).set({ r, d: `{"units":${r}}`, t: 1, receivedAt: 1, facts: 1 })) conflation.changed(topic(k));
  };
  return { clock, conflation, written, watch, change, reader: () => new TestReader(clock), skips: () => skips };
}

test('[ST6] a lone change to a rested socket is written in the same turn of the loop', () => {
  const { clock, watch, change, reader } = setUp();
  const socket = reader();
  watch(socket, 250, ['A']);
  change('A', 1);
  clock.settle();
  expect(socket.newest).toEqual({ A: 1 });
});

test('[ST6] what changes within the conflation time is written once, newest version, all keys in one write', () => {
  const { clock, watch, change, reader } = setUp();
  const socket = reader();
  watch(socket, 250, ['A', 'B']);
  change('A', 1);
  clock.settle();
  for (let r = 2; r <= 50; r++) {
    change('A', r);
    change('B', r);
    clock.advance(4);
  }
  clock.advance(300);
  expect(socket.writes.map(({ updates }) => updates)).toEqual([
    [{ k: 'A', r: 1 }],
    [
      { k: 'A', r: 50 },
      { k: 'B', r: 50 },
    ],
  ]);
});

test('[ST6] conflateMs 0 sends every version, in order, those of one turn in one write', () => {
  const { clock, watch, change, reader } = setUp();
  const socket = reader();
  watch(socket, 0, ['A', 'B']);
  change('A', 1);
  change('A', 2);
  change('B', 1);
  clock.settle();
  change('A', 3);
  clock.settle();
  expect(socket.writes.map(({ updates }) => updates.map(({ k, r }) => `${k}${r}`))).toEqual([
    ['A1', 'A2', 'B1'],
    ['A3'],
  ]);
});

test('[ST6] two lanes of one socket that are due together share one write', () => {
  const { clock, watch, change, reader } = setUp();
  const socket = reader();
  watch(socket, 100, ['A']);
  watch(socket, 0, ['B']);
  change('A', 1);
  change('B', 1);
  clock.settle();
  expect(socket.writes).toHaveLength(1);
});

test('[ST6] a change that thousands watch is spread over the conflation time, nobody is forgotten', () => {
  const { clock, watch, change, reader } = setUp();
  const sockets = Array.from({ length: 2_000 }, reader);
  for (const [index, socket] of sockets.entries()) watch(socket, 250, ['A'], (index + 1) / 2_000);
  change('A', 1);
  clock.settle();
  expect(sockets.filter(({ writes }) => writes.length > 0)).toHaveLength(128);
  const perTick: number[] = [];
  for (let tick = 0; tick < 27; tick++) {
    const before = sockets.filter(({ writes }) => writes.length > 0).length;
    clock.advance(10);
    perTick.push(sockets.filter(({ writes }) => writes.length > 0).length - before);
  }
  expect(sockets.every(({ writes }) => writes.length === 1)).toBe(true);
  expect(Math.max(...perTick)).toBeLessThan(200);
});

test('[LM6] a socket without room skips flushes and gets the newest version when it has room again', () => {
  const { clock, watch, change, reader, skips } = setUp();
  const socket = reader();
  watch(socket, 100, ['A']);
  socket.hasRoom = false;
  for (let r = 1; r <= 20; r++) {
    change('A', r);
    clock.advance(50);
  }
  expect(socket.writes).toEqual([]);
  // One flush per 100 ms, in a second.
  expect(skips()).toBeGreaterThanOrEqual(9);
  expect(skips()).toBeLessThanOrEqual(11);
  socket.hasRoom = true;
  clock.advance(200);
  expect(socket.writes.map(({ updates }) => updates)).toEqual([[{ k: 'A', r: 20 }]]);
});

test('what became another state and back again before the flush is not written', () => {
  const { clock, conflation, watch, reader } = setUp();
  const socket = reader();
  const state = { d: '{"units":1}' };
  const topic = new (class extends Topic {
    protected override render(): string {
      return state.d;
    }
  })('stock', 'L', 'e1');
  const move = (r: number, units: number) => {
    state.d = `{"units":${units}}`;
    if (topic.move(r, { at: 1, receivedAt: 1, facts: 1 })) conflation.changed(topic);
  };
  watch(socket, 250, ['A']);
  move(1, 1);
  expect(topic.isKnown).toBe(true);
  const late = new Watch(topic, new Lane(socket.outbox, 250, 0.5), true);
  move(2, 7);
  move(3, 1);
  clock.advance(300);
  expect(socket.writes).toEqual([]);
  move(4, 2);
  clock.advance(300);
  expect(socket.newest).toEqual({ L: 4 });
  expect(late.sent).toBe(topic.version);
});

test('a watch that ends while it waits is not written to, and takes no other with it', () => {
  const { clock, watch, change, reader } = setUp();
  const socket = reader();
  const [a, b] = watch(socket, 250, ['A', 'B', 'C']);
  change('C', 1);
  clock.settle();
  for (const [index, key] of ['A', 'B', 'C'].entries()) change(key, index + 5);
  a!.end();
  clock.advance(300);
  change('A', 9);
  change('B', 9);
  b!.end();
  change('C', 9);
  clock.advance(300);
  expect(socket.writes.map(({ updates }) => updates.map(({ k, r }) => `${k}${r}`).sort())).toEqual([
    ['C1'],
    ['B6', 'C7'],
    ['C9'],
  ]);
});

test('no timer runs while nothing waits', () => {
  const { clock, watch, change, reader } = setUp();
  watch(reader(), 100, ['A']);
  change('A', 1);
  change('A', 2);
  clock.advance(1_000);
  expect(clock.timers).toBe(0);
});

test('[ST4] [ST6] in any history every socket ends with the newest versions, and no lane is written more often than its time', () => {
  const step = fc.record({
    key: fc.constantFrom('A', 'B', 'C'),
    waitMs: fc.nat({ max: 700 }),
    socket: fc.nat({ max: 3 }),
    room: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(50, 250, 1_000, 5_000), (steps, conflateMs) => {
      const { clock, watch, change, reader } = setUp();
      const sockets = [0, 1, 2, 3].map(reader);
      for (const [index, socket] of sockets.entries()) watch(socket, conflateMs, ['A', 'B', 'C'], (index + 1) / 4);
      const expected: Record<string, number> = {};
      for (const [index, { key, waitMs, socket, room }] of steps.entries()) {
        sockets[socket]!.hasRoom = room;
        change(key, index + 1);
        expected[key] = index + 1;
        clock.advance(waitMs);
      }
      for (const socket of sockets) socket.hasRoom = true;
      clock.advance(2 * conflateMs + 20);
      for (const socket of sockets) {
        expect(socket.newest).toEqual(expected);
        const times = socket.writes.map(({ at }) => at);
        for (const [index, at] of times.slice(1).entries())
          expect(at - times[index]!).toBeGreaterThanOrEqual(conflateMs);
        for (const { updates } of socket.writes) expect(new Set(updates.map(({ k }) => k)).size).toBe(updates.length);
      }
    }),
  );
});
