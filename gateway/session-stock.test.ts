import { expect, test } from 'vitest';
import { PUBLIC } from './caller.ts';
import { stockView } from './stock-view.ts';
import { sku, STAFF_ONLY, STORE, WEB } from './test-engine.ts';
import { setUpSession } from './test-session.ts';

test('[ST1] [ST2] subscribe answers with the state of each key, then pushes changes', async () => {
  const { engine, clock, heard, subscribe } = setUpSession();
  heard();
  engine.set('A', 9);
  const e = expect.stringMatching(/^e1-.{8}$/);
  const d = { band: 'in-stock', availability: 'InStock', units: 9, asOf: 1 };
  expect(await subscribe(['A', 'X', 'with space'])).toEqual([
    {
      type: 'subscribed',
      id: 7,
      ch: 'stock',
      conflateMs: 250,
      snap: [{ k: 'A', e, r: 1, d }],
      unknown: ['with space', 'X'],
    },
  ]);
  engine.set('A', 2);
  clock.settle();
  expect(heard()).toEqual([
    {
      type: 'update',
      ch: 'stock',
      k: 'A',
      e,
      r: 2,
      t: 1_000,
      n: 1,
      d: { band: 'low-stock', availability: 'LimitedAvailability', units: 2, asOf: 2 },
    },
  ]);
});

test('[ST4] a change between the read and its answer is in the answer, once', async () => {
  const { engine, clock, heard, subscribe } = setUpSession();
  engine.set('A', 9);
  engine.holdReads = true;
  heard();
  expect(await subscribe(['A'])).toEqual([]);
  engine.set('A', 5);
  engine.releaseReads();
  await new Promise((done) => setImmediate(done));
  clock.advance(1_000);
  const [answer, ...later] = heard();
  expect(answer).toMatchObject({ type: 'subscribed', snap: [{ r: 2, d: { units: 5 } }] });
  expect(later).toEqual([]);
});

test('[ST5] resume: a current key is unchanged, an older revision or another epoch gets the state', async () => {
  const { engine, heard, subscribe } = setUpSession();
  heard();
  for (const key of ['A', 'B', 'C']) engine.set(key, 9);
  engine.set('B', 8);
  const e = stockView(engine.asEngine, { caller: PUBLIC, channel: engine.reference.channels.get(WEB)! }).e;
  const [answer] = await subscribe(['A', 'B', 'C'], { since: { A: [e, 1], B: [e, 1], C: [`${e}x`, 1] } });
  expect(answer).toMatchObject({
    unchanged: ['A'],
    snap: [
      { k: 'B', r: 2 },
      { k: 'C', r: 1 },
    ],
  });
});

test('[ST5] [ST10] what another view showed is not current, whatever its revision', async () => {
  const { engine, heard, subscribe } = setUpSession();
  engine.set('A', 9);
  heard();
  const near = { lat: 41, lon: -93 };
  const seen = async (about: object): Promise<[string, number]> => {
    const [answer] = (await subscribe(['A'], about)) as unknown as { snap: { e: string; r: number }[] }[];
    return [answer!.snap[0]!.e, answer!.snap[0]!.r];
  };
  const [here, staffOnly] = [await seen({ near }), await seen({ sale: STAFF_ONLY })];
  const unchanged = async (since: [string, number], about: object) =>
    (await subscribe(['A'], { since: { A: since }, ...about })).map((answer) => answer['unchanged']);
  expect(await unchanged(here, { near })).toEqual([['A']]);
  expect(await unchanged(here, { near: { ...near, km: 1 } })).toEqual([undefined]);
  expect(await unchanged(here, { near, sale: STAFF_ONLY })).toEqual([undefined]);
  expect(await unchanged(staffOnly, { sale: STAFF_ONLY })).toEqual([['A']]);
  const later = setUpSession();
  later.engine.set('A', 9);
  await later.say({ type: 'connect', id: 1, token: 'good' });
  const [answer] = await later.subscribe(['A'], { since: { A: staffOnly }, sale: STAFF_ONLY });
  expect(answer).toMatchObject({ snap: [{ d: { units: 9 } }] });
});

