import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** What the server says to these bytes until it ends the connection. */
function say(bytes: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(said.slice(9, 12)), body: said.split('\r\n\r\n')[1] ?? '' }));
  });
}

const GET = 'GET /v1/stock/BREAD HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';

test.each([
  ['a method nobody knows', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed-request'],
  ['no HTTP at all', '\u0016\u0003\u0001\r\n\r\n', 400, 'malformed-request'],
  [
    'two lengths',
    `POST /v1/feeds/pos HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
    400,
    'malformed-request',
  ],
  ['a flood of headers', `${GET}${'X-Flood: y\r\n'.repeat(5_000)}\r\n`, 431, 'headers-too-large'],
])('%s is answered with what to do', async (_name, bytes, status, code) => {
  const answer = await say(bytes);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ code, message: expect.stringMatching(/.{20}/) });
});

test.each(['h2c', 'TLS/1.0', 'foo'])(
  'a request that offers an upgrade to %s is answered as if it had not',
  async (to) => {
    const asked = GET.replace('Connection: close', `Connection: Upgrade, close\r\nUpgrade: ${to}`);
    const answer = await say(`${asked}\r\n`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ sku: 'BREAD' });
  },
);
