import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let dataDir: string;
let server: TestServer;
let secret: string;

const key = ADMIN_KEY;
const SECRETS = '/v1/sources/pos/webhook-secret';

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onhand-webhooks-'));
  server = await startTestServer({ DATA_DIR: dataDir, WEBHOOK_BYTES_MAX: '4096' });
  secret = await newSecret();
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function newSecret(about: object = { scheme: 'standard' }): Promise<string> {
  const made = await server.call(SECRETS, { method: 'POST', key, json: about });
  expect(made.status).toBe(201);
  return made.body['secret'] as string;
}

let sent = 0;
interface Sent {
  readonly id?: string;
  readonly atMs?: number;
  readonly by?: string;
  readonly headers?: Record<string, string>;
  readonly source?: string;
}

function post(
  body: string,
  { id = `msg_${++sent}`, atMs = Date.now(), by = secret, headers, source = 'pos' }: Sent = {},
) {
  const signed = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': new Webhook(by).sign(id, new Date(atMs), body),
    'content-type': 'application/json',
    ...headers,
  };
  return server.call(`/v1/webhooks/${source}`, { method: 'POST', body, headers: signed });
}

const count = (sku: string, units: number): string => JSON.stringify(onHand(sku, units));

async function unitsOf(sku: string): Promise<unknown> {
  return ((await server.call(`/v1/stock/${sku}`)).body['d'] as { units?: number } | undefined)?.units;
}