test.each([['nobody'], ['somebody']])(
  '[ST3] [ST8] what shows another thing without a revision is sent under another epoch, when %s has seen it before',
  async (who) => {
    const { clock, engine, topics, session, heard, subscribe } = setUpSession();
    engine.set('A', 9);
    const near = { lat: 42, lon: -93 };
    const [answer] = (await subscribe(['A'], { near })).slice(-1) as unknown as { snap: { e: string; r: number }[] }[];
    const before = answer!.snap[0]!;
    const { channels, nodes } = engine.reference;
    const store = nodes.get(STORE)!;
    nodes.set(STORE, { ...store, capabilities: ['ship'] });
    if (who === 'somebody') {
      const view = stockView(engine.asEngine, { caller: PUBLIC, channel: channels.get(WEB)!, near });
      await topics.load([topics.acquire(sku('A'), view)]);
    }
    session.follow(new Map());
    await new Promise((done) => setImmediate(done));
    clock.advance(1_000);
    const updates = heard().filter(({ type }) => type === 'update');
    expect(updates).toMatchObject([{ r: before.r, t: 1_000_000, n: 0, d: { units: 9, pickup: [{ node: 'DC-1' }] } }]);
    expect(updates[0]!['e']).not.toBe(before.e);
    channels.set(WEB, { ...channels.get(WEB)!, unitsPublic: false });
    session.follow(new Map());
    await new Promise((done) => setImmediate(done));
    clock.advance(1_000);
    const [banded, ...more] = heard();
    expect([(banded!['d'] as { units?: number }).units, more]).toEqual([undefined, []]);
  },
);

test('[ST7] units show where the channel allows it, or to staff with the scope stock', async () => {
  for (const [token, units] of [
    [undefined, undefined],
    ['till', undefined],
    ['good', 9],
  ] as const) {
    const { engine, say, subscribe } = setUpSession();
    engine.set('A', 9);
    if (token !== undefined) await say({ type: 'connect', id: 1, token });
    const answers = await subscribe(['A'], { sale: STAFF_ONLY });
    expect(answers.at(-1)).toMatchObject({ snap: [{ d: { band: 'in-stock', asOf: 1 } }] });
    expect((answers.at(-1) as { snap: { d: { units?: number } }[] }).snap[0]?.d.units).toBe(units);
  }
});

test('[ST15] near with a distance shows the nodes within it, and is told of them alone', async () => {
  const { engine, clock, heard, subscribe } = setUpSession();
  engine.set('A', 9, { dc: 4 });
  const shown = async (near: object) => {
    heard();
    const [answer] = (await subscribe(['A'], { near })) as unknown as {
      snap: { d: { pickup: { node: string }[] } }[];
    }[];
    return answer!.snap[0]!.d.pickup.map(({ node }) => node);
  };
  expect(await shown({ lat: 41, lon: -93 })).toEqual(['DC-1', 'S-1']);
  expect(await shown({ lat: 41, lon: -93, km: 0.5 })).toEqual(['DC-1']);
  expect(await shown({ lat: -41, lon: 93, km: 100 })).toEqual([]);
  expect(await shown({ lat: 42, lon: -93, km: 50 })).toEqual(['S-1']);
  engine.set('A', 9, { dc: 3 });
  clock.settle();
  expect(heard()).toMatchObject([{ type: 'update', d: { units: 12, pickup: [{ node: 'S-1', units: 9 }] } }]);
});

test('[ST14] a session is told once when nobody reports what it watches, and when somebody does again', async () => {
  const { engine, clock, session, heard, subscribe, say } = setUpSession();
  for (const key of ['A', 'B']) engine.set(key, 9);
  await subscribe(['A', 'B']);
  heard();
  const now = clock.now();
  const told = () => {
    session.sayStatus();
    return heard().filter(({ type }) => type === 'status');
  };
  expect(told()).toEqual([]);
  engine.silence('A', now - 4_200);
  expect(told()).toEqual([{ type: 'status', ch: 'stock', state: 'stale', ageMs: 4_200 }]);
  engine.silence('B', now - 9_000);
  expect(told()).toEqual([]);
  engine.silence('A', undefined);
  expect(told()).toEqual([]);
  engine.silence('B', undefined);
  expect(told()).toEqual([{ type: 'status', ch: 'stock', state: 'live', ageMs: 0 }]);

  engine.silence('B', now - 1_000);
  const answers = await subscribe(['B']);
  expect(answers.at(-1)).toEqual({ type: 'status', ch: 'stock', state: 'stale', ageMs: 1_000 });
  expect((await say({ type: 'unsubscribe', id: 9, ch: 'stock', keys: ['B'] })).at(-1)).toMatchObject({ state: 'live' });
});

test('[ST18] beyond its updates a second a socket gets no more, then the newest of each key', async () => {
  const { engine, clock, heard, subscribe } = setUpSession({ updPerSec: 10 });
  for (const key of ['A', 'B', 'C']) engine.set(key, 0);
  await subscribe(['A', 'B', 'C'], { conflateMs: 50 });
  heard();
  let updates = 0;
  let units = 0;
  for (let step = 0; step < 100; step++) {
    units += 1;
    for (const key of ['A', 'B', 'C']) engine.set(key, units);
    clock.advance(50);
    updates += heard().length;
  }
  // 5 s at 10 a second, those of the first second besides, and the rest of a flush.
  expect(updates).toBeGreaterThan(50);
  expect(updates).toBeLessThanOrEqual(60 + 3);
  engine.set('B', 77);
  clock.advance(1_000);
  const last = new Map(heard().map((update) => [update['k'], (update['d'] as { units: number }).units]));
  expect(last).toEqual(
    new Map([
      ['A', 100],
      ['B', 77],
      ['C', 100],
    ]),
  );
});

