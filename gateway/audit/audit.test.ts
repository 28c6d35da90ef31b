import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consume, defineOutfeed } from '../log/test-log-client.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { SUBSCRIBED_TYPES } from '../webhooks/event-types.ts';
import { createAuditDesk } from './audit-desk.ts';

let dir: string;
let server: TestServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-audit-'));
  server = await startTestServer({ DATA_DIR: dir });
  await server.feed([onHand('AU-1', 10)]);
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

let count = 0;
const post = (path: string, json: object, key = ADMIN_KEY) =>
  server.call(path, { method: 'POST', key, json, headers: { 'idempotency-key': `k${++count}` } });

async function entries(query = ''): Promise<readonly Record<string, unknown>[]> {
  const trail = await server.call(`/v1/audit${query}`, { key: ADMIN_KEY });
  expect(trail.status).toBe(200);
  return trail.body['entries'] as readonly Record<string, unknown>[];
}

test('who did what, when, about what, and how it ended; the newest first, page by page', async () => {
  const before = Date.now();
  await post('/v1/stock/AU-1/corrections', { node: 'S-1', units: -1, reason: 'one broke' });
  await post('/v1/stock/AU-1/repairs', { reason: 'looks odd' });
  await post('/v1/keys', { name: 'till', role: 'public' });
  await server.call('/v1/keys/nobody', { method: 'DELETE', key: ADMIN_KEY });
  const all = await entries('?by=admin');
  expect(all).toMatchObject([
    { what: 'DELETE /v1/keys/:name', path: '/v1/keys/nobody', status: 404, code: 'unknown-key' },
    { what: 'POST /v1/keys', about: '{"name":"till","role":"public"}', status: 201 },
    { what: 'POST /v1/stock/:sku/repairs', path: '/v1/stock/AU-1/repairs', status: 409, code: 'nothing-to-repair' },
    { what: 'POST /v1/stock/:sku/corrections', by: 'admin', status: 201, at: expect.any(Number) },
  ]);
  expect(all.at(-1)!['at']).toBeGreaterThanOrEqual(before);
  expect(all.at(-1)!['about']).toContain('one broke');
  expect(await entries(`?what=${encodeURIComponent('POST /v1/keys')}`)).toHaveLength(1);
  expect(await entries(`?from=${before - 10_000}&to=${before - 1}`)).toEqual([]);
  const first = await server.call('/v1/audit?limit=3', { key: ADMIN_KEY });
  expect(await entries(`?after=${Number(first.body['next'])}`)).toHaveLength(1);
});

test('who was turned away stands there too; the public, reads, sources and shops on their own do not', async () => {
  const shop = await server.keyWith('reservations');
  const before = (await entries()).length;
  const refused = await post('/v1/stock/AU-1/corrections', { node: 'S-1', units: 1, reason: 'x' }, shop);
  expect(refused.status).toBe(403);
  expect((await entries())[0]).toMatchObject({
    status: 403,
    code: 'scope-required',
    by: expect.stringMatching(/^key-/),
  });
  await server.call('/v1/keys', { method: 'POST' });
  await server.call('/v1/keys', { key: ADMIN_KEY });
  await server.feed([onHand('AU-1', 11)]);
  const lines = [{ sku: 'AU-1', units: 1, node: 'S-1' }];
  const held = await post('/v1/reservations', { channel: 'web', lines }, shop);
  const other = await post('/v1/reservations', { channel: 'web', lines: [{ ...lines[0], units: 2 }] }, shop);
  await server.call(`/v1/reservations/${String(held.body['id'])}`, { method: 'DELETE', key: shop });
  expect((await entries()).length).toBe(before + 1);
  // For its owner: that is the desk's doing.
  await server.call(`/v1/reservations/${String(other.body['id'])}`, { method: 'DELETE', key: ADMIN_KEY });
  expect((await entries())[0]).toMatchObject({ what: 'DELETE /v1/reservations/:id', by: 'admin', status: 200 });
});

