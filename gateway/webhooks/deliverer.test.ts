import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { Deliverer } from './deliverer.ts';
import { deliveries, delivery } from './delivery-log.ts';
import { Endpoints, type Endpoint } from './endpoints.ts';
import type { AttemptResult, Post } from './http-attempt.ts';
import { outgoingEvent, type OutgoingEvent } from './outgoing-event.ts';
import { SqliteJobs } from './sqlite-jobs.ts';
import { openWebhookFile } from './webhook-file.ts';

const START = Date.now();
const SECOND = 1_000;
const HOUR = 3_600_000;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-deliverer-'));
  folders.push(folder);
  return join(folder, 'webhooks.sqlite');
}

interface Bounds {
  readonly queueMax?: number;
  readonly logMax?: number;
  readonly concurrency?: number;
  readonly concurrencyEach?: number;
}

/** A deliverer on a real file, with a clock and endpoints that do what the test says. */
class World {
  readonly path = newFile();
  readonly posts: (Post & { readonly at: number })[] = [];
  readonly log: string[] = [];
  readonly bounds: Bounds;
  nowMs = START;
  answer: (post: Post) => Promise<AttemptResult> = async () => OK;
  #timers: { run: () => void; at: number }[] = [];
  db = openWebhookFile(this.path);
  jobs!: SqliteJobs;
  endpoints!: Endpoints;
  deliverer!: Deliverer;

  constructor(bounds: Bounds = {}) {
    this.bounds = bounds;
    this.#open();
  }

  #open(): void {
    const { queueMax = 1_000, logMax = 1_000, concurrency = 32, concurrencyEach = 4 } = this.bounds;
    this.jobs = new SqliteJobs(this.db, { queueMax, logMax }, () => this.nowMs);
    this.endpoints = new Endpoints(this.db, 100);
    this.deliverer = new Deliverer({
      jobs: this.jobs,
      endpoints: this.endpoints,
      attempt: (post) => {
        this.posts.push({ ...post, at: this.nowMs });
        return this.answer(post);
      },
      now: () => this.nowMs,
      random: () => 0,
      later: (run, ms) => {
        const timer = { run, at: this.nowMs + ms };
        this.#timers.push(timer);
        return () => (this.#timers = this.#timers.filter((one) => one !== timer));
      },
      limits: { concurrency, concurrencyEach, pauseMs: 24 * HOUR },
      log: (line) => this.log.push(line),
    });
  }

  /** As after kill -9: what was under way is forgotten, what is in the file is there. */
  crash(): void {
    this.#timers = [];
    this.db.close();
    this.db = openWebhookFile(this.path);
    this.#open();
  }

  endpoint(url = 'https://a.test/'): Endpoint {
    const made = this.endpoints.create({ url, types: ['dev.onhand.stock.low'], filters: {} }, this.nowMs);
    if (typeof made === 'string') throw new Error(made);
    return made;
  }

  async put(count: number, ...to: readonly Endpoint[]): Promise<readonly string[]> {
    const endpoints = to.map(({ id }) => id);
    const left = await this.jobs.put(Array.from({ length: count }, () => ({ event: event(), endpoints })));
    this.deliverer.wake();
    await this.settle();
    return left;
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    await setImmediate();
  }

  /** Moves the clock from timer to timer. */
  async pass(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    for (;;) {
      await this.settle();
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.run();
    }
    this.nowMs = until;
    await this.settle();
  }

  states(endpoint: Endpoint): string[] {
    return deliveries(this.db, { endpoint: endpoint.id, limit: 1_000 }).map(({ state }) => state);
  }
}

let made = 0;
function event(): OutgoingEvent {
  const data = { reservation: `r-${++made}` };
  return outgoingEvent({ type: 'dev.onhand.reservation.expired', name: String(made), at: START, keys: {}, data }, 'e1');
}

const OK: AttemptResult = { status: 200, ms: 3, answer: 'fine' };
const failing = (status = 500): AttemptResult => ({ status, ms: 3, answer: 'no' });

