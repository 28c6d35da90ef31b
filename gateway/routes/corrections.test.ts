import { afterAll, beforeAll, expect, test } from 'vitest';
import { onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('CO-1', 10)]);
});
afterAll(() => server.stop());

const PATH = '/v1/stock/CO-1/corrections';
const json = { node: 'S-1', units: -4, reason: 'four were broken' };

test('staff correct a number once; ledger and explanation say who and why', async () => {
  const ops = await server.keyWith('ops', 'stock');
  const about = { method: 'POST', key: ops, headers: { 'idempotency-key': 'k1' }, json };
  const made = await server.call(PATH, about);
  expect(made).toMatchObject({ status: 201, body: { sku: 'CO-1', onHand: 6, ...json } });
  expect((await server.call(PATH, about)).body).toEqual(made.body);
  const by = String(made.body['by']);
  const position = String(made.body['position']);
  const ledger = await server.call(`/v1/ledger?sku=CO-1&kind=correction&minPosition=${position}`, { key: ops });
  const entry = { kind: 'correction', units: -4, reason: 'four were broken', detail: { client: by } };
  expect(ledger.body).toMatchObject({ movements: [entry] });
  const why = await server.call('/v1/stock/CO-1/explain?node=S-1', { key: ops });
  expect(why.body).toMatchObject({ nodes: [{ onHand: { units: 6, folded: 0, causes: [{ movement: entry }] } }] });
});

test('nobody else may, and what is wrong is named', async () => {
  const ops = await server.keyWith('ops');
  const headers = { 'idempotency-key': 'k2' };
  expect((await server.call(PATH, { method: 'POST', headers, json })).status).toBe(401);
  expect((await server.call(PATH, { method: 'POST', key: await server.keyWith('stock'), headers, json })).status).toBe(
    403,
  );
  expect(await server.call(PATH, { method: 'POST', key: ops, json })).toMatchObject({ status: 422 });
  const asked = (changes: object) =>
    server.call(PATH, { method: 'POST', key: ops, headers, json: { ...json, ...changes } });
  expect(await asked({ node: 'N-9' })).toMatchObject({ status: 404, body: { code: 'unknown-node', field: 'node' } });
  expect(await asked({ units: 0 })).toMatchObject({ status: 422, body: { code: 'units-out-of-bounds' } });
  expect(await asked({ reason: '  ' })).toMatchObject({ status: 422, body: { code: 'reason-missing' } });
});
