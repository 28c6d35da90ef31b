import { afterAll, beforeAll, expect, test } from 'vitest';
import { onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('RE-1', 10)]);
});
afterAll(() => server.stop());

test('staff alone may have sums worked out again, for a reason, and are told when all are right', async () => {
  const ops = await server.keyWith('ops');
  const path = '/v1/stock/RE-1/repairs';
  const json = { reason: 'the watch said so' };
  expect((await server.call(path, { method: 'POST', json })).status).toBe(401);
  expect((await server.call(path, { method: 'POST', key: await server.keyWith('stock'), json })).status).toBe(403);
  const asked = (at: string, reason: string) => server.call(at, { method: 'POST', key: ops, json: { reason } });
  expect(await asked(path, 'why')).toMatchObject({ status: 409, body: { code: 'nothing-to-repair' } });
  expect(await asked(path, ' ')).toMatchObject({ status: 422, body: { code: 'reason-missing', field: 'reason' } });
  expect(await asked('/v1/stock/RE-9/repairs', 'why')).toMatchObject({ status: 404, body: { code: 'unknown-sku' } });
});
