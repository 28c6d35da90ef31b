import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeId, Sku } from '../engine/contract/ids.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ ALLOWED_ORIGINS: 'https://shop.example' });
});
afterAll(() => server.stop());

const key = ADMIN_KEY;

describe('stock', () => {
  test('the public sees the band and, where the channel allows, units; staff see the split', async () => {
    await server.feed([onHand('P-1', 9)]);
    const open = await server.call('/v1/stock/P-1');
    expect(open.body).toMatchObject({ sku: 'P-1', channel: 'web', d: { band: 'in-stock', units: 9 } });
    const closed = await server.call('/v1/stock/P-1?channel=b2b');
    expect(closed.body).toMatchObject({ channel: 'b2b', d: { band: 'in-stock' } });
    expect(closed.body['d']).not.toHaveProperty('units');
    const staff = await server.call('/v1/stock/P-1', { key });
    expect(staff.body).toMatchObject({ sku: 'P-1', nodes: [{ node: 'S-1', onHand: 9, available: 9 }] });
  });

  test('[SS5] an unchanged number is 304 by its tag, a changed one is not', async () => {
    await server.feed([onHand('P-2', 9)]);
    const { headers } = await server.call('/v1/stock/P-2');
    const tag = headers.get('etag')!;
    expect(tag).toMatch(/^"[^.]+\.[0-9]+"$/);
    expect(headers.get('cache-control')).toBe('no-cache');
    const again = () => server.call('/v1/stock/P-2', { headers: { 'if-none-match': `W/"x", ${tag}` } });
    expect((await again()).status).toBe(304);
    await server.feed([onHand('P-2', 8)]);
    expect(await again()).toMatchObject({ status: 200, body: { d: { units: 8 } } });
  });

  test('[SS5] [ST8] what shows another thing is not 304, although its revision is the same', async () => {
    await server.feed([onHand('P-7', 9)]);
    const path = '/v1/stock/P-7?lat=41&lon=-93&km=1';
    const before = await server.call(path);
    const again = () => server.call(path, { headers: { 'if-none-match': before.headers.get('etag')! } });
    expect((await again()).status).toBe(304);
    const node = server.engine.reference.nodes.get('S-1' as NodeId)!;
    await server.engine.apply({ of: 'nodes', rows: [{ ...node, name: 'Store of another name' }] });
    const after = await again();
    await server.engine.apply({ of: 'nodes', rows: [node] });
    expect(after).toMatchObject({ status: 200, body: { r: before.body['r'] } });
    expect(after.body).toMatchObject({ d: { pickup: [{ name: 'Store of another name' }] } });

    const staff = await server.call('/v1/stock/MILK-1', { key });
    const tag = { 'if-none-match': staff.headers.get('etag')! };
    expect((await server.call('/v1/stock/MILK-1', { key, headers: tag })).status).toBe(304);
    const item = server.engine.reference.items.get('MILK-1' as Sku)!;
    await server.engine.apply({ of: 'items', rows: [{ ...item, name: 'Milk of another name' }] });
    expect((await server.call('/v1/stock/MILK-1', { key, headers: tag })).status).toBe(200);
    await server.engine.apply({ of: 'items', rows: [item] });
  });

  test('near adds the pickup nodes, nearest first', async () => {
    await server.feed([onHand('P-3', 9), onHand('P-3', 2, Date.now(), 'S-2')]);
    const { body } = await server.call('/v1/stock/P-3?lat=42&lon=-93');
    expect(body).toMatchObject({
      d: {
        pickup: [
          { node: 'S-2', km: 0, band: 'low-stock', units: 2 },
          { node: 'S-1', band: 'in-stock', units: 9 },
        ],
      },
    });
  });

  test('many are answered in the order asked, unknown ones named; one of the item master is out of stock', async () => {
    await server.feed([onHand('P-4', 1)]);
    const { body } = await server.call('/v1/stock?sku=BREAD&sku=NOPE&sku=P-4&sku=P-4');
    expect(body).toMatchObject({
      stock: [
        { sku: 'BREAD', d: { band: 'out-of-stock', asOf: null } },
        { sku: 'P-4', d: { band: 'low-stock' } },
      ],
      unknown: ['NOPE'],
    });
  });
});

