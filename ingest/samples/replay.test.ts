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
import type { Replay, ReplayOptions } from './replay.ts';
import type { PlacedOrder } from './run-errand.ts';
import { SenderRefusedError } from './sender.ts';
import type { Send, SendRequest } from './sender.ts';

// The replay against a server that is a list, on a clock that moves when somebody waits.

const MINUTE = 60_000;
const at = (minute: number): number => OPENING_AT + minute * MINUTE;

interface Planned {
  readonly minute: number;
  readonly order?: string;
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
        key: order,
        channel: 'web',
        method: 'pickup',
        lines,
        releaseAt: at(minute),
      } as const;
      all.push(() => ({ do: 'order', at: at(minute), basket }));
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
  /** Channel's id of an order → what was said of it. */
  readonly ordered = new Map<string, string>();
  /** Called with each request before it is answered. */
  onRequest: (count: number) => void = () => {};

  readonly send: Send = async (request) => {
    this.requests.push(request);
    this.onRequest(this.requests.length);
    await Promise.resolve();
    if (request.path.startsWith('/v1/feeds/')) return this.#feed(request.body ?? '');
    return this.#order(request.body ?? '');
  };

  /** The same order again is the same one; another one under its id is not (rule OR1). */
  #order(body: string): { status: number; body: unknown } {
    const { id } = JSON.parse(body) as { readonly id: string };
    const known = this.ordered.get(id) ?? body;
    this.ordered.set(id, known);
    const outcome = known === body ? { status: 'taken', id: `o0-${id}`, token: `t-${id}` } : { status: 'refused' };
    return { status: 200, body: { outcomes: [outcome] } };
  }

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

function replayOf(world: World, file: string, planned: readonly Planned[], more: Partial<ReplayOptions> = {}): Replay {
  return createReplay({
    send: world.send,
    cursorFile: file,
    writer: { nodes: [], write: ({ key: id }, placedAt) => JSON.stringify({ id, placedAt }) },
    onOrder: () => undefined,
    speed: 60,
    signal: new AbortController().signal,
    now: () => world.now,
    wait: async (ms) => {
      world.now += ms;
    },
    errands: errandsOf(planned),
    ...more,
  });
}

const YEAR: readonly Planned[] = [
  { minute: 0 },
  { minute: 1, order: 'W1' },
  { minute: 2 },
  { minute: 3 },
  { minute: 4 },
  { minute: 9, order: 'W2' },
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

test('an order is placed at its moment, and who sends it again gets its token again', () =>
  inFolder(async (file) => {
    const world = new World();
    const placed: PlacedOrder[] = [];
    const replay = replayOf(world, file, YEAR, { onOrder: (order) => placed.push(order) });
    await replay.run();
    const [w1, w2] = ['W1', 'W2'].map((key) => ({ id: `o0-${key}`, token: `t-${key}` }));
    expect(placed).toEqual([w1, w2]);
    expect(replay.progress()).toMatchObject({ orders: 2, refused: 0 });

    const basket = [...errandsOf(YEAR)()].flatMap((errand) => (errand.do === 'order' ? [errand.basket] : []))[1]!;
    const later = replayOf(world, file, YEAR, { onOrder: (order) => placed.push(order) });
    await later.run();
    await later.orderAgain(basket);
    expect(placed).toEqual([w1, w2, w2]);
    expect(later.progress()).toMatchObject({ orders: 0, refused: 0 });
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
            await replayOf(world, file, YEAR, { signal: stop.signal, speed }).run();
            world.now += pausedMs;
          }
          world.onRequest = () => {};
          const last = replayOf(world, file, YEAR);
          expect(await last.run()).toBe('ended');
          expect(last.progress().firstRefusals).toEqual([]);
          expect([...world.recorded.keys()]).toEqual(YEAR.map((one) => String(one.minute)));
          expect([...world.ordered.keys()]).toEqual(['W1', 'W2']);
          expect(await replayOf(world, file, YEAR).run()).toBe('ended');
        }),
    ),
    { numRuns: 60 },
  ));

test('[FD1] killed without a last word, what was sent since the cursor was written is sent again the same', () =>
  inFolder(async (file) => {
    const world = new World();
    const killed = new SenderRefusedError('as good as killed');
    // From the fifth request on nothing is answered: neither `done` nor the last save know of what was recorded.
    const send: Send = async (request) => {
      const answer = await world.send(request);
      if (world.requests.length >= 5) throw killed;
      return answer;
    };
    const first = replayOf(world, file, YEAR, { send });
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
    const send: Send = async () => ({ status: 404, body: { code: 'unknown-source', message: 'no such source' } });
    const replay = replayOf(world, file, YEAR, { send });
    await expect(replay.run()).rejects.toThrow(/feed pos-1 was answered 404 .*unknown-source/);
  }));
