import { noLogs } from './log/test-no-logs.ts';
import { expect, test } from 'vitest';
import type { ClientId } from '../engine/contract/ids.ts';
import { no, type No } from './answers.ts';
import { SCOPES, type Caller } from './caller.ts';
import { Conflation } from './conflation.ts';
import { Session, type SessionDeps } from './session.ts';
import { StockTopics } from './stock-topics.ts';
import { TestClock } from './test-clock.ts';
import { NO_SOURCES, STAFF_ONLY, TestEngine, WEB } from './test-engine.ts';
import { messagesIn } from './test-frames.ts';
import { Topic } from './topic.ts';

const STAFF: Caller = { is: 'staff', client: 'ann' as ClientId, scopes: new Set(SCOPES), limits: {} };
const TILL: Caller = { is: 'staff', client: 'till' as ClientId, scopes: new Set(['feeds']), limits: {} };
/** Ends 60 s after the test began; the second one later. */
const SHORT: Caller = { ...STAFF, expiresAt: new TestClock().now() + 60_000 };
const FRESH: Caller = { ...SHORT, expiresAt: SHORT.expiresAt! + 60_000 };
const OVER = no(401, 'token-expired', 'it has ended');
const AWAY = no(503, 'keys-unreachable', 'ask again');
const TOKENS: Readonly<Record<string, Caller | No>> = {
  good: STAFF,
  till: TILL,
  short: SHORT,
  fresh: FRESH,
  weaker: { ...FRESH, scopes: new Set(['ops']) },
  bob: { ...FRESH, client: 'bob' as ClientId },
  over: OVER,
  away: AWAY,
};

function setUp({ updPerSec = 1_000 } = {}) {
  const clock = new TestClock();
  const conflation = new Conflation({
    now: clock.now,
    soon: clock.soon,
    later: clock.later,
    written: () => undefined,
    skipped: () => undefined,
  });
  const engine: TestEngine = new TestEngine((changes) => changes.forEach((change) => topics.take(change)));
  const topics = new StockTopics(engine.asEngine, (topic) => conflation.changed(topic));
  const opsTopic = new Topic('ops', 'now', 'run1');
  opsTopic.set({ r: 1, d: '{"at":1}', t: 1, receivedAt: 0, facts: 0 });
  const deps: SessionDeps = {
    engine: engine.asEngine,
    stock: topics,
    sources: { ...NO_SOURCES, ops: { ...NO_SOURCES.ops, conflateMsMin: 1_000, acquire: async () => [opsTopic] } },
    now: clock.now,
    random: () => 0.5,
    defaultSale: () => WEB,
    limits: {
      public: { keys: 3, msgBytes: 300, cmdPerSec: 20, updPerSec },
      staff: { keys: 10, msgBytes: 1_000, cmdPerSec: 20, updPerSec: 1_000 },
      commandsBurst: 40,
      pingMs: 25_000,
      conflateMs: { default: 250, min: 50, max: 5_000 },
    },
    standingOf: (caller) =>
      caller.is === 'staff' && (caller.expiresAt ?? Infinity) <= clock.now() ? 'expired' : 'valid',
    callerOf: async (token) => TOKENS[token] ?? no(401, 'unknown-key', 'nobody has it'),
    logs: noLogs(),
    log: () => undefined,
    hit: () => undefined,
  };
  const frames: Buffer[] = [];
  const closes: { code: number; reason: string }[] = [];
  const session = new Session({ id: 's_1', address: '::1' }, deps, {
    hasRoom: true,
    whenRoom: () => Promise.resolve(),
    write: (some) => void frames.push(...some),
    close: (code, reason) => void closes.push({ code, reason }),
  });
  session.open();
  const say = async (message: object | string) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    session.receive(text, Buffer.byteLength(text));
    await new Promise((done) => setImmediate(done));
    return heard();
  };
  const heard = () => messagesIn(frames.splice(0));
  const subscribe = (keys: string[], about: object = {}) =>
    say({ type: 'subscribe', id: 7, ch: 'stock', keys, ...about });
  return { clock, engine, topics, session, closes, say, heard, subscribe };
}

