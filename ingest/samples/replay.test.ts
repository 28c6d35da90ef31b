import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPENING_AT } from './build/tills.ts';
import { cursorFile, loadCursor } from './cursor.ts';
import type { Errand } from './itinerary.ts';
import type { SampleOptions } from './messages.ts';
import { createReplay } from './replay.ts';
import type { Replay } from './replay.ts';
import { SenderRefusedError } from './sender.ts';
import type { Send, SendRequest } from './sender.ts';

// The replay against a server that is a list, on a clock that moves when somebody waits.

const MINUTE = 60_000;
const at = (minute: number): number => OPENING_AT + minute * MINUTE;

interface Planned {
  readonly minute: number;
  readonly order?: { readonly key: string; readonly until: number };
}

/** Two messages of opening stock, then one a minute, some with an online order. */
function errandsOf(planned: readonly Planned[]) {
  return function* list({
    from = -Infinity,
    to = Infinity,
    mapTime = (time: number) => time,
  }: SampleOptions = {}): Generator<Errand> {
    const all: ((now: typeof mapTime) => Errand)[] = [];
    for (const { minute, order } of planned) {
      all.push((map) => ({ do: 'send', at: at(minute), message: messageAt(minute, map) }));
      if (order === undefined) continue;
      const lines = [{ sku: 'A', units: 1, node: 'S1' }];
      const basket = {
        at: at(minute),
        key: order.key,
        channel: 'web',
        method: 'pickup',
        lines,
        releaseAt: at(order.until),
      } as const;
      all.push(
        () => ({ do: 'reserve', at: at(minute), basket }),
        () => ({ do: 'release', at: at(order.until), basket }),
      );
    }
    const rank = (errand: Errand): number => (errand.do === 'send' ? 0 : 1);
    const placed = all
      .map((make) => ({ make, at: make((time) => time).at, rank: rank(make((time) => time)) }))
      .toSorted((a, b) => a.at - b.at || a.rank - b.rank);
    for (const one of placed) if (one.at >= from && one.at < to) yield one.make(mapTime);
  };
}

function messageAt(minute: number, map: (time: number, sentAt: number) => number) {
  const body = `${minute} at ${map(at(minute), at(minute))} due ${map(at(minute + 500), at(minute))}`;
  return { at: at(minute), source: 'pos-1', contentType: 'text/csv', rows: 1, body };
}

class World {
  now = 1_800_000_000_000;
  readonly requests: SendRequest[] = [];
  readonly recorded = new Map<string, string>();
  readonly held = new Map<string, string>();
  /** Called with each request before it is answered. */
  onRequest: (count: number) => void = () => {};

  readonly send: Send = async (request) => {
    this.requests.push(request);
    this.onRequest(this.requests.length);
    await Promise.resolve();
    if (request.path.startsWith('/v1/feeds/')) return this.#feed(request.body ?? '');
    if (request.method === 'DELETE')
      return { status: this.held.delete(request.path.split('/').at(-1) ?? '') ? 200 : 404, body: {} };
    const id = `r0-${request.key}`;
    this.held.set(id, request.body ?? '');
    return { status: 201, body: { id } };
  };

  /** As the engine does: the same id with other content is refused (rule FD1). */
  #feed(body: string): { status: number; body: unknown } {
    const [id = ''] = body.split(' ');
    const known = this.recorded.get(id);
    if (known === undefined) this.recorded.set(id, body);
    if (known === undefined || known === body)
      return { status: 200, body: { recorded: 1, duplicates: 0, refusedCount: 0, refused: [] } };
    const refused = [{ place: 'row 1', code: 'id-reused', message: `${body} after ${known}` }];
    return { status: 422, body: { recorded: 0, duplicates: 0, refusedCount: 1, refused } };
  }
}

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'onhand-replay-'));
  try {
    await work(cursorFile(dir));
  } finally {
    await rm(dir, { recursive: true });
  }
}

function replayOf(
  world: World,
  file: string,
  planned: readonly Planned[],
  stop = new AbortController(),
  speed = 60,
): Replay {
  return createReplay({
    send: world.send,
    cursorFile: file,
    speed,
    signal: stop.signal,
    now: () => world.now,
    wait: async (ms) => {
      world.now += ms;
    },
    errands: errandsOf(planned),
  });
}