test('what staff make of parked events and consumers of logs stands there, and who may not', async () => {
  await defineOutfeed(server, 'wms', { skus: ['AU-2'] });
  const now = Date.now();
  await server.feed([onHand('AU-2', 1, now), onHand('AU-2', 2, now + 1)]);
  const consumer = await consume(server, { consumer: 'wms' });
  await consumer.events(2);
  for (const o of [1, 2]) {
    consumer.say({ type: 'nack', id: 10 + o, ch: 'feed:wms', o, code: 'unknown-bin', msg: 'no bin 7' });
    await consumer.next('parked');
  }
  consumer.close();
  await consumer.closed;
  const reader = await server.keyWith('outfeeds');
  const before = (await entries()).length;
  const log = '/v1/log/feed:wms';
  const asked = [
    await server.call(`${log}/parked/1`, { method: 'DELETE', key: reader }),
    await server.call(`${log}/parked/1/replay`, { method: 'POST', key: ADMIN_KEY }),
    await server.call(`${log}/parked/1`, { method: 'DELETE', key: ADMIN_KEY }),
    await server.call(`${log}/parked/1`, { method: 'DELETE', key: ADMIN_KEY }),
    await server.call(`${log}/consumers/wms`, { method: 'DELETE', key: ADMIN_KEY }),
  ];
  await server.call(`${log}/parked`, { key: ADMIN_KEY });
  expect(asked.map(({ status }) => status)).toEqual([403, 202, 204, 404, 204]);
  const all = await entries();
  expect(all.length).toBe(before + 5);
  const discard = { what: 'DELETE /v1/log/:log/parked/:event', path: `${log}/parked/1`, by: 'admin' };
  expect(all.slice(0, 5)).toMatchObject([
    { what: 'DELETE /v1/log/:log/consumers/:consumer', path: `${log}/consumers/wms`, by: 'admin', status: 204 },
    { ...discard, status: 404, code: 'unknown-event' },
    { ...discard, status: 204 },
    { what: 'POST /v1/log/:log/parked/:event/replay', path: `${log}/parked/1/replay`, by: 'admin', status: 202 },
    { ...discard, by: expect.stringMatching(/^key-/), status: 403, code: 'scope-required' },
  ]);
});

test('secrets in bodies do not come in, and nobody else reads the file', async () => {
  const secret = 'a-secret-of-shopify-that-stays-ours';
  await post('/v1/sources/pos/webhook-secret', { scheme: 'shopify', secret });
  await post('/v1/webhook-endpoints', {
    url: 'https://hooks.example/T0/very-secret-path',
    types: [SUBSCRIBED_TYPES[0]],
  });
  const [, made] = await entries();
  expect(made).toMatchObject({ about: '{"scheme":"shopify","secret":"…"}' });
  for (const file of ['audit.sqlite', 'audit.sqlite-wal']) {
    const bytes = await readFile(join(dir, file), 'latin1');
    expect(bytes).not.toContain(secret);
    expect(bytes).not.toContain('very-secret-path');
    expect((await stat(join(dir, file))).mode & 0o777).toBe(0o600);
  }
});

test('the audit outlives the server, and says of a command that was never answered that it was let in', async () => {
  const bounds = { path: join(dir, 'other.sqlite'), days: 10, rowsMax: 5 };
  const desk = createAuditDesk(bounds);
  desk.begin({ at: 1, by: 'ann', what: 'POST /v1/keys', path: '/v1/keys' });
  desk.close();
  const again = createAuditDesk(bounds);
  expect(again.page({ limit: 10 })).toEqual([{ id: 1, at: 1, by: 'ann', what: 'POST /v1/keys', path: '/v1/keys' }]);
  again.close();
});

test('what is older than its days goes, and the oldest beyond the bound', async () => {
  const day = 86_400_000;
  const bounds = { path: join(dir, 'third.sqlite'), days: 10, rowsMax: 600 };
  const desk = createAuditDesk(bounds);
  const begin = (at: number) => desk.begin({ at, by: 'ann', what: 'x', path: '/' });
  begin(1 * day);
  for (let index = 1; index <= 500; index++) begin(20 * day);
  expect(desk.page({ to: 10 * day, limit: 10 })).toEqual([]);
  for (let index = 501; index <= 1_000; index++) begin(20 * day);
  expect(desk.page({ limit: 5_000 }).length).toBe(600);
  desk.close();
});