test('[WS3] a socket is welcomed with its limits', () => {
  expect(setUp().heard()).toEqual([
    {
      type: 'welcome',
      v: 1,
      session: 's_1',
      pingMs: 25_000,
      limits: { keys: 3, msgBytes: 300, cmdPerSec: 20, updPerSec: 1_000 },
      conflateMs: { default: 250, min: 50, max: 5_000 },
    },
  ]);
});

test('[ST1] [ST2] subscribe answers with the state of each key, then pushes changes', async () => {
  const { engine, clock, heard, subscribe } = setUp();
  heard();
  engine.set('A', 9);
  const d = { band: 'in-stock', availability: 'InStock', units: 9, asOf: 1 };
  expect(await subscribe(['A', 'X', 'with space'])).toEqual([
    {
      type: 'subscribed',
      id: 7,
      ch: 'stock',
      conflateMs: 250,
      snap: [{ k: 'A', e: 'e1', r: 1, d }],
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
      e: 'e1',
      r: 2,
      t: 1_000,
      n: 1,
      d: { band: 'low-stock', availability: 'LimitedAvailability', units: 2, asOf: 2 },
    },
  ]);
});

test('[ST4] a change between the read and its answer is in the answer, once', async () => {
  const { engine, clock, heard, subscribe } = setUp();
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
  const { engine, heard, subscribe } = setUp();
  heard();
  for (const key of ['A', 'B', 'C']) engine.set(key, 9);
  engine.set('B', 8);
  const [answer] = await subscribe(['A', 'B', 'C'], { since: { A: ['e1', 1], B: ['e1', 1], C: ['e0', 1] } });
  expect(answer).toMatchObject({
    unchanged: ['A'],
    snap: [
      { k: 'B', r: 2 },
      { k: 'C', r: 1 },
    ],
  });
});

test('[ST7] units show where the channel allows it, or to staff with the scope stock', async () => {
  for (const [token, units] of [
    [undefined, undefined],
    ['till', undefined],
    ['good', 9],
  ] as const) {
    const { engine, say, subscribe } = setUp();
    engine.set('A', 9);
    if (token !== undefined) await say({ type: 'connect', id: 1, token });
    const answers = await subscribe(['A'], { sale: STAFF_ONLY });
    expect(answers.at(-1)).toMatchObject({ snap: [{ d: { band: 'in-stock', asOf: 1 } }] });
    expect((answers.at(-1) as { snap: { d: { units?: number } }[] }).snap[0]?.d.units).toBe(units);
  }
});