const YEAR: readonly Planned[] = [
  { minute: 0 },
  { minute: 1, order: { key: 'W1', until: 4 } },
  { minute: 2 },
  { minute: 3 },
  { minute: 4 },
  { minute: 9, order: { key: 'W2', until: 30 } },
  { minute: 30 },
];

test('each message is sent at its moment, the opening stock at once', () =>
  inFolder(async (file) => {
    const world = new World();
    const began = world.now;
    const sentAfter: number[] = [];
    world.onRequest = () => sentAfter.push(world.now - began);
    const replay = replayOf(world, file, [{ minute: 0 }, { minute: 1 }, { minute: 10 }]);
    expect(await replay.run()).toBe('ended');
    // At 60 times its pace a minute is a second; the year begins a millisecond after its opening stock.
    expect(sentAfter).toEqual([0, 999, 9_999]);
    expect(replay.progress()).toMatchObject({ phase: 'ended', messages: 3, rows: 3, refused: 0 });
  }));

test('a hold begins with its order and ends after the message that says its goods are gone', () =>
  inFolder(async (file) => {
    const world = new World();
    await replayOf(world, file, YEAR).run();
    const said = world.requests.map(
      (request) => `${request.method} ${request.key ?? request.body?.split(' ')[0] ?? request.path.split('/').at(-1)}`,
    );
    expect(said.indexOf('POST W1')).toBeGreaterThan(-1);
    expect(said.indexOf('POST 4')).toBeGreaterThan(said.indexOf('POST W1'));
    expect(said.indexOf('DELETE r0-W1')).toBeGreaterThan(said.indexOf('POST 4'));
    expect(world.held.size).toBe(0);
  }));

test('[FD1] stopped anywhere, any number of times, it goes on with the same words and nothing is lost', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          stopAt: fc.integer({ min: 1, max: 12 }),
          pausedMs: fc.nat(1e7),
          speed: fc.integer({ min: 1, max: 20_000 }),
        }),
        { maxLength: 4 },
      ),
      (stops) =>
        inFolder(async (file) => {
          const world = new World();
          for (const { stopAt, pausedMs, speed } of stops) {
            const stop = new AbortController();
            const before = world.requests.length;
            world.onRequest = (count) => {
              if (count - before === stopAt) stop.abort();
            };
            await replayOf(world, file, YEAR, stop, speed).run();
            world.now += pausedMs;
          }
          world.onRequest = () => {};
          const last = replayOf(world, file, YEAR);
          expect(await last.run()).toBe('ended');
          expect(last.progress().firstRefusals).toEqual([]);
          expect([...world.recorded.keys()]).toEqual(YEAR.map((one) => String(one.minute)));
          expect(world.held.size).toBe(0);
          expect(await replayOf(world, file, YEAR).run()).toBe('ended');
        }),
    ),
    { numRuns: 60 },
  ));

test('[FD1] killed without a last word, what was sent since the cursor was written is sent again the same', () =>
  inFolder(async (file) => {
    const world = new World();
    const stop = new AbortController();
    const killed = new SenderRefusedError('as good as killed');
    // From the fifth request on nothing is answered: neither `done` nor the last save know of what was recorded.
    const send: Send = async (request) => {
      const answer = await world.send(request);
      if (world.requests.length >= 5) throw killed;
      return answer;
    };
    const first = createReplay({
      send,
      cursorFile: file,
      speed: 60,
      signal: stop.signal,
      now: () => world.now,
      wait: async (ms) => {
        world.now += ms;
      },
      errands: errandsOf(YEAR),
    });
    await expect(first.run()).rejects.toThrow(killed);
    const recorded = world.recorded.size;
    world.now += 3_600_000;
    const second = replayOf(world, file, YEAR);
    expect(await second.run()).toBe('ended');
    expect(second.progress()).toMatchObject({ refused: 0 });
    expect(world.recorded.size).toBeGreaterThan(recorded);
    expect((await loadCursor(file))?.anchors.length).toBeGreaterThan(1);
  }));

test('a server that refuses the replay itself ends it with what it said', () =>
  inFolder(async (file) => {
    const world = new World();
    const replay = createReplay({
      send: async () => ({ status: 404, body: { code: 'unknown-source', message: 'no such source' } }),
      cursorFile: file,
      speed: 60,
      signal: new AbortController().signal,
      now: () => world.now,
      errands: errandsOf(YEAR),
    });
    await expect(replay.run()).rejects.toThrow(/feed pos-1 was answered 404 .*unknown-source/);
  }));
