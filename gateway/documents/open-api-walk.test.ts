import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../caller.ts';
import { consume, defineOutfeed } from '../log/test-log-client.ts';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { DocumentCheck } from './document-check.ts';
import type { OpenApi } from './open-api.ts';

// A walk through every route of a real server: what it answers must be what /openapi.json says, field by field.

let server: TestServer;
let check: DocumentCheck;
beforeAll(async () => {
  server = await startTestServer({ ALLOWED_ORIGINS: 'https://shop.example', WEBHOOK_TARGETS: 'any' });
  check = new DocumentCheck((await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi);
  await server.feed([onHand('MILK-1', 9), onHand('MILK-2', 9), onHand('MILK-1', 4, Date.now(), 'S-2')]);
});
afterAll(() => server.stop());

/** Never answered with a success here, and why. */
const NO_SUCCESS: Readonly<Record<string, string>> = {
  getLive: 'a websocket is opened there: socket-door.test.ts',
  getStaffLive: 'as there: staff-door.test.ts',
  postStockSkuRepairs: 'sums are right unless we have a fault',
};

type About = Parameters<TestServer['call']>[1] & { readonly text?: string };

/** One request; its answer is held against the document. Returns the body. */
async function ask(method: string, path: string, about: About = {}): Promise<Record<string, any>> {
  const { key, json, headers, text } = about;
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(text !== undefined && { body: text }),
  });
  const answer = { status: response.status, headers: response.headers, text: await textOf(response) };
  expect(check.faultsOf(method, path, answer)).toEqual([]);
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { http: answer.status, etag: response.headers.get('etag'), ...(isJson && JSON.parse(answer.text)) };
}