describe('the deliverer', () => {
  test('sends what is due signed, and the Standard Webhooks library accepts it', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    await world.put(1, endpoint);
    const [post] = world.posts;
    expect(new Webhook(endpoint.secret).verify(post!.body, post!.headers)).toMatchObject({
      specversion: '1.0',
      type: 'dev.onhand.reservation.expired',
      id: post!.headers['webhook-id'],
    });
    expect(post!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(world.states(endpoint)).toEqual(['delivered']);
  });

  test('signs with both secrets while one replaces the other', async () => {
    const world = new World();
    const { id, secret: first } = world.endpoint();
    const until = world.nowMs + HOUR;
    const second = world.endpoints.change(id, {
      secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      previous: { secret: first, until },
    })!;
    await world.put(1, second);
    world.nowMs = until;
    await world.put(1, second);
    const accepts = (secret: string, at: number): boolean => {
      const { body, headers } = world.posts[at]!;
      const given = headers['webhook-signature']!.split(' ');
      const when = new Date(Number(headers['webhook-timestamp']) * 1000);
      return given.includes(new Webhook(secret).sign(headers['webhook-id']!, when, body));
    };
    expect([first, second.secret].map((secret) => accepts(secret, 0))).toEqual([true, true]);
    expect([first, second.secret].map((secret) => accepts(secret, 1))).toEqual([false, true]);
  });

  test('tries again by the schedule under the same id, then gives up', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    // Another day's success between: the endpoint is not down, this one event fails.
    world.answer = async () => {
      world.endpoints.change(endpoint.id, { failures: 0, failingSince: undefined });
      return failing();
    };
    await world.put(1, endpoint);
    await world.pass(100 * HOUR);
    const gaps = world.posts.slice(1).map(({ at }, i) => Math.round((at - world.posts[i]!.at) / SECOND));
    expect(gaps).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(new Set(world.posts.map(({ headers }) => headers['webhook-id']))).toHaveLength(1);
    expect(new Set(world.posts.map(({ headers }) => headers['webhook-timestamp']))).toHaveLength(10);
    expect(world.states(endpoint)).toEqual(['failed']);
    const { id } = deliveries(world.db, { endpoint: endpoint.id, limit: 1 })[0]!;
    expect(delivery(world.db, endpoint.id, id)!.tries).toHaveLength(10);
  });

  test('a retry-after is waited for, by the job and by the endpoint', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    world.answer = async () => ({ ...failing(429), retryAfterMs: 60 * SECOND });
    await world.put(1, endpoint);
    world.answer = async () => OK;
    await world.put(1, endpoint);
    await world.pass(59 * SECOND);
    expect(world.posts).toHaveLength(1);
    await world.pass(2 * SECOND);
    expect(world.posts).toHaveLength(3);
  });

  test('410 ends the delivery and pauses the endpoint', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    world.answer = async () => failing(410);
    await world.put(1, endpoint);
    await world.pass(100 * HOUR);
    expect(world.posts).toHaveLength(1);
    expect(world.endpoints.get(endpoint.id)).toMatchObject({ pausedFor: 'gone' });
    expect(world.states(endpoint)).toEqual(['failed']);
  });

  test('an endpoint that only fails is tried ever more rarely, paused after a day, and gets what waited when resumed', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    world.answer = async () => ({ fault: 'ECONNREFUSED', ms: 1, answer: '' });
    await world.put(60, endpoint);
    await world.pass(HOUR);
    // 60 jobs: each at least twice in that hour, were the endpoint not spared.
    expect(world.posts.length).toBeLessThan(40);
    await world.pass(30 * HOUR);
    expect(world.endpoints.get(endpoint.id)).toMatchObject({ pausedFor: 'failing' });
    expect(world.log).toHaveLength(1);
    const tried = world.posts.length;
    await world.pass(10 * HOUR);
    expect(world.posts).toHaveLength(tried);
    world.answer = async () => OK;
    world.endpoints.change(endpoint.id, { pausedFor: undefined, failures: 0, failingSince: undefined });
    world.deliverer.changed(endpoint.id);
    await world.pass(100 * HOUR);
    expect(new Set(world.states(endpoint))).toEqual(new Set(['delivered']));
  });

  test('so many attempts are under way at once, per endpoint and in all, and each endpoint has its turn', async () => {
    const world = new World({ concurrency: 5, concurrencyEach: 2 });
    const endpoints = ['a', 'b', 'c', 'd'].map((name) => world.endpoint(`https://${name}.test/`));
    const open: (() => void)[] = [];
    world.answer = () => new Promise((resolve) => open.push(() => resolve(OK)));
    await world.put(3, ...endpoints);
    expect(open).toHaveLength(5);
    const perHost = (): number[] =>
      endpoints.map(({ url }) => world.posts.filter((post) => post.url === url).length).toSorted((a, b) => a - b);
    expect(perHost()).toEqual([0, 1, 2, 2]);
    for (let left = 12; left > 0; left--) {
      open.shift()!();
      await world.settle();
      expect(world.deliverer.running).toBe(Math.min(5, left - 1));
    }
    expect(perHost()).toEqual([3, 3, 3, 3]);
  });

  test('a drain begins nothing new and ends when what is under way is written', async () => {
    const world = new World({ concurrencyEach: 1 });
    const endpoint = world.endpoint();
    let end: () => void = () => undefined;
    world.answer = () => new Promise((resolve) => (end = () => resolve(OK)));
    await world.put(2, endpoint);
    let drained = false;
    const draining = world.deliverer.drain().then(() => (drained = true));
    await world.settle();
    expect(drained).toBe(false);
    end();
    await draining;
    expect(world.posts).toHaveLength(1);
    expect(world.states(endpoint)).toEqual(['waiting', 'delivered']);
  });

  test('what waits is bounded: more is left out and named, and nothing that waited is lost', async () => {
    const world = new World({ queueMax: 3 });
    const endpoint = world.endpoint();
    world.endpoints.change(endpoint.id, { pausedFor: 'staff' });
    expect(await world.put(5, endpoint)).toEqual([endpoint.id, endpoint.id]);
    expect(world.jobs.waiting(endpoint.id)).toBe(3);
  });

  test('the log is bounded, and what nobody needs any more is deleted with it', async () => {
    const world = new World({ logMax: 10 });
    const endpoint = world.endpoint();
    await world.put(50, endpoint);
    expect(world.states(endpoint)).toHaveLength(10);
    const rows = (table: string): unknown => world.db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
    expect([rows('jobs'), rows('events'), rows('attempts')]).toEqual([10, 10, 10]);
  });

  test('an endpoint that is deleted while it is called leaves nothing behind', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    world.answer = async () => {
      world.endpoints.remove(endpoint.id);
      world.jobs.forget(endpoint.id);
      return OK;
    };
    await world.put(3, endpoint);
    await world.pass(HOUR);
    for (const table of ['jobs', 'events', 'attempts', 'endpoints']) {
      expect(world.db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']).toBe(0);
    }
  });

  test('the same event twice is one delivery', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    const one = event();
    for (let times = 0; times < 2; times++) await world.jobs.put([{ event: one, endpoints: [endpoint.id] }]);
    expect(world.jobs.waiting(endpoint.id)).toBe(1);
  });
});

