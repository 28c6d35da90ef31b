import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Value } from 'typebox/value';
import type { Delivery, EndpointInfo } from '../protocol/webhook-bodies.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { EVENT_TYPES, SUBSCRIBED_TYPES, type EventType } from './event-types.ts';
import { outgoingEvent } from './outgoing-event.ts';
import { startReceiver, type Got, type Receiver } from './test-receiver.ts';

let dataDir: string;
let server: TestServer;
let hook: Receiver;
let status = 204;

const key = ADMIN_KEY;
const ENDPOINTS = '/v1/webhook-endpoints';
const ENV = { WEBHOOK_TARGETS: 'any', WEBHOOK_TIMEOUT_MS: '5000' };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onhand-outgoing-'));
  server = await startTestServer({ DATA_DIR: dataDir, ...ENV });
  hook = await startReceiver((response) => response.writeHead(status).end(status === 204 ? '' : 'not today'));
});
afterAll(async () => {
  await server.stop();
  await hook.close();
  await rm(dataDir, { recursive: true, force: true });
});

afterEach(async () => {
  status = 204;
  for (const { id } of (await call(ENDPOINTS)).body['endpoints'] as EndpointInfo[]) {
    await call(`${ENDPOINTS}/${id}`, 'DELETE');
  }
});

const call = (path: string, method = 'GET', json?: unknown) =>
  server.call(path, { method, key, ...(json !== undefined && { json }) });

async function create(about: object = {}): Promise<EndpointInfo & { secret: string }> {
  const made = await call(ENDPOINTS, 'POST', { url: hook.url, types: SUBSCRIBED_TYPES, ...about });
  expect(made).toMatchObject({ status: 201 });
  return made.body as unknown as EndpointInfo & { secret: string };
}

async function deliveriesOf(id: string, query = ''): Promise<readonly Delivery[]> {
  return (await call(`${ENDPOINTS}/${id}/deliveries${query}`)).body['deliveries'] as Delivery[];
}

interface Event {
  readonly type: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}
const eventsOf = (got: readonly Got[]): Event[] => got.map(({ body }) => JSON.parse(body) as Event);

/** Waits until an event of this kind has come. */
async function arrived(passes: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const found = eventsOf(hook.got).find(passes);
    if (found !== undefined) return found;
    await hook.until(hook.got.length + 1);
  }
}

const settled = async (id: string, job: number): Promise<Delivery> => {
  for (;;) {
    const found = (await call(`${ENDPOINTS}/${id}/deliveries/${job}`)).body as unknown as Delivery;
    if (found.last !== undefined) return found;
  }
};

