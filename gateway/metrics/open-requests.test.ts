import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdBody } from '../test-limits.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from '../test-server.ts';
import { valueOf } from './test-samples.ts';

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.stop());

async function inFlight(): Promise<number> {
  const { body } = await server.call('/metrics', { key: ADMIN_KEY });
  return valueOf(body['text'] as string, 'onhand_http_requests_in_flight');
}

/** Asks until there are so many, with the scrape itself, or gives up and says how many there are. */
async function reaches(requests: number): Promise<number> {
  let shown = await inFlight();
  for (let tries = 0; shown !== requests && tries < 300; tries++) shown = await inFlight();
  return shown;
}

test('a request whose caller goes in the middle of its body is in flight no more', async () => {
  const held = await holdBody(server, '/v1/feeds/pos', 1_000);
  expect(await reaches(2)).toBe(2);
  held.destroy();
  expect(await reaches(1)).toBe(1);
});