/** What comes of one attempt: the process dies before it, after it came and before it is written, or not. */
const fates = fc.array(fc.constantFrom('ok', 'ok', 'ok', 'no', 'no-answer', 'dies-before', 'dies-after' as const), {
  minLength: 1,
  maxLength: 60,
});

test('[property] whenever the process dies, each event arrives at least once under one id, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fates, fc.integer({ min: 1, max: 12 }), async (plan, count) => {
      const world = new World({ concurrencyEach: 3 });
      const endpoint = world.endpoint();
      const arrived: string[] = [];
      const fate = [...plan];
      let died = false;
      world.answer = (post) => {
        const now = fate.shift() ?? 'ok';
        if (now === 'dies-before' || died) {
          died = true;
          return new Promise(() => undefined);
        }
        if (now === 'no') return Promise.resolve(failing());
        arrived.push(post.headers['webhook-id']!);
        if (now === 'no-answer') return Promise.resolve({ fault: 'ECONNRESET', ms: 1, answer: '' });
        died = now === 'dies-after';
        return died ? new Promise(() => undefined) : Promise.resolve(OK);
      };
      await world.put(count, endpoint);
      const sent = world.db
        .prepare('SELECT id FROM events')
        .all()
        .map(({ id }) => String(id));
      for (let round = 0; round < 300 && world.jobs.waiting(endpoint.id) > 0; round++) {
        if (died) {
          died = false;
          world.crash();
          world.deliverer.wake();
        }
        world.endpoints.change(endpoint.id, { pausedFor: undefined, failures: 0, failingSince: undefined });
        await world.pass(HOUR);
      }
      expect(new Set(arrived)).toEqual(new Set(sent));
      expect(world.states(endpoint).every((state) => state === 'delivered' || state === 'failed')).toBe(true);
      world.db.close();
    }),
    { numRuns: 25 },
  );
});