describe('signed deliveries of a source', () => {
  test('a signed body goes through the door of every feed, without a key', async () => {
    expect(await post(count('W-1', 7))).toMatchObject({ status: 200, body: { recorded: 1 } });
    expect(await unitsOf('W-1')).toBe(7);
  });

  test('a signed time is held against the machine’s clock, also when that was set after the start', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    try {
      expect((await post(count('W-LATE', 3))).status).toBe(200);
      expect((await post(count('W-LATE', 4), { atMs: Date.now() - 3_600_000 })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a delivery that comes again is answered 200 without effect, also when many come at once', async () => {
    const body = JSON.stringify({
      kind: 'delta',
      id: 'once',
      at: Date.now(),
      sku: 'W-2',
      node: 'S-1',
      quantity: 5,
      reason: 'receipt',
    });
    await post(JSON.stringify(onHand('W-2', 0, Date.now() - 60_000)));
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(body, { id: 'msg_again' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await post(body, { id: 'msg_again' })).toMatchObject({ status: 200, body: { repeated: true } });
    expect(await unitsOf('W-2')).toBe(5);
  });

  test('whatever is wrong with a signature has one answer, and is counted', async () => {
    const body = count('W-3', 9);
    const before = await stats();
    const wrong: Sent[] = [
      { by: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
      { atMs: Date.now() - 400_000 },
      { atMs: Date.now() + 400_000 },
      { headers: { 'webhook-id': '' } },
      { headers: { 'webhook-signature': 'v1,AAAA' } },
      { headers: { 'webhook-signature': `v2,${'A'.repeat(43)}=` } },
      { source: 'nobody' },
      { source: '__proto__' },
    ];
    const answers = [];
    for (const one of wrong) answers.push(await post(body, one));
    expect(new Set(answers.map((one) => JSON.stringify([one.status, one.body])))).toHaveLength(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'wrong-signature' } });
    expect((await stats()).wrongSignature - before.wrongSignature).toBe(wrong.length);
    expect(await unitsOf('W-3')).toBeUndefined();
  });

  test('what cannot be read is kept as a dead letter and answered 200: the sender could only send it again', async () => {
    expect(await post('{"kind":"nonsense"}')).toMatchObject({ status: 200, body: { recorded: 0, refusedCount: 1 } });
  });

  test('a body over the bound is refused by its length, one that is packed by its encoding', async () => {
    expect((await post('x'.repeat(4097))).status).toBe(413);
    expect((await post(count('W-4', 1), { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  test('a body that grows beyond the bound without a length is cut there', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const id = 'msg_long';
    const seconds = Math.floor(Date.now() / 1000);
    const claims = `webhook-id: ${id}\r\nwebhook-timestamp: ${seconds}\r\nwebhook-signature: v1,${'A'.repeat(43)}=\r\n`;
    socket.write(`POST /v1/webhooks/pos HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n${claims}\r\n`);
    socket.write(`1000\r\n${'x'.repeat(4096)}\r\n1000\r\n${'x'.repeat(4096)}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413/);
    socket.destroy();
  });

  test('a new secret is shown once and works beside the old one; a third ends the first', async () => {
    const first = secret;
    secret = await newSecret();
    expect(secret).toMatch(/^whsec_/);
    const info = await server.call(SECRETS, { key });
    expect(info.body).toMatchObject({ source: 'pos', scheme: 'standard', previousUntil: expect.any(Number) });
    expect(JSON.stringify(info.body)).not.toContain('whsec_');
    expect((await post(count('W-5', 1), { by: first })).status).toBe(200);
    expect((await post(count('W-5', 2))).status).toBe(200);
    secret = await newSecret();
    expect((await post(count('W-5', 3), { by: first })).status).toBe(401);
  });

  test('Shopify signs the raw body with the secret of its app, and a body is not taken twice under another id', async () => {
    const given = 'shpss_0123456789abcdef';
    await newSecret({ scheme: 'shopify', secret: given });
    const body = count('W-6', 6);
    const shopify = (id: string) =>
      server.call('/v1/webhooks/pos', {
        method: 'POST',
        body,
        headers: {
          'x-shopify-webhook-id': id,
          'x-shopify-topic': 'inventory_levels/update',
          'x-shopify-triggered-at': new Date().toISOString(),
          'x-shopify-hmac-sha256': createHmac('sha256', given).update(body).digest('base64'),
        },
      });
    expect(await shopify('one')).toMatchObject({ status: 200, body: { recorded: 1 } });
    expect(await shopify('one')).toMatchObject({ status: 200, body: { repeated: true } });
    expect(await shopify('two')).toMatchObject({ status: 200, body: { repeated: true } });
    expect((await post(body)).status).toBe(401);
    secret = await newSecret();
  });

  test('a secret that is not one is refused by name, and Shopify must bring its own', async () => {
    const make = (json: object, source = 'pos') =>
      server.call(`/v1/sources/${source}/webhook-secret`, { method: 'POST', key, json });
    expect(await make({ scheme: 'standard', secret: 'whsec_tooshort=========' })).toMatchObject({
      status: 422,
      body: { code: 'malformed-secret', field: 'secret' },
    });
    expect(await make({ scheme: 'shopify' })).toMatchObject({ status: 422, body: { code: 'secret-required' } });
    expect(await make({ scheme: 'standard', sekret: 'x' })).toMatchObject({ status: 422 });
    expect((await make({ scheme: 'standard' }, 'nobody')).status).toBe(404);
  });

  test('ids are remembered over a restart, and the file is for its owner alone', async () => {
    const body = count('W-7', 3);
    expect((await post(body, { id: 'msg_before' })).body).toMatchObject({ recorded: 1 });
    await server.stop();
    server = await startTestServer({ DATA_DIR: dataDir });
    expect(await post(body, { id: 'msg_before' })).toMatchObject({ status: 200, body: { repeated: true } });
    for (const suffix of ['', '-wal']) {
      expect((await stat(join(dataDir, `webhooks.sqlite${suffix}`))).mode & 0o777).toBe(0o600);
    }
  });

  test.each(['http://shop.example/', 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/', 'https://169.254.169.254/x'])(
    'by default nobody can have events sent to %s',
    async (url) => {
      const json = { url, types: ['dev.onhand.stock.low'] };
      const refused = await server.call('/v1/webhook-endpoints', { method: 'POST', key, json });
      expect(refused).toMatchObject({ status: 422, body: { code: 'malformed-url', field: 'url' } });
    },
  );

  test('a source without a secret takes nothing signed any more', async () => {
    expect((await server.call(SECRETS, { method: 'DELETE', key })).status).toBe(204);
    expect((await post(count('W-8', 3))).status).toBe(401);
    expect((await server.call(SECRETS, { key })).status).toBe(404);
  });
});

async function stats(): Promise<{ wrongSignature: number }> {
  const { body } = await server.call('/v1/stats', { key });
  return (body['server'] as { webhooks: { incoming: { wrongSignature: number } } }).webhooks.incoming;
}

test('a source that is ahead of its rate waits, signed or with a key', async () => {
  const slow = await startTestServer({ SOURCE_EVENTS_PER_SEC: '1' });
  const made = await slow.call(SECRETS, { method: 'POST', key, json: { scheme: 'standard' } });
  const send = (id: string, rows: readonly object[]) => {
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    const now = new Date();
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(made.body['secret'] as string).sign(id, now, body),
    };
    return slow.call('/v1/webhooks/pos', { method: 'POST', body, headers });
  };
  const many = Array.from({ length: 60 }, (_, index) => onHand(`R-${index}`, 1));
  expect(await send('first', many)).toMatchObject({ status: 200, body: { recorded: 60 } });
  expect(await send('second', [onHand('R-1', 2)])).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
  expect((await slow.feed([onHand('R-1', 3)])).status).toBe(429);
  await slow.stop();
});