describe('outgoing events', () => {
  test('what crosses a band arrives as a CloudEvent, signed, once per endpoint that asked for it', async () => {
    const { secret } = await create({ types: ['dev.onhand.stock.band-changed', 'dev.onhand.stock.low'] });
    const other = await create({ types: ['dev.onhand.stock.low'], filters: { skus: ['BREAD'] } });
    await server.feed([onHand('O-1', 40)]);
    await server.feed([onHand('O-1', 2)]);
    const low = await arrived(({ type, data }) => type === 'dev.onhand.stock.low' && data['channel'] === 'web');
    expect(low.data).toMatchObject({ sku: 'O-1', was: 'in-stock', band: 'low-stock', lowAt: 3, units: 2 });
    const got = hook.got.find(({ body }) => body.includes(low.id))!;
    expect(new Webhook(secret).verify(got.body, got.headers as Record<string, string>)).toMatchObject({ id: low.id });
    expect(got.headers).toMatchObject({
      'webhook-id': low.id,
      'content-type': 'application/cloudevents+json; charset=utf-8',
    });
    // b2b shows units to nobody: neither does its event.
    const b2b = await arrived(({ type, data }) => type === 'dev.onhand.stock.low' && data['channel'] === 'b2b');
    expect(b2b.data).not.toHaveProperty('units');
    expect(await deliveriesOf(other.id)).toEqual([]);
  });

  test('shortfalls, letters and expired holds arrive as well, each as its schema says', async () => {
    await create();
    await server.feed([onHand('O-2', 5)]);
    const lines = [{ sku: 'O-2', units: 4, node: 'S-1' }];
    const json = { channel: 'web', lines, holdMs: 1_000 };
    await server.call('/v1/reservations', { method: 'POST', key, json, headers: { 'idempotency-key': 'o-2' } });
    await server.feed([onHand('O-2', 1), { ...onHand('O-3', 1), node: 'S-9' }]);
    const short = await arrived(({ type }) => type === 'dev.onhand.stock.shortfall');
    expect(short.data).toMatchObject({ sku: 'O-2', node: 'S-1', state: 'open', units: 3, by: { source: 'pos' } });
    const letter = await arrived(({ type }) => type === 'dev.onhand.dead-letter.opened');
    expect(letter.data).toMatchObject({ source: 'pos' });
    await arrived(({ type }) => type === 'dev.onhand.reservation.expired');
    await arrived(({ type, data }) => type === 'dev.onhand.stock.shortfall' && data['state'] === 'resolved');
    for (const { type, data } of eventsOf(hook.got)) {
      expect({ type, fits: Value.Check(EVENT_TYPES[type as EventType].data, data) }).toEqual({ type, fits: true });
    }
  });

  test('a delivery that failed is in the log with its answer, and is replayed under its old id', async () => {
    const { id } = await create({ types: ['dev.onhand.stock.low'], filters: { channels: ['web'] } });
    status = 503;
    await server.feed([onHand('O-4', 40)]);
    await server.feed([onHand('O-4', 1)]);
    const event = await arrived(({ data }) => data['sku'] === 'O-4');
    const [job] = await deliveriesOf(id);
    expect(await settled(id, job!.id)).toMatchObject({
      state: 'waiting',
      event: event.id,
      attempts: 1,
      last: { status: 503, answer: 'not today' },
      tries: [{ status: 503 }],
    });
    const replay = `${ENDPOINTS}/${id}/deliveries/${job!.id}/replay`;
    expect(await call(replay, 'POST')).toMatchObject({ status: 409, body: { code: 'still-waiting' } });
    status = 410;
    await call(`${ENDPOINTS}/${id}/test`, 'POST');
    status = 204;
    const tests = await deliveriesOf(id, '?state=failed');
    expect(tests).toMatchObject([{ type: 'dev.onhand.webhook.test', last: { status: 410 } }]);
    const before = hook.got.length;
    expect(await call(`${ENDPOINTS}/${id}/deliveries/${tests[0]!.id}/replay`, 'POST')).toMatchObject({ status: 200 });
    await hook.until(before + 1);
    expect(hook.got.at(-1)!.headers['webhook-id']).toBe(tests[0]!.event);
    expect(await call(`${ENDPOINTS}/${id}/deliveries/replay-failed`, 'POST')).toMatchObject({ body: { replayed: 0 } });
    expect((await call(`${ENDPOINTS}/${id}/deliveries/99999`)).status).toBe(404);
  });

  test('a test says what the endpoint answered', async () => {
    const { id } = await create();
    expect((await call(`${ENDPOINTS}/${id}/test`, 'POST')).body).toMatchObject({ state: 'delivered', status: 204 });
    await call(`${ENDPOINTS}/${id}`, 'PATCH', { url: 'http://127.0.0.1:1/', state: 'paused' });
    const failed = await call(`${ENDPOINTS}/${id}/test`, 'POST');
    expect(failed.body).toMatchObject({ state: 'failed', fault: 'ECONNREFUSED' });
  });

  test('a secret is shown when it is made and when it is replaced, and never again', async () => {
    const { id, secret } = await create({ note: 'for the test' });
    const next = await call(`${ENDPOINTS}/${id}/secret`, 'POST');
    expect(next).toMatchObject({ status: 201, body: { previousUntil: expect.any(Number) } });
    expect(next.body['secret']).not.toBe(secret);
    const listed = await call(ENDPOINTS);
    expect(listed.body).toMatchObject({ endpoints: [{ id, note: 'for the test', state: 'active', queued: 0 }] });
    expect(JSON.stringify(listed.body)).not.toContain('whsec_');
    await call(`${ENDPOINTS}/${id}`, 'DELETE');
    for (const path of ['', '/secret', '/test', '/deliveries/1/replay']) {
      const method = path === '' ? 'PATCH' : 'POST';
      expect((await call(`${ENDPOINTS}/${id}${path}`, method, path === '' ? {} : undefined)).status).toBe(404);
    }
  });

  test('what waits while an endpoint is paused is delivered after a restart, once it is resumed', async () => {
    const { id } = await create({ types: ['dev.onhand.stock.low'], filters: { channels: ['web'] } });
    await call(`${ENDPOINTS}/${id}`, 'PATCH', { state: 'paused' });
    await server.feed([onHand('O-5', 40)]);
    await server.feed([onHand('O-5', 1)]);
    for (let queued = 0; queued === 0;) {
      queued = ((await call(ENDPOINTS)).body['endpoints'] as EndpointInfo[])[0]!.queued;
    }
    await server.stop();
    server = await startTestServer({ DATA_DIR: dataDir, ...ENV });
    expect(eventsOf(hook.got).some(({ data }) => data['sku'] === 'O-5')).toBe(false);
    const resumed = await call(`${ENDPOINTS}/${id}`, 'PATCH', { state: 'active' });
    expect(resumed.body).toMatchObject({ state: 'active' });
    await arrived(({ data }) => data['sku'] === 'O-5');
    // What happens after the restart is followed as before.
    await server.feed([onHand('O-5', 40)]);
    await server.feed([onHand('O-5', 2)]);
    await arrived(({ data }) => data['sku'] === 'O-5' && data['units'] === 2);
  });

  test('an endpoint that is made while the last one is deleted gets its events', async () => {
    for (let round = 0; round < 3; round++) {
      const last = await create();
      await Promise.all([call(`${ENDPOINTS}/${last.id}`, 'DELETE'), create({ note: `round ${round}` })]);
      await server.feed([onHand(`O-6-${round}`, 40)]);
      await server.feed([onHand(`O-6-${round}`, 1)]);
      const event = await arrived(({ data }) => data['sku'] === `O-6-${round}`);
      expect(event.type).toContain('dev.onhand.stock.');
      for (const { id } of (await call(ENDPOINTS)).body['endpoints'] as EndpointInfo[]) {
        await call(`${ENDPOINTS}/${id}`, 'DELETE');
      }
    }
  });

  test('an endpoint without a cursor, as the file of an older version may have it, is followed from the start on', async () => {
    await create();
    await server.stop();
    const file = new DatabaseSync(join(dataDir, 'webhooks.sqlite'));
    file.exec('DELETE FROM cursor');
    file.close();
    server = await startTestServer({ DATA_DIR: dataDir, ...ENV });
    await server.feed([onHand('O-7', 40)]);
    await server.feed([onHand('O-7', 1)]);
    const event = await arrived(({ data }) => data['sku'] === 'O-7');
    expect(event.type).toContain('dev.onhand.stock.');
  });

  test.each([
    ['url', { url: 'ftp://a.test/' }],
    ['url', { url: 'https://me:word@a.test/' }],
    ['types[0]', { types: ['everything'] }],
    ['types', { types: [] }],
    ['filters.skus', { filters: { skus: [] } }],
    ['filters', { filters: { sku: ['A'] } }],
  ])('a wish with a wrong %s is refused by name', async (field, about) => {
    const refused = await call(ENDPOINTS, 'POST', { url: hook.url, types: SUBSCRIBED_TYPES, ...about });
    expect(refused).toMatchObject({ status: 422 });
    expect(String(refused.body['field'] ?? refused.body['message'])).toContain(field.split('[')[0]);
  });
});

