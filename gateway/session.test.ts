import { expect, test } from 'vitest';
import { setUpSession } from './test-session.ts';

test('[WS3] a socket is welcomed with its limits', () => {
  expect(setUpSession().heard()).toEqual([
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

test('[WS4] an unsubscribe sent at once after its subscribe does not overtake it', async () => {
  const { engine, topics, session, heard } = setUpSession();
  engine.set('A', 9);
  heard();
  session.receive('{"type":"subscribe","id":1,"ch":"stock","keys":["A"]}', 60);
  session.receive('{"type":"unsubscribe","id":2,"ch":"stock","keys":["A"]}', 60);
  await new Promise((done) => setImmediate(done));
  expect(heard().map(({ type }) => type)).toEqual(['subscribed', 'unsubscribed']);
  expect(topics.size).toBe(0);
});

test('[WS9] a socket that goes while the engine is asked leaves nothing behind', async () => {
  const { engine, topics, session, heard, subscribe } = setUpSession();
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
  const { say, closes } = setUpSession();
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
  const { heard, say, closes } = setUpSession();
  heard();
  expect(await say(message)).toEqual([expect.objectContaining({ type: 'error', code, temporary: false })]);
  expect(closes).toEqual([]);
});

test('[WS5] [ST6] staff connect first, then watch ops and every version', async () => {
  const { engine, heard, say, subscribe } = setUpSession();
  heard();
  engine.set('A', 9);
  expect(await say({ type: 'connect', id: 1, token: 'good' })).toEqual([
    {
      type: 'connected',
      id: 1,
      client: 'ann',
      limits: { keys: 10, msgBytes: 1_000, cmdPerSec: 20, updPerSec: 1_000 },
      caps: ['stock', 'ops', 'alerts', 'order', 'orders'].map((ch) => ({ ch, allow: ['sub'] })),
    },
  ]);
  expect(await say({ type: 'subscribe', id: 2, ch: 'ops', keys: ['now'] })).toMatchObject([
    { snap: [{ k: 'now', d: { at: 1 } }] },
  ]);
  expect(await subscribe(['A'], { conflateMs: 0 })).toMatchObject([{ type: 'subscribed', conflateMs: 0 }]);
});

test('[WS5] connect after the first command comes too late', async () => {
  const { engine, heard, say, subscribe } = setUpSession();
  engine.set('A', 9);
  await subscribe(['A']);
  heard();
  expect(await say({ type: 'connect', id: 2, token: 'good' })).toMatchObject([
    { type: 'error', id: 2, code: 'connect-first' },
  ]);
});

test('[WS5] an unsubscribe is a command of the public too', async () => {
  const { heard, say } = setUpSession();
  heard();
  await say({ type: 'unsubscribe', id: 1, ch: 'stock', keys: ['A'] });
  expect(await say({ type: 'connect', id: 2, token: 'good' })).toMatchObject([{ id: 2, code: 'connect-first' }]);
});

test('[LM3] commands that come too fast are refused, and a client that does not stop is closed', async () => {
  const { heard, session, closes } = setUpSession();
  heard();
  for (let id = 0; id < 45; id++) session.receive('{"type":"hb"}', 13);
  expect(heard()).toEqual(
    Array.from({ length: 5 }, () => expect.objectContaining({ type: 'error', code: 'rate-limited', temporary: true })),
  );
  for (let id = 0; id < 120; id++) session.receive('{"type":"hb"}', 13);
  expect(closes.map(({ code }) => code)).toEqual([4005]);
});

test('[WS9] an engine that cannot answer now is an error the client may repeat', async () => {
  const { engine, heard, subscribe, topics } = setUpSession();
  heard();
  engine.stock = () => Promise.reject(new Error('overloaded'));
  expect(await subscribe(['A'])).toEqual([
    expect.objectContaining({ type: 'error', id: 7, code: 'busy', temporary: true, retryAfterMs: 1000 }),
  ]);
  expect(topics.size).toBe(0);
});

test('[WS6] who has sent nothing in its time is the public: a key comes too late', async () => {
  const { session, heard, say } = setUpSession();
  heard();
  session.stopWaiting();
  expect(await say({ type: 'connect', id: 1, token: 'good' })).toMatchObject([
    { type: 'error', code: 'connect-first' },
  ]);
});

test('[LM1] a command that names more keys than are left takes none of them', async () => {
  const { engine, topics, heard, subscribe } = setUpSession();
  for (const key of ['A', 'B', 'C', 'D']) engine.set(key, 9);
  await subscribe(['A', 'B']);
  heard();
  expect(await subscribe(['C', 'D'])).toMatchObject([{ type: 'error', code: 'too-many-keys' }]);
  expect(topics.size).toBe(2);
  // Those it has already count once.
  expect(await subscribe(['A', 'C'])).toMatchObject([{ type: 'subscribed', snap: [{ k: 'A' }, { k: 'C' }] }]);
});
