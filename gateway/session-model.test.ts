import { noLogs } from './log/test-no-logs.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { no } from './answers.ts';
import type { Since } from './protocol/wire.ts';
import { Session } from './session.ts';
import { NO_SOURCES, WEB } from './test-engine.ts';
import { messagesIn } from './test-frames.ts';
import { setUpTopics } from './test-session.ts';

// Any history of changes, subscriptions, reconnects and slow reads, seen by a client that only applies what it is told.

const KEYS = ['A', 'B', 'C'];

interface Entry {
  readonly k: string;
  readonly e: string;
  readonly r: number;
  readonly d: { readonly units: number };
}

/** What a page does: keeps the newest state per key it watches. */
class TestClient {
  readonly states = new Map<string, { readonly since: Since; readonly units: number }>();
  readonly watched = new Set<string>();
  readonly faults: string[] = [];
  readonly #asked = new Map<number, readonly string[]>();

  asks(id: number, keys: readonly string[]): void {
    this.#asked.set(id, keys);
  }

  hears(message: Readonly<Record<string, unknown>>): void {
    const { type } = message;
    if (type === 'update') this.#update(message as unknown as Entry);
    if (type === 'subscribed') {
      const { snap, unchanged = [] } = message as unknown as { snap: Entry[]; unchanged?: string[] };
      for (const entry of snap) this.#take(entry);
      for (const key of [...snap.map(({ k }) => k), ...unchanged]) this.watched.add(key);
    }
    if (type === 'unsubscribed')
      for (const key of this.#asked.get(message['id'] as number) ?? []) this.watched.delete(key);
    if (type === 'error') this.faults.push(`error ${String(message['code'])}`);
  }

  #update(entry: Entry): void {
    if (!this.watched.has(entry.k)) this.faults.push(`update of ${entry.k}, which is not watched`);
    const known = this.states.get(entry.k)?.since[1] ?? -1;
    if (entry.r <= known) this.faults.push(`update of ${entry.k} to ${entry.r} after ${known}`);
    this.#take(entry);
  }

  #take({ k, e, r, d }: Entry): void {
    this.states.set(k, { since: [e, r], units: d.units });
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant('change' as const), key: fc.constantFrom(...KEYS), units: fc.nat({ max: 3 }) }),
  fc.record({
    do: fc.constantFrom('subscribe' as const, 'unsubscribe' as const),
    keys: fc.subarray(KEYS, { minLength: 1 }),
    conflateMs: fc.constantFrom(50, 250),
    resume: fc.boolean(),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 400 }) }),
  fc.record({ do: fc.constantFrom('reconnect' as const, 'hold-reads' as const, 'release-reads' as const) }),
);

test('[ST3] [ST4] a client that applies what it is told ends with the engine’s numbers, never hears of a key it left, never goes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const { clock, engine, topics, owe } = setUpTopics();
      const units = new Map(KEYS.map((key) => [key, 1]));
      for (const key of KEYS) engine.set(key, 1);
      const client = new TestClient();
      const connect = () => {
        let open = true;
        const session: Session = new Session(
          { id: 's', address: '' },
          {
            engine: engine.asEngine,
            stock: topics,
            owe,
            sources: NO_SOURCES,
            now: clock.now,
            wallNow: clock.now,
            random: () => 0.3,
            defaultSale: () => WEB,
            limits: {
              public: { keys: 10, msgBytes: 4_000, cmdPerSec: 1_000, updPerSec: 1_000 },
              staff: { keys: 10, msgBytes: 4_000, cmdPerSec: 1_000, updPerSec: 1_000 },
              commandsBurst: 1_000,
              pingMs: 25_000,
              conflateMs: { default: 250, min: 50, max: 5_000 },
            },
            callerOf: async () => no(401, 'unknown-key', 'nobody'),
            standingOf: () => 'valid',
            logs: noLogs(),
            log: () => undefined,
            hit: () => undefined,
          },
          {
            hasRoom: true,
            whenRoom: () => Promise.resolve(),
            write: (frames) => {
              if (open) messagesIn(frames).forEach((message) => client.hears(message));
            },
            close: () => undefined,
          },
        );
        const end = () => {
          open = false;
          session.ended(1006);
        };
        return { say: (message: object) => session.receive(JSON.stringify(message), 100), end };
      };
      let session = connect();
      let id = 0;
      const settle = async () => {
        await new Promise((done) => setImmediate(done));
        clock.settle();
      };
      for (const one of steps) {
        switch (one.do) {
          case 'change':
            units.set(one.key, one.units);
            engine.set(one.key, one.units);
            break;
          case 'subscribe':
          case 'unsubscribe': {
            client.asks(++id, one.keys);
            const since = Object.fromEntries(
              one.keys.flatMap((key) => {
                const state = client.states.get(key);
                return one.resume && state !== undefined ? [[key, state.since]] : [];
              }),
            );
            session.say({ type: one.do, id, ch: 'stock', keys: one.keys, conflateMs: one.conflateMs, since });
            break;
          }
          case 'wait':
            clock.advance(one.ms);
            break;
          case 'reconnect':
            session.end();
            client.watched.clear();
            session = connect();
            break;
          case 'hold-reads':
            engine.holdReads = true;
            break;
          case 'release-reads':
            engine.holdReads = false;
            engine.releaseReads();
            break;
        }
        await settle();
      }
      engine.holdReads = false;
      for (let round = 0; round < 5; round++) {
        engine.releaseReads();
        await settle();
        clock.advance(300);
      }
      expect(client.faults).toEqual([]);
      for (const key of client.watched) expect([key, client.states.get(key)?.units]).toEqual([key, units.get(key)]);
      session.end();
      await settle();
      expect(topics.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});
