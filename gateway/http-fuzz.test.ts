import fc from 'fast-check';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const segment = fc.oneof(
  fc.constantFrom(
    'v1',
    'stock',
    'feeds',
    'pos',
    'reservations',
    'dead-letters',
    'replay',
    'keys',
    'nodes',
    'items',
    '..',
    '__proto__',
    'BREAD',
  ),
  fc.string({ maxLength: 8 }).map(encodeURIComponent),
  fc.constantFrom('%00', '%2e%2e', '%2F', '%zz', '%', 'a'.repeat(2_000)),
);
const query = fc.dictionary(
  fc.constantFrom('sku', 'channel', 'lat', 'lon', 'q', 'limit', 'state', 'after', 'x'),
  fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('1', '-1', 'NaN', '1e999', 'web', '__proto__')),
);
const hostile = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'),
  path: fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
  query: query.map((fields) => new URLSearchParams(fields).toString()),
  key: fc.boolean(),
  type: fc.constantFrom('application/json', 'text/plain', 'application/octet-stream', '', 'nonsense'),
  body: fc.oneof(fc.json(), fc.string(), fc.constant('')),
});

test('whatever is asked is answered, every no with code and message, and never as our fault', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (asked) => {
      const { status, text } = await send(asked);
      expect(status).toBeLessThan(500);
      const said = status >= 400 && asked.method !== 'HEAD' ? (JSON.parse(text) as object) : { code: '', message: '' };
      expect(said).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }),
    { numRuns: 400 },
  );
});

type Hostile = typeof hostile extends fc.Arbitrary<infer T> ? T : never;

function send({ method, path, query: search, key, type, body }: Hostile): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = request({
      hostname,
      port,
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: {
        'content-length': Buffer.byteLength(body),
        ...(type === '' ? {} : { 'content-type': type }),
        ...(key ? { authorization: `Bearer ${ADMIN_KEY}` } : {}),
      },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.end(body);
  });
}
