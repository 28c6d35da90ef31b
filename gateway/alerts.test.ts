import { expect, test } from 'vitest';
import type { EngineStats } from '../engine/api.ts';
import type { DeadLetter } from '../engine/contract/dead-letter.ts';
import type { NodeId, SourceId } from '../engine/contract/ids.ts';
import { AlertFeed } from './alert-feed.ts';
import { alertStates, type AlertInput } from './alert-states.ts';
import { ALERT_KINDS, type AlertKind, type AlertState } from './protocol/alerts.ts';
import { TestEngine } from './test-engine.ts';
import { ADMIN_KEY, onHand, startTestServer } from './test-server.ts';
import { openSocket } from './test-socket.ts';
import type { Topic } from './topic.ts';

const POS = 'pos' as SourceId;

async function inputWith(stats: object = {}, about: Partial<AlertInput> = {}): Promise<AlertInput> {
  const engine = new TestEngine();
  const all = { ...(await engine.stats()), ...stats } as EngineStats;
  return { stats: all, reference: engine.reference, letters: [], held: [], shortfalls: [], ...about };
}

const letter = (id: string, receivedAt: number, code = 'unknown-sku') =>
  ({ id, source: 'pos', code, message: 'm', place: 'line 1', receivedAt, times: 2, original: 'secret' }) as DeadLetter;

test('[ST16] when all is well every kind says so', async () => {
  const states = alertStates(await inputWith());
  expect([...states.keys()]).toEqual(ALERT_KINDS);
  for (const state of states.values()) expect(state).toMatchObject({ count: 0, since: null, rows: [] });
});

const silent = [
  { node: 'S-1' as NodeId, source: POS, since: 900 },
  { node: 'S-2' as NodeId, source: POS, since: 700 },
];
const CASES: readonly [kind: AlertKind, stats: object, about: Partial<AlertInput>, expected: object][] = [
  ['silent-nodes', { silent }, {}, { count: 2, since: 700, rows: [{ node: 'S-2' }, { node: 'S-1', source: 'pos' }] }],
  [
    'number-gaps',
    {
      gaps: [
        { source: POS, streams: 2, missing: 7, since: 500, forgotten: 0 },
        { source: 'erp', streams: 0, missing: 0, since: null, forgotten: 3 },
      ],
    },
    {},
    { count: 1, since: 500, rows: [{ source: 'pos', amount: 7, since: 500, detail: 'streams: 2' }] },
  ],
  [
    'slow-clocks',
    { slowClocks: [{ source: POS, behindMs: 359_000 }] },
    {},
    { count: 1, since: null, rows: [{ source: 'pos', amount: 5 }] },
  ],
  [
    'held-changes',
    { openLetters: 9 },
    { held: [letter('h', 400, 'waits-for-approval')] },
    {
      count: 1,
      since: 400,
      rows: [{ id: 'h', source: 'pos', amount: 2, since: 400, detail: 'waits-for-approval' }],
    },
  ],
  ['dead-letters', { openLetters: 9 }, { letters: [letter('b', 400), letter('a', 300)] }, { count: 9, since: 300 }],
  [
    'shortfalls',
    { health: [{ short: 1 }, { short: 2 }] },
    {
      shortfalls: [
        { sku: 'A', node: 'S-1', units: 3, since: 60, by: { position: 'p', fact: 'f', source: POS } },
      ] as unknown as AlertInput['shortfalls'],
    },
    {
      severity: 'critical',
      count: 3,
      since: 60,
      rows: [{ sku: 'A', node: 'S-1', amount: 3, since: 60, source: 'pos' }],
    },
  ],
  ['invariants', { invariants: { violations: 2 } }, {}, { severity: 'critical', count: 2, rows: [{ amount: 2 }] }],
  [
    'ledger',
    { projector: { position: 1, lag: 250_123 } },
    {},
    { count: 1, rows: [{ amount: 200_000, detail: 'it is far behind' }] },
  ],
];

test.each(CASES)('[ST16] %s tells what, where and since when', async (kind, stats, about, expected) => {
  const states = alertStates(await inputWith(stats, about));
  expect(states.get(kind)).toMatchObject(expected);
  expect(JSON.stringify(states.get(kind))).not.toContain('secret');
  expect([...states].filter(([other, { count }]) => other !== kind && count > 0 && kind !== 'held-changes')).toEqual(
    [],
  );
});