/** Of an endless stream the beginning. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream') return response.text();
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

const staff = (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) =>
  ask(method, path, { key: ADMIN_KEY, headers, ...(json !== undefined && { json }) });
let made = 0;
const once = () => ({ 'idempotency-key': `walk-${++made}` });

test('stock: bands, units, splits, the past, promises, items, nodes', async () => {
  const { etag } = await ask('GET', '/v1/stock/MILK-1?lat=41&lon=-93');
  expect(etag).toBeTruthy();
  const again = await ask('GET', '/v1/stock/MILK-1');
  expect(await ask('GET', '/v1/stock/MILK-1', { headers: { 'if-none-match': again['etag'] } })).toMatchObject({
    http: 304,
  });
  const split = await staff('GET', '/v1/stock/MILK-1');
  await staff('GET', `/v1/stock/MILK-1?at=${split['position']}`);
  await ask('GET', '/v1/stock?sku=MILK-1&sku=NOBODY&channel=b2b');
  await ask('GET', '/v1/stock/BREAD');
  await ask('GET', '/v1/stock/MILK-1/atp?days=3');
  await staff('GET', '/v1/stock/MILK-1/atp?channel=b2b');
  await ask('GET', '/v1/items?q=milk');
  await ask('GET', '/v1/nodes');
  for (const path of ['/v1/stock/NOBODY', '/v1/stock/MILK-1?channel=x', '/v1/stock/a%20b', '/v1/stock/MILK-1?lat=41']) {
    await ask('GET', path);
  }
  for (const path of ['/v1/stock/MILK-1?at=1', '/v1/stock/MILK-1?at=never', '/v1/stock/MILK-1/atp?date=2000-01-01']) {
    await staff('GET', path);
  }
});

test('states: asked for, as it was, unknown, not for everybody', async () => {
  const { etag } = await staff('GET', '/v1/states/alerts/silent-nodes');
  const again = await staff('GET', '/v1/states/alerts/silent-nodes', undefined, { 'if-none-match': String(etag) });
  expect(again).toMatchObject({ http: 304 });
  await staff('GET', '/v1/states/ops/now');
  await staff('GET', '/v1/states/ops/then');
  await staff('GET', '/v1/states/stock/MILK-1');
  await ask('GET', '/v1/states/ops/now');
});

test('reservations: held, listed, extended, moved, released, refused', async () => {
  const lines = [{ sku: 'MILK-1', units: 2, group: 'all' }];
  const held = await staff('POST', '/v1/reservations', { channel: 'web', customer: 'c1', lines }, once());
  const path = `/v1/reservations/${held['id']}`;
  await staff('GET', path);
  await staff('GET', '/v1/reservations?limit=1');
  await staff('POST', `${path}/extend`, { holdMs: 1_800_000 });
  const move = { sku: 'MILK-1', from: { group: 'all' }, to: { node: 'S-1' } };
  expect(await staff('POST', `${path}/move`, move, once())).toMatchObject({ http: 200 });
  await staff('POST', `${path}/move`, { ...move, to: {} }, once());
  expect(await staff('DELETE', path)).toMatchObject({ http: 200, state: 'released' });
  await staff('POST', `${path}/extend`, { holdMs: 1_800_000 });
  for (const [wrong, http] of [
    [{ channel: 'web', lines: [{ ...lines[0], units: 1_000 }] }, 409],
    [{ channel: 'x', lines }, 422],
    [{ channel: 'web', lines: [] }, 422],
    [{ channel: 'web', lines, colour: 'red' }, 422],
  ] as const) {
    expect(await staff('POST', '/v1/reservations', wrong, once())).toMatchObject({ http });
  }
  await staff('POST', '/v1/reservations', { channel: 'web', lines });
  for (const one of ['GET', 'DELETE']) await staff(one, '/v1/reservations/r0-999');
});

test('work: listed, done, refused', async () => {
  await server.feed([onHand('MILK-2', 9, Date.now() + 5)]);
  const { id } = await workFor(server.engine, pickupOrder('walk-1', { 'MILK-2': 2 }));
  const path = '/v1/nodes/S-1/work';
  expect(await staff('GET', `${path}?limit=1`)).toMatchObject({ http: 200, next: id });
  await staff('GET', `${path}/${id}`);
  const act = (json: object, key = once()) => staff('POST', `${path}/${id}/acts`, json, key);
  const key = once();
  expect(await act({ act: 'accept' }, key)).toMatchObject({ http: 200, work: { state: 'accepted' } });
  expect(await act({ act: 'start' }, key)).toMatchObject({ http: 409 });
  await act({ act: 'start' });
  await act({ act: 'pick', lines: [{ line: 1, picked: 1 }] });
  expect(await act({ act: 'pick' })).toMatchObject({ http: 200 });
  await act({ act: 'accept' });
  await act({ act: 'pick', carrier: 'post' });
  await staff('POST', `${path}/${id}/acts`, { act: 'pack' });
  await staff('GET', `${path}/none`);
  await staff('GET', `${path}?after=none`);
  await staff('GET', '/v1/nodes/nowhere/work');
});

test('orders: handed in, kept, refused', async () => {
  const order = {
    orderId: 'W-1',
    placedAt: Date.now(),
    currency: 'USD',
    customer: { name: 'Ann', email: 'ann@example.com' },
    lines: [{ sku: 'MILK-1', units: 1, price: '1.00' }],
  };
  const hand = (text: string, query = 'channel=web') => ask('POST', `/v1/orders?${query}`, { key: ADMIN_KEY, text });
  const cancel = { kind: 'cancel', orderId: 'W-2', at: Date.now() };
  expect(await hand(JSON.stringify([order, cancel, {}]))).toMatchObject({ http: 200, taken: 1, kept: 1, refused: 1 });
  expect(await hand('{}')).toMatchObject({ http: 422, refused: 1 });
  for (const query of ['channel=x', 'channel=web&source=x', 'channel=web&warehouse=x', 'channel=web&format=x']) {
    await hand('{}', query);
  }
  const { outcomes } = await hand(JSON.stringify(order));
  const path = `/v1/orders/${outcomes[0].id}`;
  const { etag } = await staff('GET', path);
  expect(etag).toBeTruthy();
  const status = (token: string, more = {}) =>
    ask('GET', `${path}/status`, { headers: { 'x-order-token': token, ...more } });
  const shown = await status(outcomes[0].token);
  expect(shown).toMatchObject({ http: 200, number: 'W-1' });
  expect(await status(outcomes[0].token, { 'if-none-match': shown['etag'] })).toMatchObject({ http: 304 });
  expect(await status('0'.repeat(32))).toMatchObject({ http: 404 });
  expect(await ask('GET', `${path}/status`)).toMatchObject({ http: 401 });
  const act = (json: object, headers = {}) => staff('POST', `${path}/acts`, json, { ...once(), ...headers });
  const held = await act({ act: 'hold', kind: 'review', reason: 'odd' });
  expect(held).toMatchObject({ http: 200, status: 'on-hold' });
  expect(await staff('GET', path, undefined, { 'if-none-match': held['etag'] })).toMatchObject({ http: 304 });
  expect(await act({ act: 'hold', kind: 'review' })).toMatchObject({ http: 409, code: 'already-held' });
  expect(await act({ act: 'note', text: 'x' }, { 'if-match': '"1"' })).toMatchObject({ http: 412 });
  for (const wrong of [
    { act: 'hold' },
    { act: 'pull-back', work: 'x' },
    { act: 'cancel', lines: [{ line: 'x', units: 1 }] },
  ])
    expect(await act(wrong)).toMatchObject({ http: 422 });
  await staff('POST', `${path}/acts`, { act: 'release' });
  expect(await staff('GET', '/v1/orders?q=w-1')).toMatchObject({ http: 200, orders: [{ channelOrderId: 'W-1' }] });
  await ask('GET', '/v1/orders', { key: ADMIN_KEY, headers: { accept: 'text/csv' } });
  for (const query of ['after=x', 'sku=a%20b', 'from=x', 'limit=201', 'who=x']) {
    expect(await staff('GET', `/v1/orders?${query}`)).toMatchObject({ http: 422 });
  }
  expect(await staff('GET', '/v1/orders/queues')).toMatchObject({ http: 200, queues: { late: 0 } });
  expect(await staff('GET', `${path}/timeline?limit=2`)).toMatchObject({ http: 200, next: expect.any(String) });
  expect(await staff('GET', `${path}/timeline?after=1.1`)).toMatchObject({ http: 422 });
  // Sourced some ms after it was taken.
  for (let decided = []; decided.length === 0;) {
    const found = await staff('GET', `${path}/sourcing`);
    expect(found['http']).toBe(200);
    decided = found['decisions'];
  }
  const lines = [{ sku: 'MILK-1', units: 1 }];
  const dryRun = (body: object) => staff('POST', '/v1/sourcing/dry-run', body);
  expect(await dryRun({ order: path.split('/').at(-1) })).toMatchObject({ http: 200, rules: 'live' });
  expect(await dryRun({ order: { channel: 'moon', lines } })).toMatchObject({ http: 422, code: 'unknown-channel' });
  expect(await dryRun({ order: { channel: 'web', lines }, rules: {} })).toMatchObject({ http: 422 });
  expect(await dryRun({ order: { channel: 'web', lines }, rules: 'none' })).toMatchObject({ http: 404 });
  const rules = {
    id: 'draft',
    name: 'Draft',
    steps: [{ name: 'all', rank: ['cost'] }],
    costs: { splitMinor: 0, pressureMinor: 0, handlingMinor: { dc: 0, store: 0, supplier: 0, 'third-party': 0 } },
  };
  expect(await staff('POST', '/v1/sourcing/simulate', { rules })).toMatchObject({ http: 200, tried: { splits: 0 } });
  expect(await staff('POST', '/v1/sourcing/simulate', { rules: 'none' })).toMatchObject({ http: 404 });
  expect(await staff('POST', '/v1/sourcing/simulate', { rules, from: 'x' })).toMatchObject({ http: 422 });
  expect(await staff('GET', '/v1/sourcing/shadow?limit=1')).toMatchObject({ http: 200, orders: 0 });
  expect(await staff('GET', '/v1/sourcing/shadow?limit=0')).toMatchObject({ http: 422 });
  // oxlint-disable-next-line unicorn/no-thenable -- a rule reads `when … then`
  const automation = { id: 'a', name: 'A', enabled: false, when: { event: 'placed' }, then: [{ do: 're-source' }] };
  const trial = await staff('POST', '/v1/automations/dry-run', { automation });
  expect(trial).toMatchObject({ http: 200, runs: trial['orders'] });
  expect(await staff('POST', '/v1/automations/dry-run', { automation: 'a' })).toMatchObject({ http: 404 });
  expect(await staff('POST', '/v1/automations/dry-run', { automation: {} })).toMatchObject({ http: 422 });
  expect(await staff('GET', '/v1/automations/a/log')).toMatchObject({ http: 200, runs: [] });
  expect(await staff('GET', '/v1/automations/a/log?after=x')).toMatchObject({ http: 422 });
  for (const part of ['timeline', 'sourcing']) await staff('GET', `/v1/orders/o0-999/${part}`);
  expect(await staff('GET', '/v1/customers?q=ann')).toMatchObject({ http: 200, customers: [{ orders: 1 }] });
  expect(await staff('GET', '/v1/customers/c1')).toMatchObject({ http: 200, orders: [{ customerId: 'c1' }] });
  expect(await staff('GET', '/v1/customers/nobody')).toMatchObject({ http: 404, code: 'unknown-customer' });
  for (const method of ['GET', 'POST']) {
    const tail = method === 'GET' ? '' : '/acts';
    await staff(method, `/v1/orders/o0-999${tail}`, tail === '' ? undefined : { act: 'release' }, once());
  }
});

test('feeds and letters: taken, refused, corrected, approved, discarded', async () => {
  const feed = (rows: object[]) =>
    ask('POST', '/v1/feeds/pos', { key: ADMIN_KEY, text: rows.map((row) => JSON.stringify(row)).join('\n') });
  expect(await feed([onHand('MILK-2', 8), { kind: 'nonsense' }])).toMatchObject({ http: 200, refusedCount: 1 });
  expect(await feed([onHand('MILK-2', 8, Date.now(), 'nowhere')])).toMatchObject({ http: 422 });
  const { letters } = await staff('GET', '/v1/dead-letters?state=open');
  const [first, second] = (letters as { id: string }[]).map(({ id }) => `/v1/dead-letters/${id}`);
  await staff('GET', first!);
  const text = JSON.stringify(onHand('MILK-2', 7));
  expect(await ask('POST', `${first}/replay`, { key: ADMIN_KEY })).toMatchObject({ http: 422 });
  expect(await ask('POST', `${first}/replay`, { key: ADMIN_KEY, text })).toMatchObject({ http: 200 });
  expect(await ask('POST', `${first}/replay`, { key: ADMIN_KEY, text })).toMatchObject({ http: 409 });
  await staff('POST', `${second}/discard`);
  await staff('POST', `${second}/discard`);
  for (const act of ['replay', 'approve', 'discard']) await staff('POST', `/v1/dead-letters/nothing/${act}`);
  await staff('GET', '/v1/dead-letters/nothing');
  await staff('POST', '/v1/dead-letters/approve?source=pos');
  await ask('POST', '/v1/feeds/nobody', { key: ADMIN_KEY, text });
  await ask('POST', '/v1/feeds/pos', { key: ADMIN_KEY, text, headers: { 'content-encoding': 'br' } });
  await staff('GET', '/v1/sources/pos/gaps');
  await staff('GET', '/v1/sources/nobody/gaps');
});

test('a file that empties a node waits and is approved', async () => {
  const skus = Array.from({ length: 40 }, (_, index) => `A-${index}`);
  const file = (units: number) => skus.map((sku) => JSON.stringify(onHand(sku, units, Date.now(), 'S-2'))).join('\n');
  await ask('POST', '/v1/feeds/pos', { key: ADMIN_KEY, text: file(5) });
  await ask('POST', '/v1/feeds/pos', { key: ADMIN_KEY, text: file(0) });
  const { letters } = await staff('GET', '/v1/dead-letters?code=waits-for-approval&limit=1');
  expect(await staff('POST', `/v1/dead-letters/${letters[0].id}/approve`)).toMatchObject({ http: 200, recorded: 1 });
});

test('history: ledger as rows and file, explanations, shortfalls, corrections, repairs', async () => {
  const body = { node: 'S-1', units: -1, reason: 'broken' };
  const corrected = await staff('POST', '/v1/stock/MILK-1/corrections', body, once());
  await staff('GET', `/v1/ledger?sku=MILK-1&minPosition=${corrected['position']}`);
  await staff('GET', '/v1/ledger?limit=1');
  await staff('GET', '/v1/ledger?limit=5000');
  await staff('GET', '/v1/ledger?sku=MILK-1', undefined, { accept: 'text/csv' });
  await staff('GET', '/v1/stock/MILK-1/explain');
  await staff('GET', '/v1/stock/NOBODY/explain');
  await staff('GET', '/v1/stock/MILK-1/explain?node=x');
  await staff('POST', '/v1/stock/MILK-1/corrections', body);
  await staff('POST', '/v1/stock/MILK-1/corrections', { ...body, node: 'x' }, once());
  await staff('POST', '/v1/stock/MILK-1/repairs', { reason: 'to be sure' });
  const lines = [{ sku: 'MILK-2', units: 5, node: 'S-1' }];
  await staff('POST', '/v1/reservations', { channel: 'web', lines }, once());
  await server.feed([onHand('MILK-2', 1, Date.now() + 1)]);
  const { shortfalls } = await staff('GET', '/v1/shortfalls?limit=1');
  expect(shortfalls).toHaveLength(1);
});

test('the book: rows, batches, plans, audit', async () => {
  const group = { id: 'all', nodes: ['S-1', 'S-2'] };
  const read = await staff('GET', '/v1/reference/groups/all');
  await staff('GET', '/v1/reference/groups');
  await staff('GET', '/v1/reference/nothings');
  await staff('GET', '/v1/reference/groups/nothing');
  expect(await staff('PUT', '/v1/reference/groups/all', group)).toMatchObject({ http: 200 });
  const more = { id: 'more', nodes: ['S-1'] };
  expect(await staff('PUT', '/v1/reference/groups/more', more)).toMatchObject({ http: 200 });
  expect(await staff('PUT', '/v1/reference/groups/more', group, { 'if-match': '"0"' })).toMatchObject({ http: 422 });
  const wider = { ...more, nodes: ['S-2'] };
  expect(await staff('PUT', '/v1/reference/groups/more', wider, { 'if-match': '"1"' })).toMatchObject({ http: 412 });
  expect(await staff('DELETE', '/v1/reference/groups/all')).toMatchObject({ http: 409 });
  expect(await staff('DELETE', '/v1/reference/groups/more')).toMatchObject({ http: 200 });
  expect(await staff('DELETE', '/v1/reference/groups/more')).toMatchObject({ http: 404 });
  expect(await staff('POST', '/v1/reference/groups', { rows: [group] })).toMatchObject({ http: 200 });
  expect(await staff('POST', '/v1/reference/groups', { rows: [{ id: 1 }] })).toMatchObject({ http: 422 });
  const off = { sku: 'MILK-1', node: 'S-2', enabled: false };
  expect(await staff('PUT', '/v1/reference/switches/MILK-1/S-2', off)).toMatchObject({ http: 200 });
  await staff('GET', '/v1/reference/switches/MILK-1/S-2');
  expect(await staff('DELETE', '/v1/reference/switches/MILK-1/S-2')).toMatchObject({ http: 200 });
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const planned = await staff('PUT', `/v1/reference/groups/all?effectiveAt=${later}`, { ...group, nodes: ['S-1'] });
  expect(planned).toMatchObject({ http: 202 });
  await staff('GET', '/v1/reference/pending');
  expect(await staff('DELETE', `/v1/reference/pending/${planned['id']}`)).toMatchObject({ http: 204 });
  expect(await staff('DELETE', `/v1/reference/pending/${planned['id']}`)).toMatchObject({ http: 404 });
  await staff('GET', '/v1/reference/audit?limit=3');
  await staff('GET', '/v1/audit?limit=3');
  expect(read['row']).toEqual(group);
});

test('keys, health, figures, documents, the live paths', async () => {
  const key = { name: 'walker', scopes: ['ops'] };
  for (const http of [201, 409]) expect(await staff('POST', '/v1/keys', key)).toMatchObject({ http });
  await staff('POST', '/v1/keys', { ...key, name: 'No' });
  await staff('GET', '/v1/keys');
  for (const http of [201, 409]) expect(await staff('POST', '/v1/keys/walker/rotate', {})).toMatchObject({ http });
  for (const http of [204, 404]) expect(await staff('DELETE', '/v1/keys/walker/older')).toMatchObject({ http });
  for (const http of [204, 404]) expect(await staff('DELETE', '/v1/keys/walker')).toMatchObject({ http });
  for (const path of [
    '/health/live',
    '/health/ready',
    '/v1/live',
    '/v1/staff/live',
    '/v1/live/events?ch=stock&key=MILK-1',
  ]) {
    await ask('GET', path);
  }
  await ask('GET', '/v1/live/events?key=MILK-1', { headers: { origin: 'https://evil.example' } });
  await staff('GET', '/v1/stats');
  await staff('GET', '/metrics');
  for (const path of ['/openapi.json', '/asyncapi.yaml']) {
    const { etag } = await ask('GET', path);
    expect(await ask('GET', path, { headers: { 'if-none-match': etag } })).toMatchObject({ http: 304 });
  }
});

test('signed deliveries and their secret', async () => {
  const secretPath = '/v1/sources/pos/webhook-secret';
  const { secret } = await staff('POST', secretPath, { scheme: 'standard' });
  await staff('GET', secretPath);
  const text = JSON.stringify(onHand('MILK-2', 3, Date.now() + 2));
  const at = new Date();
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', at, text),
  };
  expect(await ask('POST', '/v1/webhooks/pos', { text, headers })).toMatchObject({ http: 200, recorded: 1 });
  expect(await ask('POST', '/v1/webhooks/pos', { text, headers })).toMatchObject({ http: 200 });
  expect(await ask('POST', '/v1/webhooks/pos', { text: 'x', headers })).toMatchObject({ http: 401 });
  for (const http of [204, 404]) expect(await staff('DELETE', secretPath)).toMatchObject({ http });
  expect(await staff('POST', secretPath, { scheme: 'standard', secret: 'not-of-the-standard' })).toMatchObject({
    http: 422,
  });
  await staff('POST', '/v1/sources/nobody/webhook-secret', { scheme: 'standard' });
});

test('endpoints of events, and what became of deliveries', async () => {
  await ask('GET', '/v1/webhook-event-types');
  const all = '/v1/webhook-endpoints';
  const wish = { url: 'http://127.0.0.1:1/', types: ['dev.onhand.stock.low'] };
  const { id } = await staff('POST', all, wish);
  expect(await staff('POST', all, { ...wish, url: 'ftp://a.test/' })).toMatchObject({ http: 422 });
  await staff('GET', all);
  const one = `${all}/${id}`;
  await staff('PATCH', one, { note: 'nobody is there', state: 'paused' });
  await staff('POST', `${one}/secret`);
  expect(await staff('POST', `${one}/test`)).toMatchObject({ http: 200, state: 'failed', fault: 'ECONNREFUSED' });
  const { deliveries } = (await staff('GET', `${one}/deliveries?limit=1`)) as unknown as {
    deliveries: readonly { id: number }[];
  };
  const delivery = `${one}/deliveries/${deliveries[0]!.id}`;
  await staff('GET', delivery);
  for (const http of [200, 409]) expect(await staff('POST', `${delivery}/replay`)).toMatchObject({ http });
  expect(await staff('POST', `${one}/deliveries/replay-failed`)).toMatchObject({ http: 200, replayed: 0 });
  await staff('GET', `${one}/deliveries/99999`);
  for (const http of [204, 404]) expect(await staff('DELETE', one)).toMatchObject({ http });
  await staff('PATCH', one, {});
});

test('logs and those who read them', async () => {
  await defineOutfeed(server, 'walk', { skus: ['LOGGED'] });
  await server.feed([onHand('LOGGED', 1), onHand('LOGGED', 2, Date.now() + 1)]);
  const log = '/v1/log/feed:walk';
  const consumer = await consume(server, { ch: 'feed:walk' });
  await consumer.events(2);
  for (const o of [1, 2]) {
    consumer.say({ type: 'nack', id: o, ch: 'feed:walk', o, code: 'unknown-bin', msg: 'no bin 7' });
    await consumer.next('parked');
  }
  await staff('GET', '/v1/log');
  await staff('GET', `${log}/events?limit=1`);
  await staff('GET', `${log}/snapshot`);
  const { parked } = await staff('GET', `${log}/parked?limit=2`);
  expect(parked).toHaveLength(2);
  await staff('POST', `${log}/parked/${parked[0].id}/replay`);
  await staff('DELETE', `${log}/parked/${parked[1].id}`);
  await staff('DELETE', `${log}/parked/${parked[1].id}`);
  await staff('DELETE', `${log}/consumers/erp`);
  consumer.close();
  await consumer.closed;
  await staff('DELETE', `${log}/consumers/erp`);
  await staff('GET', '/v1/log/feed:none/parked');
});

describe('what every route says to', () => {
  const pathOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, 'x');

  test('a caller without a key, or with one that may not', async () => {
    for (const { method, path, operation } of check.operations) {
      const [needs] = (operation.security ?? []) as readonly { readonly key?: readonly string[] }[];
      if (needs?.key === undefined) continue;
      expect(await ask(method, pathOf(path))).toMatchObject({ http: 401, code: 'key-required' });
      const others = SCOPES.filter((scope) => scope !== 'admin' && !needs.key!.includes(scope));
      if (needs.key.length === 0) continue;
      expect(await ask(method, pathOf(path), { key: await keyWith(others[0]!) })).toMatchObject({ http: 403 });
    }
  });

  test('a body that is no JSON, or not of its form', async () => {
    for (const { method, path, operation } of check.operations) {
      if (operation.requestBody?.content['application/json'] === undefined) continue;
      const say = (type: string, text: string) =>
        ask(method, pathOf(path), { key: ADMIN_KEY, text, headers: { 'content-type': type, ...once() } });
      expect(await say('application/json', '{')).toMatchObject({ http: 400 });
      expect(await say('text/plain', '{}')).toMatchObject({ http: 415 });
      await say('application/json', '[]');
    }
  });

  const keys = new Map<string, string>();
  async function keyWith(scope: (typeof SCOPES)[number]): Promise<string> {
    const key = keys.get(scope) ?? (await server.keyWith(scope));
    keys.set(scope, key);
    return key;
  }
});

test('the walk met every operation, with a success of each', () => {
  const unmet = check.operations.flatMap(({ method, path, operation: { operationId = '' } }) => {
    const statuses = [...(check.seen.get(operationId) ?? [])];
    return operationId in NO_SUCCESS || statuses.some((status) => status < 300) ? [] : [`${method} ${path}`];
  });
  expect(unmet, 'ask these in a test of this file').toEqual([]);
});
