import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, startTestServer, type TestServer } from './test-server.ts';
import { openSocket, refusedStatus } from './test-socket.ts';
import { hasSecret } from './url-secrets.ts';

const KEY = `oh_${'a'.repeat(43)}`;
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.${'b'.repeat(43)}`;

test.each([
  `/v1/stock/A?token=x`,
  `/v1/stock/A?channel=web&access_token=x`,
  `/v1/stock/A?API_KEY=x`,
  `/v1/stock/A?apikey=`,
  `/v1/live?jwt=x`,
  `/v1/stock/A?x=${KEY}`,
  `/v1/live/events?key=${KEY}`,
  `/v1/stock/A?x=${JWT}`,
  `/v1/stock/A?x=${encodeURIComponent(`Bearer ${KEY}`)}`,
  `/v1/stock/A?x=%6Fh_${'a'.repeat(43)}`,
  `/v1/keys/${KEY}`,
  `/v1/live/events?ch=order&key=o9-1.${'c'.repeat(32)}`,
  `/v1/states/order/o9-1.${'c'.repeat(32)}`,
])('%s holds a secret', (url) => expect(hasSecret(url)).toBe(true));

test.each([
  '/v1/live/events?ch=stock&key=8412345&key=oh_my&since=k3~1a2~e',
  '/v1/stock?sku=A&sku=B&channel=web',
  '/v1/ledger?sku=eyJ&from=2026-01-01',
  '/v1/items?q=token',
  '/v1/live/events?ch=order&key=o9-1',
  '/v1/nodes/S-1/work/o9-1.1',
])('%s holds none', (url) => expect(hasSecret(url)).toBe(false));

describe('a server', () => {
  let server: TestServer;
  const logged: string[] = [];
  beforeAll(async () => {
    server = await startTestServer({ LOG_LEVEL: 'trace' }, Math.random, { write: (line) => void logged.push(line) });
  });
  afterAll(() => server.stop());

  test.each(['/v1/stock/A', '/v1/keys', '/health/live', '/', '/nowhere', '/v1/live/events'])(
    'refuses %s with a token in the query, good or not, and logs nothing of it',
    async (path) => {
      const answer = await server.call(`${path}?access_token=${ADMIN_KEY}`, { key: ADMIN_KEY });
      expect(answer).toMatchObject({ status: 400, body: { code: 'token-in-url' } });
      expect(JSON.stringify(answer.body)).not.toContain(ADMIN_KEY);
    },
  );

  test('refuses a websocket with one', async () => {
    const socket = openSocket(server.url, {}, 'onhand.v1.json', `/v1/live?token=${ADMIN_KEY}`);
    expect(await refusedStatus(socket)).toBe(400);
    expect(logged.join('')).not.toContain(ADMIN_KEY);
  });
});
