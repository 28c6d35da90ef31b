import { afterEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { STAFF_SOCKET_PATH } from './staff-door.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from './test-server.ts';
import { openSocket, refusedStatus } from './test-socket.ts';

// Limits per address behind a proxy: every connection of these tests comes from loopback, as from a proxy beside us.

let server: TestServer;
afterEach(() => server.stop());

/** Each door: comes in as somebody behind a proxy, stays, and says with which status. */
const DOORS: Readonly<Record<string, (forwarded: string) => Promise<number | undefined>>> = {
  'the websocket': (forwarded) => shake({ 'x-forwarded-for': forwarded }),
  'the websocket of staff': (forwarded) =>
    shake({ 'x-forwarded-for': forwarded, authorization: `Bearer ${ADMIN_KEY}` }, STAFF_SOCKET_PATH),
  async 'the event stream'(forwarded) {
    const headers = { 'x-forwarded-for': forwarded };
    return (await fetch(`${server.url}/v1/live/events?key=MILK-1`, { headers })).status;
  },
};

async function shake(headers: Readonly<Record<string, string>>, path?: string): Promise<number | undefined> {
  const socket = openSocket(server.url, { headers }, undefined, path);
  return Promise.race([socket.next('welcome').then(() => 200), refusedStatus(socket)]);
}

const of = async (enter: (forwarded: string) => Promise<number | undefined>, ...from: readonly string[]) => {
  const statuses: (number | undefined)[] = [];
  for (const each of from) statuses.push(await enter(each));
  return statuses;
};

describe.each(Object.entries(DOORS))('%s', (_door, enter) => {
  test('[LM5] unless TRUST_PROXY is set, X-Forwarded-For is what anybody may write: it is ignored', async () => {
    server = await startTestServer({ SOCKETS_PER_ADDRESS: '1' });
    expect(await of(enter, '203.0.113.1', '203.0.113.2')).toEqual([200, 429]);
  });

  test('[LM5] behind a proxy that is trusted each client has its own bound', async () => {
    server = await startTestServer({ SOCKETS_PER_ADDRESS: '1', TRUST_PROXY: 'loopback' });
    expect(await of(enter, '203.0.113.1', '203.0.113.2', '203.0.113.1')).toEqual([200, 200, 429]);
  });

  test('[LM5] what the client wrote before the proxy did does not count', async () => {
    server = await startTestServer({ SOCKETS_PER_ADDRESS: '1', TRUST_PROXY: '1' });
    expect(await of(enter, '198.51.100.1, 203.0.113.1', '198.51.100.2, 203.0.113.1')).toEqual([200, 429]);
  });

  test('[LM5] a proxy at an address that is not listed is a client like any other', async () => {
    server = await startTestServer({ SOCKETS_PER_ADDRESS: '1', TRUST_PROXY: '10.0.0.0/8, 192.0.2.7' });
    expect(await of(enter, '203.0.113.1', '203.0.113.2')).toEqual([200, 429]);
  });
});

test('requests a minute are counted by the same address', async () => {
  const ask = (forwarded: string) =>
    server.call('/v1/nodes', { headers: { 'x-forwarded-for': forwarded } }).then(({ status }) => status);
  server = await startTestServer({ REQUESTS_PER_MIN_ADDRESS: '1', TRUST_PROXY: 'loopback' });
  expect(await ask('203.0.113.1')).toBe(200);
  expect(await ask('203.0.113.2')).toBe(200);
  expect(await ask('203.0.113.1')).toBe(429);
  await server.stop();
  server = await startTestServer({ REQUESTS_PER_MIN_ADDRESS: '1' });
  expect(await ask('203.0.113.1')).toBe(200);
  expect(await ask('203.0.113.2')).toBe(429);
});

test.each(['0', '11', 'a-name', '10.0.0.0/99', '10.0.0.1,,'])('TRUST_PROXY=%s stops the start', async (given) => {
  server = { stop: async () => undefined } as TestServer;
  expect(() => readConfig({ TRUST_PROXY: given })).toThrow(/^TRUST_PROXY must be /);
});