test('[ST16] an alert shows at most 20 rows and counts all', async () => {
  const many = Array.from({ length: 60 }, (_, n) => ({ node: `S-${n}`, source: POS, since: 1_000 - n }));
  const state = alertStates(await inputWith({ silent: many })).get('silent-nodes')!;
  expect([state.count, state.rows.length, state.rows[0]?.node, state.since]).toEqual([60, 20, 'S-59', 941]);
});

test('[ST16] an alert is looked at while somebody watches, and pushed only when it differs', async () => {
  const engine = new TestEngine();
  const stats = await engine.stats();
  let asked = 0;
  let now: object = {};
  engine.stats = async () => {
    asked += 1;
    return { ...stats, ...now };
  };
  const changed: Topic[] = [];
  const deps = { engine: engine.asEngine, wallNow: () => 5, run: 'run1', log: () => undefined };
  const feed = new AlertFeed({ ...deps, changed: (topic) => changed.push(topic) });
  feed.turn();
  expect(asked).toBe(0);
  const [topic] = await feed.acquire(['silent-nodes', 'no-such-kind']);
  expect(topic!.entry()).toContain('"count":0');
  changed.length = 0;
  const look = async () => {
    feed.turn();
    await new Promise((done) => setImmediate(done));
    return changed.splice(0).map(({ k }) => k);
  };
  expect(await look()).toEqual([]);
  now = { silent };
  expect(await look()).toEqual(['silent-nodes']);
  expect(await look()).toEqual([]);
  now = {};
  expect(await look()).toEqual(['silent-nodes']);
  feed.release(topic!);
  asked = 0;
  await look();
  expect(asked).toBe(0);
});

test('[ST16] a failed look leaves nothing pinned', async () => {
  const engine = new TestEngine();
  engine.stats = () => Promise.reject(new Error('overloaded'));
  const deps = { engine: engine.asEngine, wallNow: () => 5, run: 'run1', log: () => undefined };
  const feed = new AlertFeed({ ...deps, changed: () => undefined });
  await expect(feed.acquire(['ledger'])).rejects.toThrow('overloaded');
  let asked = 0;
  engine.stats = async () => {
    asked += 1;
    return {};
  };
  feed.turn();
  expect(asked).toBe(0);
});

test('[ST16] operators are warned of a letter and of a shortfall, and hear when they are gone; others are not let in', async () => {
  const server = await startTestServer();
  const tower = openSocket(server.url);
  await tower.next('welcome');
  tower.say({ type: 'subscribe', id: 1, ch: 'alerts', keys: ['shortfalls'] });
  expect(await tower.next('error')).toMatchObject({ id: 1, code: 'forbidden' });
  tower.close();

  const staff = openSocket(server.url);
  await staff.next('welcome');
  staff.say({ type: 'connect', id: 1, token: ADMIN_KEY });
  expect((await staff.next('connected'))['caps']).toContainEqual({ ch: 'alerts', allow: ['sub'] });
  staff.say({ type: 'subscribe', id: 2, ch: 'alerts', keys: [...ALERT_KINDS, 'none'] });
  const subscribed = await staff.next('subscribed');
  expect(subscribed).toMatchObject({ conflateMs: 1_000, unknown: ['none'] });
  expect(subscribed['snap']).toHaveLength(ALERT_KINDS.length);

  const next = async (kind: AlertKind): Promise<AlertState> => {
    for (;;) {
      const update = await staff.next('update');
      if (update['k'] === kind) return update['d'] as AlertState;
    }
  };
  await server.feed([onHand('A', 5)]);
  const json = { channel: 'web', lines: [{ sku: 'A', units: 5, node: 'S-1' }] };
  await server.call('/v1/reservations', { method: 'POST', key: ADMIN_KEY, json, headers: { 'idempotency-key': 'a' } });
  await server.feed([onHand('A', 2)]);
  expect(await next('shortfalls')).toMatchObject({ count: 1, rows: [{ sku: 'A', node: 'S-1', amount: 3 }] });
  await server.feed([onHand('A', 7)]);
  expect(await next('shortfalls')).toMatchObject({ count: 0, rows: [] });
  await server.feed([onHand('B', 5, Date.now(), 'nowhere')]);
  expect(await next('dead-letters')).toMatchObject({ count: 1, rows: [{ source: 'pos' }] });
  staff.close();
  await server.stop();
});