test('[ST18] every version of one key takes nothing from the pace of another', async () => {
  const { engine, clock, heard, say, subscribe } = setUpSession();
  for (const key of ['A', 'B']) engine.set(key, 0);
  await say({ type: 'connect', id: 1, token: 'good' });
  await subscribe(['A'], { conflateMs: 0 });
  await subscribe(['B'], { conflateMs: 50 });
  heard();
  // 2,000 a second of A, where a socket is sent 1,000.
  for (let units = 1; units <= 400; units++) {
    for (let version = 0; version < 10; version++) {
      engine.set('A', units * 10 + version);
      clock.settle();
    }
    clock.advance(5);
  }
  heard();
  engine.set('B', 7);
  clock.advance(100);
  expect(heard()).toMatchObject([{ type: 'update', k: 'B', d: { units: 7 } }]);
});

test('[ST7] units that are no longer public when they have been read are not told', async () => {
  const { engine, session, heard, subscribe } = setUpSession();
  engine.set('A', 9);
  engine.holdReads = true;
  await subscribe(['A']);
  heard();
  engine.reference.channels.set(WEB, { ...engine.reference.channels.get(WEB)!, unitsPublic: false });
  session.follow(new Map());
  engine.holdReads = false;
  engine.releaseReads();
  await new Promise((done) => setImmediate(done));
  const [answer] = heard() as unknown as { snap: { d: object }[] }[];
  expect(answer).toMatchObject({ type: 'subscribed', snap: [{ k: 'A', d: { band: 'in-stock' } }] });
  expect(answer!.snap[0]!.d).not.toHaveProperty('units');
});

test('[ST9] after unsubscribe nothing more comes and the topic is gone', async () => {
  const { engine, clock, topics, heard, say, subscribe } = setUpSession();
  engine.set('A', 9);
  await subscribe(['A']);
  heard();
  engine.set('A', 8);
  expect(await say({ type: 'unsubscribe', id: 8, ch: 'stock', keys: ['A', 'never'] })).toEqual([
    { type: 'unsubscribed', id: 8, ch: 'stock' },
  ]);
  clock.advance(1_000);
  expect(heard()).toEqual([]);
  expect(topics.size).toBe(0);
});

test('[ST9] [ST10] every version that was to be sent goes before the answer that ends it', async () => {
  const { engine, clock, heard, say, subscribe } = setUpSession();
  engine.set('A', 9);
  await say({ type: 'connect', id: 1, token: 'good' });
  await subscribe(['A'], { conflateMs: 0 });
  engine.set('A', 8);
  const again = await subscribe(['A'], { conflateMs: 0, sale: STAFF_ONLY });
  expect(again.map(({ type }) => type)).toEqual(['update', 'subscribed']);
  engine.set('A', 7);
  const answers = await say({ type: 'unsubscribe', id: 8, ch: 'stock', keys: ['A'] });
  expect(answers.map(({ type }) => type)).toEqual(['update', 'unsubscribed']);
  clock.advance(1_000);
  expect(heard()).toEqual([]);
});

test('[ST10] a key subscribed again with another channel of sale replaces what it was', async () => {
  const { engine, clock, topics, heard, subscribe } = setUpSession();
  engine.set('A', 9);
  await subscribe(['A']);
  await subscribe(['A'], { sale: STAFF_ONLY });
  heard();
  engine.set('A', 8);
  clock.settle();
  expect(heard()).toMatchObject([{ type: 'update', d: { band: 'in-stock' } }]);
  expect(topics.size).toBe(1);
});

test('[ST11] without sale the server’s channel holds, a named one is shown, another is an error', async () => {
  const { engine, heard, subscribe } = setUpSession();
  engine.set('A', 9);
  heard();
  const unitsOf = async (about: object) => {
    const [answer] = (await subscribe(['A'], about)) as unknown as { snap: { d: { units?: number } }[] }[];
    return answer!.snap[0]!.d.units;
  };
  // `web` shows units to the public, `b2b` does not.
  expect([await unitsOf({}), await unitsOf({ sale: WEB }), await unitsOf({ sale: STAFF_ONLY })]).toEqual([
    9,
    9,
    undefined,
  ]);
  expect(await subscribe(['A'], { sale: 'x' })).toMatchObject([{ type: 'error', code: 'unknown-channel' }]);
});
