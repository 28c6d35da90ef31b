import type { ClientId } from '../engine/contract/ids.ts';
import { no, type No } from './answers.ts';
import { SCOPES, type Caller } from './caller.ts';
import { Conflation } from './conflation.ts';
import type { Watch } from './lane.ts';
import { noLogs } from './log/test-no-logs.ts';
import { Session, type SessionDeps } from './session.ts';
import { StockTopics } from './stock-topics.ts';
import { TestClock } from './test-clock.ts';
import { NO_SOURCES, TestEngine, WEB } from './test-engine.ts';
import { messagesIn } from './test-frames.ts';
import { Topic } from './topic.ts';

const STAFF: Caller = { is: 'staff', client: 'ann' as ClientId, scopes: new Set(SCOPES), limits: {} };
const TILL: Caller = { is: 'staff', client: 'till' as ClientId, scopes: new Set(['feeds']), limits: {} };
/** Ends 60 s after the test began; the second one later. */
const SHORT: Caller = { ...STAFF, expiresAt: new TestClock().now() + 60_000 };
const FRESH: Caller = { ...SHORT, expiresAt: SHORT.expiresAt! + 60_000 };
const OVER = no(401, 'token-expired', 'it has ended');
const AWAY = no(503, 'keys-unreachable', 'ask again', { retryAfterMs: 5_000 });
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

/** Engine, topics and lanes of a test, on its clock. */
export function setUpTopics() {
  const clock = new TestClock();
  const conflation = new Conflation({
    now: clock.now,
    soon: clock.soon,
    later: clock.later,
    written: () => undefined,
    skipped: () => undefined,
  });
  const engine: TestEngine = new TestEngine((changes) => changes.forEach((change) => topics.take(change)));
  const topics = new StockTopics({
    engine: engine.asEngine,
    wallNow: clock.now,
    changed: (topic) => conflation.changed(topic),
  });
  return { clock, engine, topics, owe: (watch: Watch) => conflation.owe(watch) };
}

/** A session on a transport and a clock of the test; each of `say`, `heard` and `subscribe` tells what was written since. */
export function setUpSession({ updPerSec = 1_000 } = {}) {
  const { clock, engine, topics, owe } = setUpTopics();
  const opsTopic = new Topic('ops', 'now', 'run1');
  opsTopic.set({ r: 1, d: '{"at":1}', t: 1, receivedAt: 0, facts: 0 });
  const deps: SessionDeps = {
    engine: engine.asEngine,
    stock: topics,
    owe,
    sources: { ...NO_SOURCES, ops: { ...NO_SOURCES.ops, conflateMsMin: 1_000, acquire: async () => [opsTopic] } },
    now: clock.now,
    wallNow: clock.now,
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
