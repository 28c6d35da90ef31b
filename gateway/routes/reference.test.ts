import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeRef } from '../../engine/contract/reference.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket } from '../test-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const ask = (path: string, method = 'GET', json?: unknown, headers: Record<string, string> = {}) =>
  server.call(`/v1/reference/${path}`, { method, key: ADMIN_KEY, headers, ...(json !== undefined && { json }) });
const WEB = { id: 'web', name: 'web', group: 'all', unitsPublic: true, lowAt: 3, clearAt: 5 };
const node = (): NodeRef => server.engine.reference.nodes.get('S-1' as never)!;

test('a row is read with its version, changed by who saw it, and refused to who did not', async () => {
  const read = await ask('channels/web');
  expect(read).toMatchObject({ status: 200, body: { of: 'channels', key: 'web', row: WEB } });
  const etag = read.headers.get('etag')!;
  expect(etag).toBe(`"${String(read.body['version'])}"`);
  const put = await ask('channels/web?reason=wider', 'PUT', { ...WEB, lowAt: 2 }, { 'if-match': etag });
  expect(put).toMatchObject({ status: 200, body: { status: 'applied', refusedRows: [] } });
  const late = await ask('channels/web', 'PUT', { ...WEB, lowAt: 1 }, { 'if-match': etag });
  expect(late).toMatchObject({
    status: 412,
    body: { code: 'version-conflict', field: 'if-match', version: put.body['version'] },
  });
  const again = await ask('channels/web', 'PUT', { ...WEB, lowAt: 2 }, { 'if-match': etag });
  expect(again.status, 'a repetition is answered like the first').toBe(200);
  expect(again.headers.get('etag')).toBe(put.headers.get('etag'));
  const fresh = { ...WEB, id: 'app' };
  expect(await ask('channels/app', 'PUT', fresh, { 'if-none-match': '*' })).toMatchObject({ status: 200 });
  const taken = await ask('channels/app', 'PUT', { ...fresh, lowAt: 0 }, { 'if-none-match': '*' });
  expect(taken).toMatchObject({ status: 412, body: { code: 'version-conflict' } });
  expect(await ask('channels/app', 'PUT', fresh, { 'if-match': 'W/x' })).toMatchObject({ status: 422 });
  expect(await ask('channels/web', 'PUT', WEB)).toMatchObject({ status: 200 });
});

test('rows are listed page by page in the order of their keys', async () => {
  const first = await ask('items?limit=2');
  expect(first).toMatchObject({ status: 200, body: { of: 'items', next: 'MILK-1' } });
  const second = await ask('items?limit=2&after=MILK-1');
  const keys = [first, second].flatMap(({ body }) => (body['rows'] as { key: string }[]).map(({ key }) => key));
  expect(keys).toEqual(['BREAD', 'MILK-1', 'MILK-2']);
  expect(second.body).not.toHaveProperty('next');
});

test('a fault names the field, the value and the rule, and nothing is applied', async () => {
  const row = { ...WEB, id: 'x' };
  const before = (await ask('channels')).body['version'];
  for (const [sent, about] of [
    [ask('channels/x', 'PUT', { ...row, lowAt: -1 }), { status: 422, body: { code: 'invalid-row', field: 'lowAt' } }],
    [
      ask('channels/x', 'PUT', { ...row, clearAt: 0 }),
      { status: 422, body: { code: 'invalid-row', field: 'clearAt' } },
    ],
    [ask('channels/y', 'PUT', row), { status: 422, body: { code: 'invalid-row', field: 'id' } }],
    [ask('channels/x', 'PUT', [row]), { status: 422, body: { code: 'invalid-row' } }],
    [ask('shops/x', 'PUT', row), { status: 404, body: { code: 'unknown-kind' } }],
    [ask('pools/x', 'PUT', row), { status: 404, body: { code: 'unknown-row' } }],
    [ask('channels/none'), { status: 404, body: { code: 'unknown-row' } }],
    [ask('channels/x?effectiveAt=2001-01-01T00:00:00Z', 'PUT', row), { status: 422, body: { code: 'date-is-past' } }],
    [ask('channels/x?effectiveAt=soon', 'PUT', row), { status: 422, body: { field: 'effectiveAt' } }],
    [ask('channels', 'POST', { rows: [] }), { status: 422, body: { code: 'too-many-rows', field: 'rows' } }],
    [
      ask('channels', 'POST', { rows: [row, { ...row, id: 'z', lowAt: 'few' }] }),
      { status: 422, body: { code: 'invalid-row', field: 'rows[1].lowAt' } },
    ],
    [
      ask('channels/x', 'PUT', { ...row, group: 'none' }),
      { status: 422, body: { field: 'group', refusedRows: [{ row: 'x', code: 'names-unknown', value: 'none' }] } },
    ],
    [ask('groups/all', 'DELETE'), { status: 409, body: { code: 'still-named' } }],
    [ask('channels/web', 'DELETE'), { status: 409, body: { code: 'channel-stays' } }],
    [ask('groups/none', 'DELETE'), { status: 404, body: { code: 'unknown-row' } }],
  ] as const) {
    expect(await sent).toMatchObject(about);
  }
  const partial = { rows: [row, { ...row, id: 'z', group: 'none' }], partial: true };
  expect((await ask('channels')).body['version']).toBe(before);
  expect(await ask('channels', 'POST', partial)).toMatchObject({
    status: 200,
    body: { status: 'applied', refusedRows: [{ row: 'z', code: 'names-unknown' }] },
  });
});

