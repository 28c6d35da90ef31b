import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

interface Row {
  readonly row: number;
  readonly kind: string;
  readonly units?: number;
  readonly node?: string;
  readonly ref?: string;
  readonly reason?: string;
  readonly position: string;
}

interface Page {
  readonly movements: readonly Row[];
  readonly next?: number;
}

const START = Date.now() - 3_600_000;
const sale = (sku: string, id: string, quantity: number) => ({
  kind: 'delta',
  id,
  at: START + 1_000,
  sku,
  node: 'S-1',
  quantity,
  reason: 'sale',
});

async function ledger(query: string, minPosition?: unknown): Promise<Page> {
  const wait = typeof minPosition === 'string' ? `&minPosition=${minPosition}` : '';
  const answer = await server.call(`/v1/ledger?${query}${wait}`, { key: ADMIN_KEY });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as unknown as Page;
}

test('[AV8] the ledger shows what moved a sku and what was promised of it, newest first', async () => {
  await server.feed([onHand('APPLE', 10, START), sale('APPLE', 'a1', -2)]);
  const json = { channel: 'web', lines: [{ sku: 'APPLE', units: 3, node: 'S-1' }] };
  const reserved = await server.call('/v1/reservations', {
    method: 'POST',
    key: ADMIN_KEY,
    json,
    headers: { 'idempotency-key': 'apple' },
  });
  const id = String(reserved.body['id']);
  await server.call(`/v1/reservations/${id}`, { method: 'DELETE', key: ADMIN_KEY });
  const last = await server.feed([sale('APPLE', 'a2', -1)]);
  const page = await ledger('sku=APPLE', last.body['position']);
  expect(page.movements.map(({ kind, units, ref, reason }) => ({ kind, units, ref, reason }))).toEqual([
    { kind: 'delta', units: -1, reason: 'sale' },
    { kind: 'release', units: 3, ref: id, reason: 'released' },
    { kind: 'hold', units: 3, ref: id },
    { kind: 'delta', units: -2, reason: 'sale' },
    { kind: 'snapshot', units: 10 },
  ]);
  expect(page.movements[0]?.position).toBe(last.body['position']);
});

test('[AV8] pages follow each other without a gap', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => sale('PEAR', `p${i}`, -1));
  const last = await server.feed([onHand('PEAR', 50, START, 'S-2'), ...rows]);
  const all = await ledger('sku=PEAR&order=oldest', last.body['position']);
  expect(all.movements).toHaveLength(13);
  expect(all.next).toBeUndefined();
  const seen: Row[] = [];
  for (let after = ''; ;) {
    const page = await ledger(`sku=PEAR&order=oldest&limit=5${after}`);
    seen.push(...page.movements);
    if (page.next === undefined) break;
    after = `&after=${page.next}`;
  }
  expect(seen).toEqual(all.movements);
  expect((await ledger('sku=PEAR&node=S-2')).movements.map(({ kind }) => kind)).toEqual(['snapshot']);
  expect((await ledger('sku=PEAR&kind=snapshot')).movements).toHaveLength(1);
  expect((await ledger(`sku=PEAR&to=${START}`)).movements).toHaveLength(0);
  expect((await ledger(`sku=PEAR&from=${new Date(START).toISOString()}&limit=1000`)).movements).toHaveLength(13);
});

test('[AV8] as CSV the same rows come as a file without formulas', async () => {
  const last = await server.feed([onHand('PLUM', 4, START), { ...sale('PLUM', '=cmd', -1), ref: '+49 "call"' }]);
  await ledger('sku=PLUM', last.body['position']);
  const answer = await server.call('/v1/ledger?sku=PLUM&order=oldest', {
    key: ADMIN_KEY,
    headers: { accept: 'text/csv' },
  });
  expect(answer.headers.get('content-type')).toContain('text/csv');
  expect(answer.headers.get('content-disposition')).toContain('ledger.csv');
  const lines = String(answer.body['text']).trim().split('\r\n');
  expect(lines[0]).toMatch(/^row,position,recordedAt,at,kind,sku,node,group,units,/);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain(`,delta,PLUM,S-1,,-1,sale,pos,'=cmd,"'+49 ""call""",`);
});

test.each([
  ['minPosition=here', 422, 'malformed-position', 'minPosition'],
  ['minPosition=99.1', 422, 'malformed-position', 'minPosition'],
  ['from=yesterday', 422, 'malformed-time', 'from'],
  ['to=2026-11-24T10:02', 422, 'malformed-time', 'to'],
  ['sku=a%20b', 422, 'malformed-id', 'sku'],
  ['kind=theft', 422, 'invalid-request', 'kind'],
  ['limit=5000', 422, 'invalid-request', 'limit'],
  ['after=-1', 422, 'invalid-request', 'after'],
])('GET /v1/ledger?%s is answered %i %s', async (query, status, code, field) => {
  expect(await server.call(`/v1/ledger?${query}`, { key: ADMIN_KEY })).toMatchObject({ status, body: { code, field } });
});

test('[AV8] a position that does not come is waited for, then said to be missing', async () => {
  const answer = await server.call('/v1/ledger?minPosition=0.999999999', { key: ADMIN_KEY });
  expect(answer).toMatchObject({ status: 503, body: { code: 'ledger-behind' } });
});

test('stats say how far the ledger is', async () => {
  const last = await server.feed([sale('FIG', 'f1', -1)]);
  await ledger('sku=FIG', last.body['position']);
  const { body } = await server.call('/v1/stats', { key: ADMIN_KEY });
  const { journal, projector } = body['engine'] as { journal: { head: number }; projector: object };
  expect(projector).toEqual({ position: journal.head, lag: 0 });
});
