import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
import { ADMIN_KEY, startTestServer, type TestServer } from './test-server.ts';

afterEach(() => vi.useRealTimers());

test('[LM5] who goes while its token is being checked makes room', async () => {
  const keys = await keyServer();
  const env = { JWT_JWKS: keys.url, JWT_ISSUER: 'login', JWT_AUDIENCE: 'onhand', JWKS_CACHE_SEC: '1' };
  const server = await startTestServer(env);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');

  // The keys are old by now, so the token waits until they have come again.
  keys.hold();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2_000 });
  socket.write(`GET /v1/live/events?key=A HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${keys.token}\r\n\r\n`);
  await keys.asked;
  socket.resetAndDestroy();
  await server.call('/health/live');
  keys.release();

  let seen = await sockets(server);
  while (seen.sockets === 0 && seen.handshakesRefused['visitor-gone'] === undefined) seen = await sockets(server);
  expect(seen.sockets).toBe(0);
  await server.stop();
  keys.close();
});

async function sockets(server: TestServer) {
  const { body } = await server.call('/v1/stats', { key: ADMIN_KEY });
  return body['server'] as { sockets: number; handshakesRefused: Record<string, number> };
}

/** Keys over HTTP, handed out at once, or from `hold` on when the test says so. */
async function keyServer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const set = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
  const held: ServerResponse[] = [];
  const asked = Promise.withResolvers<void>();
  let holds = false;
  const server = createServer((_request, response) => {
    if (!holds) return void response.end(set);
    held.push(response);
    asked.resolve();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const claims = { iss: 'login', aud: 'onhand', sub: 'ann', onhand: { role: 'admin' } };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    token: await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(privateKey),
    asked: asked.promise,
    hold: () => (holds = true),
    release: () => held.forEach((response) => response.end(set)),
    close: () => server.close(),
  };
}