test('[OR5] rules with faults are refused with each of them by field, and rules without are taken', async () => {
  const step = (name: string, more = {}) => ({ name, rank: ['cost'], ...more });
  const costs = { splitMinor: 0, pressureMinor: 0, handlingMinor: { dc: 0, store: 0, supplier: 0, 'third-party': 0 } };
  const rules = (...steps: object[]) => ({ id: 'draft', name: 'Draft', steps, costs });
  const wrong = rules(step('a', { rank: ['priority'], otherwise: 'queue' }), step('a', { priorities: { 'S-1': 1 } }));
  const refused = await ask('sourcing/draft', 'PUT', wrong);
  expect(refused).toMatchObject({
    status: 422,
    body: {
      code: 'invalid-row',
      field: 'steps.0',
      faults: [
        { field: 'steps.0', rule: 'step "a" ranks by priority and gives none' },
        { field: 'steps.1', rule: 'step "a" is there twice; explanations name steps, so each needs its own name' },
        { field: 'steps.1', rule: 'step "a" gives priorities and does not rank by them' },
        { field: 'steps.1', rule: 'step "a" is never reached: "a" before it decides about all its orders' },
      ],
    },
  });
  expect(await ask('sourcing/draft')).toMatchObject({ status: 404 });
  expect(await ask('sourcing/draft', 'PUT', rules(step('a'), step('b')))).toMatchObject({ status: 200 });
  const zones = [100, 50].map((kmMax, at) => ({ zone: `${at}`, kmMax, baseMinor: 1, perKgMinor: 1, days: 1 }));
  const batch = { rows: [{ id: 'c', name: 'C', zones }] };
  const carrier = await ask('carriers', 'POST', batch);
  expect(carrier).toMatchObject({ status: 422, body: { code: 'invalid-row', field: 'rows[0].zones.1' } });
});

test('who may not is turned away before anything is read', async () => {
  const ops = await server.keyWith('ops');
  const call = (key: string | undefined, path: string, method = 'GET') =>
    server.call(`/v1/reference/${path}`, {
      method,
      ...(key !== undefined && { key }),
      json: method === 'GET' ? undefined : {},
    });
  for (const path of ['channels', 'channels/web', 'pending', 'audit']) {
    expect(await call(undefined, path)).toMatchObject({ status: 401 });
    expect(await call(ops, path)).toMatchObject({ status: 200 });
  }
  for (const [path, method] of [
    ['channels/web', 'PUT'],
    ['channels/web', 'DELETE'],
    ['channels', 'POST'],
    ['pending/p1', 'DELETE'],
  ] as const) {
    expect(await call(ops, path, method)).toMatchObject({ status: 403, body: { code: 'scope-required' } });
  }
});