test('[SS5] many that are unchanged are 304 by their tag, one changed number or place is not', async () => {
  await server.feed([onHand('P-5', 9), onHand('P-6', 9)]);
  const path = '/v1/stock?sku=P-5&sku=P-6&sku=NOPE';
  const { headers } = await server.call(path);
  const ask = (at: string) => server.call(at, { headers: { 'if-none-match': headers.get('etag')! } });
  expect((await ask(path)).status).toBe(304);
  expect((await ask(`${path}&lat=42&lon=-93`)).status).toBe(200);
  await server.feed([onHand('P-6', 8)]);
  expect((await ask(path)).status).toBe(200);
});

describe('what can be promised for a date', () => {
  const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
  const TODAY_MS = Date.now();

  test('[AV3] the public asks where units are public, staff anywhere; days or a date, not both', async () => {
    await server.feed([onHand('A-1', 9)]);
    const { status, body } = await server.call('/v1/stock/A-1/atp?days=3');
    const dates = [0, 1, 2].map((days) => ({ date: dayOf(TODAY_MS + days * 86_400_000), units: 9 }));
    expect({ status, body }).toMatchObject({ status: 200, body: { sku: 'A-1', channel: 'web', horizon: 30, dates } });
    const later = dayOf(TODAY_MS + 86_400_000);
    const one = await server.call(`/v1/stock/A-1/atp?channel=b2b&date=${later}`, { key });
    expect(one.body).toMatchObject({ channel: 'b2b', dates: [{ date: later, units: 9 }] });
    expect(await server.call('/v1/stock/A-1/atp?channel=b2b')).toMatchObject({ status: 401 });
    const keyless = await server.keyWith('feeds');
    expect(await server.call('/v1/stock/A-1/atp?channel=b2b', { key: keyless })).toMatchObject({ status: 403 });
    expect((await server.call('/v1/stock/BREAD/atp')).body).toMatchObject({ dates: [{ units: 0 }] });
  });

  test('[AV3] a question that cannot be answered is refused with what to do', async () => {
    const far = dayOf(TODAY_MS + 40 * 86_400_000);
    const refused: readonly (readonly [string, number, string])[] = [
      ['/v1/stock/A-1/atp?channel=nowhere', 404, 'unknown-channel'],
      ['/v1/stock/nobody/atp', 404, 'unknown-sku'],
      ['/v1/stock/A-1/atp?date=2026-02-30', 422, 'invalid-request'],
      ['/v1/stock/A-1/atp?date=soon', 422, 'invalid-request'],
      ['/v1/stock/A-1/atp?date=2020-01-01', 422, 'date-past'],
      [`/v1/stock/A-1/atp?date=${far}&days=2`, 422, 'invalid-request'],
      [`/v1/stock/A-1/atp?date=${far}`, 422, 'date-beyond-horizon'],
      ['/v1/stock/A-1/atp?horizon=180', 422, 'invalid-request'],
    ];
    for (const [path, status, code] of refused)
      expect(await server.call(path)).toMatchObject({ status, body: { code } });
    expect(await server.call(`/v1/stock/A-1/atp?date=${far}&horizon=179`)).toMatchObject({ status: 200 });
    expect((await server.call('/v1/stock/A-1/atp?days=180&horizon=179')).body['dates']).toHaveLength(180);
  });
});

