import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const AT = Date.now() - 3_600_000;
const get = (path: string, key = ADMIN_KEY) => server.call(path, { key });

/** A millisecond that is over. */
function thisMoment(): number {
  const at = Date.now();
  while (Date.now() <= at);
  return at;
}

test('[AV8] what did we show for this sku then? By time and by position, with every term', async () => {
  await server.feed([onHand('FIG', 10, AT)]);
  const first = await get('/v1/stock/FIG');
  const then = thisMoment();
  await server.feed([onHand('FIG', 4, AT + 1_000)]);
  expect((await get('/v1/stock/FIG')).body).toMatchObject({ nodes: [{ onHand: 4 }] });

  for (const at of [String(then), new Date(then).toISOString(), String(first.body['position'])]) {
    const past = await get(`/v1/stock/FIG?at=${at}`);
    expect(past).toMatchObject({ status: 200, body: { ...first.body, was: { position: first.body['position'] } } });
  }
});

test.each([
  ['yesterday', 422, 'malformed-time', 'at'],
  ['99.7', 422, 'position-of-another-shard', 'at'],
  [String(Date.now() + 9_000_000), 409, 'not-yet', 'at'],
  [String(AT - 86_400_000), 404, 'unknown-sku', 'sku'],
])('GET /v1/stock/FIG?at=%s is answered %i %s', async (at, status, code, field) => {
  expect(await get(`/v1/stock/FIG?at=${at}`)).toMatchObject({ status, body: { code, field } });
});

test('the past is for staff', async () => {
  expect(await server.call('/v1/stock/FIG?at=1')).toMatchObject({ status: 401, body: { code: 'key-required' } });
  const feeder = await server.keyWith('feeds');
  expect(await get('/v1/stock/FIG?at=1', feeder)).toMatchObject({ status: 403, body: { code: 'scope-required' } });
});
