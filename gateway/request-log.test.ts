import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from './log.ts';
import { requestId } from './request-log.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

type Line = Readonly<Record<string, unknown>>;

const lines: Line[] = [];
const text = { all: '' };
/** What the server writes, line by line. */
const sink = { write: (line: string) => void (lines.push(JSON.parse(line) as Line), (text.all += line)) };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LOG_LEVEL: 'trace', LOG_SLOW_MS: '60000' }, undefined, sink);
});
afterAll(() => server.stop());

async function lineOf(path: string, about: Parameters<TestServer['call']>[1] = {}): Promise<Line> {
  const { headers } = await server.call(path, about);
  const id = headers.get('x-request-id');
  expect(id).toMatch(/^[\w.:-]{1,64}$/);
  // The line is written when the answer has left, which may be a moment after it arrived.
  for (;;) {
    const found = lines.find(({ requestId: of, status }) => of === id && status !== undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('each request has a line with its id, client, route, status and time', async () => {
  const line = await lineOf('/v1/stock/LOGGED?channel=web', { key: ADMIN_KEY });
  expect(line).toMatchObject({ level: 20, client: 'admin', method: 'GET', route: '/v1/stock/:sku', status: 404 });
  expect(line['ms']).toEqual(expect.any(Number));
  expect(await lineOf('/health/live')).toMatchObject({ client: 'public', route: '/health/live', status: 200 });
});

test('a command that changed something names the position of its fact', async () => {
  const body = JSON.stringify(onHand('LOGGED', 9));
  const feed = await lineOf('/v1/feeds/pos', { method: 'POST', key: ADMIN_KEY, body });
  expect(feed).toMatchObject({ status: 200, lsn: expect.stringMatching(/^\d+\.\d+$/) });
  const json = { channel: 'web', lines: [{ sku: 'LOGGED', units: 1, group: 'all' }] };
  const headers = { 'idempotency-key': 'logged' };
  const reserve = await lineOf('/v1/reservations', { method: 'POST', key: ADMIN_KEY, json, headers });
  expect(reserve).toMatchObject({ status: 201, lsn: expect.stringMatching(/^\d+\.\d+$/) });
});

test('the caller’s own id is taken over when it is a harmless word', async () => {
  const called = await server.call('/health/live', { headers: { 'x-request-id': 'order-4711.a' } });
  expect(called.headers.get('x-request-id')).toBe('order-4711.a');
  for (const given of ['', 'a b', 'x'.repeat(65), '{"a":1}', '1\\n2', undefined]) {
    expect(requestId({ headers: { 'x-request-id': given } })).toMatch(/^[\w-]{12}$/);
  }
});

test('no key, token or secret is in the log, wherever it was sent', async () => {
  const secret = 'oh_this-is-a-secret-that-nobody-may-read';
  await server.call('/v1/stats', { key: secret });
  await server.call(`/v1/stats?key=${secret}&token=${secret}`);
  await server.call(`/v1/stock/${secret}`, { headers: { cookie: `key=${secret}`, 'x-request-id': `${secret} x` } });
  await server.call('/v1/reservations', { method: 'POST', key: ADMIN_KEY, json: { token: secret } });
  await server.call(`/no/such/${secret}`);
  expect(lines.length).toBeGreaterThan(5);
  expect(text.all).not.toContain(secret);
  expect(text.all).not.toContain(ADMIN_KEY);
});

test('fields with the name of a secret are struck out, whoever logs them', () => {
  let written = '';
  const to = { write: (line: string) => void (written += line) };
  const logger = createLogger({ logLevel: 'info' }, to);
  logger.info({ token: 'S1', headers: { authorization: 'S2' }, request: { body: { secret: 'S3' } } }, 'said');
  expect(JSON.parse(written)).toMatchObject({ token: '[secret]', headers: { authorization: '[secret]' } });
  expect(written).not.toMatch(/S[123]/);
});

test('a slow answer is at warn; of a flood of them a hundred at once, the others are counted', async () => {
  const startMs = Date.now();
  const slowLines: Line[] = [];
  const to = { write: (line: string) => void slowLines.push(JSON.parse(line) as Line) };
  const slow = await startTestServer({ LOG_LEVEL: 'warn', LOG_SLOW_MS: '0' }, undefined, to, () => startMs);
  for (let i = 0; i < 300; i++) await slow.call('/health/live');
  const metrics = (await slow.call('/metrics', { key: ADMIN_KEY })).body['text'] as string;
  const suppressed = Number(/^onhand_log_lines_suppressed_total (\d+)$/m.exec(metrics)?.[1]);
  expect(slowLines.filter(({ msg }) => msg === 'answered slowly').length).toBe(100);
  // The last line may not have been due yet when the metrics were read.
  expect([199, 200]).toContain(suppressed);
  await slow.stop();
});