describe('errors', () => {
  test.each([
    ['GET', '/v1/nothing', {}, 404, 'unknown-route'],
    ['GET', '/v1/live', {}, 426, 'upgrade-required'],
    ['GET', '/v1/stock/NOPE', {}, 404, 'unknown-sku'],
    ['GET', '/v1/stock/a%20b', {}, 422, 'malformed-id'],
    ['GET', '/v1/stock/%zz', {}, 400, 'malformed-url'],
    ['GET', '/v1/stock/BREAD?channel=x', {}, 404, 'unknown-channel'],
    ['GET', `/v1/stock/${'a'.repeat(129)}`, {}, 422, 'malformed-id'],
    ['GET', `/v1/stock/${'a'.repeat(2_000)}`, {}, 414, 'path-too-long'],
    ['GET', '/v1/stock/BREAD?channel=web&channel=b2b', {}, 422, 'invalid-request'],
    ['GET', '/v1/stock/BREAD?lat=1', {}, 422, 'invalid-request'],
    ['GET', '/v1/stock/BREAD?lat=abc&lon=1', {}, 422, 'invalid-request'],
    ['GET', `/v1/stock?${Array.from({ length: 101 }, (_, i) => `sku=${i}`).join('&')}`, {}, 422, 'too-many-skus'],
    ['GET', '/v1/items', {}, 422, 'invalid-request'],
    ['GET', '/v1/items?q=a&limit=51', {}, 422, 'invalid-request'],
    ['PUT', '/v1/nodes', {}, 405, 'method-not-allowed'],
    ['GET', '/v1/feeds/pos', {}, 405, 'method-not-allowed'],
    ['POST', '/v1/keys', { body: '{' }, 400, 'malformed-json'],
    ['POST', '/v1/keys', { body: '{"__proto__":{}}' }, 400, 'malformed-json'],
    ['POST', '/v1/keys', { body: '<xml/>', headers: { 'content-type': 'text/xml' } }, 415, 'unsupported-media-type'],
    ['POST', '/v1/keys', { body: JSON.stringify({ name: 'x'.repeat(300_000) }) }, 413, 'body-too-large'],
    ['POST', '/v1/keys', { body: '{"name":"A B","scopes":["ops"]}' }, 422, 'malformed-name'],
    ['POST', '/v1/keys', { body: '{"name":"a","scopes":["all"]}' }, 422, 'invalid-request'],
    ['DELETE', '/v1/keys/nobody', {}, 404, 'unknown-key'],
    ['DELETE', '/v1/keys/admin', {}, 409, 'last-admin'],
    ['DELETE', '/v1/reservations/r0-zzz', {}, 404, 'unknown-reservation'],
    ['GET', '/v1/reservations/nonsense', {}, 404, 'unknown-reservation'],
  ])('%s %.40s', async (method, path, about, status, code) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await server.call(path, { method, key, ...('body' in about ? { headers } : {}), ...about });
    expect(answer).toMatchObject({ status, body: { code, message: expect.stringMatching(/.{10}/) } });
  });

  test('a place left empty in a form is no place, not 0° north', async () => {
    const { body } = await server.call('/v1/stock/BREAD?lat=&lon=');
    expect(body).toMatchObject({ sku: 'BREAD' });
    expect(body['d']).not.toHaveProperty('pickup');
  });

  test('405 names the methods there are', async () => {
    expect((await server.call('/v1/nodes', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('browsers', () => {
  test('every reply, errors too, carries the security headers', async () => {
    for (const path of ['/', '/v1/nodes', '/v1/nothing', '/v1/keys']) {
      const { headers } = await server.call(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test.each([
    ['https://shop.example', '/v1/stock/BREAD', 'https://shop.example'],
    ['https://shop.example', '/v1/keys', null],
    ['https://evil.example', '/v1/stock/BREAD', null],
    ['https://shop.example.evil.example', '/v1/stock/BREAD', null],
    ['null', '/v1/stock/BREAD', null],
  ])('a page of %s reading %s', async (origin, path, allowed) => {
    const { headers } = await server.call(path, { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe(allowed);
    const preflight = { origin, 'access-control-request-method': 'GET' };
    expect(
      (await server.call(path, { method: 'OPTIONS', headers: preflight })).headers.get(
        'access-control-allow-credentials',
      ),
    ).toBe(null);
  });

  test('pages that are not built say how to build them', async () => {
    expect((await server.call('/tower')).body['text']).toContain('npm run build');
  });
});

test('items are found by sku or by words of the name', async () => {
  const skus = async (q: string) =>
    ((await server.call(`/v1/items?q=${q}`)).body['items'] as { sku: string }[]).map((one) => one.sku);
  expect(await skus('milk-')).toEqual(['MILK-1', 'MILK-2']);
  expect(await skus('LITRE%20bread')).toEqual(['BREAD']);
  expect(await skus('bread%20milk')).toEqual([]);
});

test('health, nodes and stats answer', async () => {
  expect(await server.call('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  expect(await server.call('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  const nodes = (await server.call('/v1/nodes')).body['nodes'] as object[];
  expect(nodes).toHaveLength(2);
  expect(nodes[0]).not.toHaveProperty('owner');
  const { body } = await server.call('/v1/stats', { key });
  expect(body).toMatchObject({ engine: { epoch: server.engine.epoch }, server: { sockets: 0 } });
});

test('an engine that takes no work is 503 with a time to come back, on every way to it', async () => {
  const own = await startTestServer();
  await own.engine.close();
  const json = { channel: 'web', lines: [{ sku: 'BREAD', units: 1, group: 'all' }] };
  const answers = [
    await own.call('/v1/stock/BREAD'),
    await own.feed([onHand('BREAD', 1)]),
    await own.call('/v1/reservations', { method: 'POST', key, json, headers: { 'idempotency-key': 'x' } }),
    await own.call('/v1/dead-letters', { key }),
    await own.call('/v1/stats', { key }),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'draining', retryAfterMs: expect.any(Number) } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  await own.stop();
});