test('every event type is documented with an example that is what its schema says', async () => {
  const { body } = await server.call('/v1/webhook-event-types');
  expect((body['types'] as { type: string }[]).map(({ type }) => type)).toEqual(Object.keys(EVENT_TYPES));
  for (const [type, { data, example }] of Object.entries(EVENT_TYPES)) {
    expect({ type, fits: Value.Check(data, example) }).toEqual({ type, fits: true });
  }
});

test('an event has the same id however often it is made, and another one in another journal', () => {
  const draft = {
    type: 'dev.onhand.source.back',
    name: '7',
    at: 1,
    keys: { node: 'S-1' },
    data: { node: 'S-1' },
  } as const;
  const { id, body } = outgoingEvent(draft, 'e1');
  expect(outgoingEvent(draft, 'e1').id).toBe(id);
  expect(outgoingEvent(draft, 'e2').id).not.toBe(id);
  expect(outgoingEvent({ ...draft, name: '8' }, 'e1').id).not.toBe(id);
  expect(JSON.parse(body)).toEqual({
    specversion: '1.0',
    id,
    type: 'dev.onhand.source.back',
    source: '/onhand/e1',
    subject: 'S-1',
    time: '1970-01-01T00:00:00.001Z',
    datacontenttype: 'application/json',
    data: { node: 'S-1' },
  });
});
