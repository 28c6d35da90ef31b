import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { AttemptResult } from './http-attempt.ts';
import { deliveries, delivery } from './delivery-log.ts';
import { event, failing, HOUR, OK, World } from './test-deliverer.ts';

const SECOND = 1_000;

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

  test('a retry-after holds against the success of an attempt that was under way already', async () => {
    const world = new World();
    const endpoint = world.endpoint();
    const open: ((result: AttemptResult) => void)[] = [];
    world.answer = () => new Promise((resolve) => open.push(resolve));
    await world.put(2, endpoint);
    open[0]!({ ...failing(429), retryAfterMs: 60 * SECOND });
    await world.settle();
    await world.pass(SECOND);
    open[1]!(OK);
    await world.put(1, endpoint);
    await world.pass(58 * SECOND);
    expect(open).toHaveLength(2);
    await world.pass(2 * SECOND);
    expect(open).toHaveLength(4);
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

  test('nobody looks again and again while others have all the attempts there are', async () => {
    const world = new World({ concurrency: 2, concurrencyEach: 2 });
    const [slow, other] = [world.endpoint('https://slow.test/'), world.endpoint('https://other.test/')];
    const open: (() => void)[] = [];
    world.answer = () => new Promise((resolve) => open.push(() => resolve(OK)));
    await world.put(2, slow);
    await world.put(1, other);
    expect(await world.pass(10 * SECOND)).toBe(0);
    open[0]!();
    await world.settle();
    expect(world.posts.map(({ url }) => url)).toEqual([slow.url, slow.url, other.url]);
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