test('[ST15] near with a distance shows the nodes within it, and is told of them alone', async () => {
  const { engine, clock, heard, subscribe } = setUp();
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
  const { engine, clock, session, heard, subscribe, say } = setUp();
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
  const { engine, clock, heard, subscribe } = setUp({ updPerSec: 10 });
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

test('[ST9] after unsubscribe nothing more comes and the topic is gone', async () => {
  const { engine, clock, topics, heard, say, subscribe } = setUp();
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

test('[WS4] an unsubscribe sent at once after its subscribe does not overtake it', async () => {
  const { engine, topics, session, heard } = setUp();
  engine.set('A', 9);
  heard();
  session.receive('{"type":"subscribe","id":1,"ch":"stock","keys":["A"]}', 60);
  session.receive('{"type":"unsubscribe","id":2,"ch":"stock","keys":["A"]}', 60);
  await new Promise((done) => setImmediate(done));
  expect(heard().map(({ type }) => type)).toEqual(['subscribed', 'unsubscribed']);
  expect(topics.size).toBe(0);
});

test('[WS9] a socket that goes while the engine is asked leaves nothing behind', async () => {
  const { engine, topics, session, heard, subscribe } = setUp();
  engine.set('A', 9);
  engine.holdReads = true;
  await subscribe(['A']);
  heard();
  session.ended(1006);
  engine.releaseReads();
  await new Promise((done) => setImmediate(done));
  expect(heard()).toEqual([]);
  expect(topics.size).toBe(0);
});

test.each([
  ['an unknown type', '{"type":"shout","id":1}', 4500],
  ['no JSON', 'hello', 4501],
  ['a JSON list', '[1]', 4501],
  ['a message too big', `{"type":"hb","x":"${'x'.repeat(300)}"}`, 4502],
  ['a key nobody has', '{"type":"connect","id":1,"token":"nope"}', 4503],
])('[WS2] [LM2] %s ends the socket', async (_what, text, code) => {
  const { say, closes } = setUp();
  await say(text);
  expect(closes.map((close) => close.code)).toEqual([code]);
  expect(await say('{"type":"hb"}')).not.toContainEqual(expect.objectContaining({ type: 'error' }));
});

test.each([
  ['a command without id', { type: 'subscribe', ch: 'stock', keys: ['A'] }, 'malformed-command'],
  ['no keys', { type: 'subscribe', id: 1, ch: 'stock', keys: [] }, 'malformed-command'],
  ['too many keys', { type: 'subscribe', id: 1, ch: 'stock', keys: ['A', 'B', 'C', 'D'] }, 'too-many-keys'],
  ['ops without a key', { type: 'subscribe', id: 1, ch: 'ops', keys: ['now'] }, 'forbidden'],
  ['alerts without a key', { type: 'subscribe', id: 1, ch: 'alerts', keys: ['ledger'] }, 'forbidden'],
  [
    'every version without a key',
    { type: 'subscribe', id: 1, ch: 'stock', keys: ['A'], conflateMs: 0 },
    'conflate-out-of-bounds',
  ],
  ['a channel nobody has', { type: 'subscribe', id: 1, ch: 'stock', keys: ['A'], sale: 'x' }, 'unknown-channel'],
])('[WS7] [WS8] %s is answered with an error and the socket lives on', async (_what, message, code) => {
  const { heard, say, closes } = setUp();
  heard();
  expect(await say(message)).toEqual([expect.objectContaining({ type: 'error', code, temporary: false })]);
  expect(closes).toEqual([]);
});

test('[WS5] [ST6] staff connect first, then watch ops and every version', async () => {
  const { engine, heard, say, subscribe } = setUp();
  heard();
  engine.set('A', 9);
  expect(await say({ type: 'connect', id: 1, token: 'good' })).toEqual([
    {
      type: 'connected',
      id: 1,
      client: 'ann',
      limits: { keys: 10, msgBytes: 1_000, cmdPerSec: 20, updPerSec: 1_000 },
      caps: ['stock', 'ops', 'alerts', 'order'].map((ch) => ({ ch, allow: ['sub'] })),
    },
  ]);
  expect(await say({ type: 'subscribe', id: 2, ch: 'ops', keys: ['now'] })).toMatchObject([
    { snap: [{ k: 'now', d: { at: 1 } }] },
  ]);
  expect(await subscribe(['A'], { conflateMs: 0 })).toMatchObject([{ type: 'subscribed', conflateMs: 0 }]);
});

test('[WS5] connect after the first command comes too late', async () => {
  const { engine, heard, say, subscribe } = setUp();
  engine.set('A', 9);
  await subscribe(['A']);
  heard();
  expect(await say({ type: 'connect', id: 2, token: 'good' })).toMatchObject([
    { type: 'error', id: 2, code: 'connect-first' },
  ]);
});

test('[LM3] commands that come too fast are refused, and a client that does not stop is closed', async () => {
  const { heard, session, closes } = setUp();
  heard();
  for (let id = 0; id < 45; id++) session.receive('{"type":"hb"}', 13);
  expect(heard()).toEqual(
    Array.from({ length: 5 }, () => expect.objectContaining({ type: 'error', code: 'rate-limited', temporary: true })),
  );
  for (let id = 0; id < 120; id++) session.receive('{"type":"hb"}', 13);
  expect(closes.map(({ code }) => code)).toEqual([4005]);
});

test('[WS9] an engine that cannot answer now is an error the client may repeat', async () => {
  const { engine, heard, subscribe, topics } = setUp();
  heard();
  engine.stock = () => Promise.reject(new Error('overloaded'));
  expect(await subscribe(['A'])).toEqual([
    expect.objectContaining({ type: 'error', id: 7, code: 'busy', temporary: true, retryAfterMs: 1000 }),
  ]);
  expect(topics.size).toBe(0);
});

test('[ST10] a key subscribed again with another channel of sale replaces what it was', async () => {
  const { engine, clock, topics, heard, subscribe } = setUp();
  engine.set('A', 9);
  await subscribe(['A']);
  await subscribe(['A'], { sale: STAFF_ONLY });
  heard();
  engine.set('A', 8);
  clock.settle();
  expect(heard()).toMatchObject([{ type: 'update', d: { band: 'in-stock' } }]);
  expect(topics.size).toBe(1);
});

test('[WS6] who has sent nothing in its time is the public: a key comes too late', async () => {
  const { session, heard, say } = setUp();
  heard();
  session.stopWaiting();
  expect(await say({ type: 'connect', id: 1, token: 'good' })).toMatchObject([
    { type: 'error', code: 'connect-first' },
  ]);
});

test('[LM1] a command that names more keys than are left takes none of them', async () => {
  const { engine, topics, heard, subscribe } = setUp();
  for (const key of ['A', 'B', 'C', 'D']) engine.set(key, 9);
  await subscribe(['A', 'B']);
  heard();
  expect(await subscribe(['C', 'D'])).toMatchObject([{ type: 'error', code: 'too-many-keys' }]);
  expect(topics.size).toBe(2);
  // Those it has already count once.
  expect(await subscribe(['A', 'C'])).toMatchObject([{ type: 'subscribed', snap: [{ k: 'A' }, { k: 'C' }] }]);
});

test('[ST11] without sale the server’s channel holds, a named one is shown, another is an error', async () => {
  const { engine, heard, subscribe } = setUp();
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

test('[WS16] connected says for how long the token holds', async () => {
  const { heard, say } = setUp();
  heard();
  expect(await say({ type: 'connect', id: 1, token: 'short' })).toMatchObject([
    { type: 'connected', id: 1, client: 'ann', expiresInMs: 60_000 },
  ]);
});

test('[WS17] a token that expires ends the socket, unless a fresh one came before; what is watched stays', async () => {
  const { engine, clock, session, closes, heard, say, subscribe } = setUp();
  engine.set('A', 9);
  await say({ type: 'connect', id: 1, token: 'short' });
  await subscribe(['A']);
  clock.advance(59_000);
  session.checkKey();
  heard();
  expect(await say({ type: 'connect', id: 2, token: 'fresh' })).toMatchObject([
    { type: 'connected', id: 2, client: 'ann', expiresInMs: 61_000 },
  ]);
  clock.advance(60_000);
  session.checkKey();
  expect(closes).toEqual([]);
  engine.set('A', 8);
  clock.settle();
  expect(heard()).toMatchObject([{ type: 'update', k: 'A', d: { units: 8 } }]);
  clock.advance(1_000);
  session.checkKey();
  expect(closes).toEqual([{ code: 4006, reason: expect.any(String) }]);
});

test.each([
  ['weaker', 'other-rights'],
  ['bob', 'other-rights'],
  ['over', 'token-expired'],
  ['away', 'keys-unreachable'],
  ['nobody-has-it', 'unknown-key'],
])('[WS17] a fresh token that is %s changes nothing: the one before holds until it ends', async (token, code) => {
  const { clock, session, closes, heard, say } = setUp();
  await say({ type: 'connect', id: 1, token: 'short' });
  heard();
  expect(await say({ type: 'connect', id: 2, token })).toMatchObject([{ type: 'error', id: 2, code }]);
  clock.advance(59_999);
  session.checkKey();
  expect(closes).toEqual([]);
  clock.advance(1);
  session.checkKey();
  expect(closes).toMatchObject([{ code: 4006 }]);
});

test.each([
  ['over', 4006],
  ['away', 4004],
  ['nobody-has-it', 4503],
])('[WS5] a first token that is %s closes with %i', async (token, code) => {
  const { closes, say } = setUp();
  await say({ type: 'connect', id: 1, token });
  expect(closes).toMatchObject([{ code }]);
});