test('[RD3][RD5] a planned change is listed, cancelled by name, and all of it stands in the audit log', async () => {
  const pool = { id: 'vip', channel: 'web', sku: 'MILK-2', units: 5 };
  const path = 'pools/MILK-2/vip';
  expect(await ask(`${path}?reason=summer`, 'PUT', pool)).toMatchObject({ status: 200 });
  const planned = await ask(`${path}?effectiveAt=${Date.now() + 86_400_000}`, 'PUT', { ...pool, units: 9 });
  expect(planned).toMatchObject({ status: 202, body: { status: 'scheduled' } });
  const id = String(planned.body['id']);
  expect(await ask('pending')).toMatchObject({ body: { changes: [{ id, batch: { of: 'pools' } }] } });
  expect(await ask(`pending/${id}?reason=no`, 'DELETE')).toMatchObject({ status: 204 });
  expect(await ask(`pending/${id}`, 'DELETE')).toMatchObject({ status: 404, body: { code: 'unknown-change' } });
  expect(await ask(path, 'DELETE')).toMatchObject({ status: 200 });
  expect(await ask(path)).toMatchObject({ status: 404 });
  const { body } = await ask('audit?kind=pools&id=MILK-2/vip&limit=3');
  expect(body).toMatchObject({
    entries: [
      { what: 'retired', by: 'admin', before: pool },
      { what: 'cancelled', plan: id, reason: 'no' },
      { what: 'planned', plan: id, after: { units: 9 } },
    ],
  });
  const rest = await ask(`audit?kind=pools&after=${String(body['next'])}`);
  expect(rest).toMatchObject({ body: { entries: [{ what: 'applied', reason: 'summer', after: pool }] } });
});

test('[RD3] a field that is misspelled changes nothing, neither now nor later', async () => {
  const pool = { id: 'p9', channel: 'web', sku: 'BREAD', units: 1 };
  const misspelled = 'pools/BREAD/p9?effectivAt=2027-01-01T00:00:00Z';
  expect(await ask(misspelled, 'PUT', pool)).toMatchObject({ status: 422, body: { code: 'invalid-request' } });
  expect(await ask('pools/BREAD/p9')).toMatchObject({ status: 404 });
  const never = 'pools/BREAD/p9?effectiveAt=2027-02-30T00:00:00Z';
  expect(await ask(never, 'PUT', pool)).toMatchObject({ status: 422, body: { code: 'malformed-time' } });
});

test('[RD3] what cannot be planned with the rest is said', async () => {
  const row = (id: string, channel: string) => ({ id, channel, sku: 'BREAD', units: 1 });
  const rows = [row('p7', 'web'), row('p8', 'nowhere')];
  const effectiveAt = Date.now() + 86_400_000;
  const answer = await ask('pools', 'POST', { rows, partial: true, effectiveAt });
  expect(answer).toMatchObject({
    status: 202,
    body: { status: 'scheduled', refusedRows: [{ code: 'names-unknown' }] },
  });
});

test('a page hears of a threshold and of a switched node at once, over a real websocket', async () => {
  await server.feed([onHand('BREAD', 10), onHand('BREAD', 2, Date.now(), 'S-2')]);
  const socket = openSocket(server.url);
  await socket.next('welcome');
  socket.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['BREAD'], near: { lat: 41, lon: -93 } });
  const [entry] = (await socket.next('subscribed'))['snap'] as { d: object }[];
  expect(entry!.d).toMatchObject({ band: 'in-stock', pickup: [{ node: 'S-1' }, { node: 'S-2' }] });

  await ask('channels/web', 'PUT', { ...WEB, threshold: 10 });
  expect(await heard((d) => d['band'] === 'low-stock')).toMatchObject({ band: 'low-stock' });
  await ask('channels/web', 'PUT', WEB);
  expect(await heard((d) => d['band'] === 'in-stock')).toMatchObject({ pickup: [{ node: 'S-1' }, { node: 'S-2' }] });

  await ask('nodes/S-1', 'PUT', { ...node(), enabled: false });
  const off = await heard((d) => (d['pickup'] as unknown[]).length === 1 && d['band'] === 'low-stock');
  expect(off).toMatchObject({ pickup: [{ node: 'S-2' }] });
  expect((await server.call('/v1/nodes')).body['nodes']).toContainEqual(
    expect.objectContaining({ id: 'S-1', enabled: false }),
  );
  await ask('nodes/S-1', 'PUT', { ...node(), enabled: true });
  const on = await heard((d) => (d['pickup'] as unknown[]).length === 2 && d['band'] === 'in-stock');
  expect(on).toMatchObject({ pickup: [{ node: 'S-1' }, { node: 'S-2' }] });
  socket.close();

  async function heard(passes: (d: Record<string, unknown>) => boolean): Promise<object> {
    for (;;) {
      const d = (await socket.next('update'))['d'] as Record<string, unknown>;
      if (passes(d)) return d;
    }
  }
});
