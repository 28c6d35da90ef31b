import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { promtool } from '../../.ci/promtool.ts';
import { limitsTable } from '../limits.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket, refusedStatus } from '../test-socket.ts';
import { createMetrics } from './metrics.ts';
import { samplesOf, valueOf } from './test-samples.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function scrape(): Promise<string> {
  const answer = await server.call('/metrics', { key: ADMIN_KEY });
  expect(answer.status).toBe(200);
  return answer.body['text'] as string;
}

/** What the test rows of tables look like without the padding a formatter chooses. */
const cells = (markdown: string): string[] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/\s+/g, ' ').trim());

test('promtool finds nothing to say about names, units and helps', async () => {
  const all = await scrape();
  expect(promtool(['check', 'metrics'], all)).toEqual({ ok: true, said: '' });
});

test('every metric of ours follows the conventions: prefix, base unit or count, _total on counters only', async () => {
  const types = [...(await scrape()).matchAll(/^# TYPE (onhand_\S+) (\S+)$/gm)];
  expect(types.length).toBeGreaterThan(30);
  for (const [, name, type] of types) {
    expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/);
    expect([name, name!.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect(name).not.toMatch(/(_ms|_micros|_millis|_kb|_mib|_percent)(_total)?$/);
    expect([name, type === 'histogram' && !name!.endsWith('_seconds')]).toEqual([name, false]);
  }
});

test('what happens is counted: events, requests by template, pushes with their age, commits', async () => {
  const before = await scrape();
  const page = openSocket(server.url);
  await page.next('welcome');
  await server.feed([onHand('METRIC-1', 7)]);
  page.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['METRIC-1'] });
  await page.next('subscribed');
  await server.feed([onHand('METRIC-1', 3, Date.now() + 1)]);
  await page.next('update');
  await server.call('/v1/stock/METRIC-1');
  await server.call('/v1/stock/never-heard-of');
  await server.call('/no/such/path');
  const after = await scrape();
  const grown = (name: string, labels = '') => valueOf(after, name, labels) - (valueOf(before, name, labels) || 0);
  expect(grown('onhand_events_total', 'outcome="recorded"')).toBe(2);
  expect(grown('onhand_http_request_duration_seconds_count', 'method="GET",route="/v1/stock/:sku",status="2xx"')).toBe(
    1,
  );
  expect(grown('onhand_http_request_duration_seconds_count', 'method="GET",route="/v1/stock/:sku",status="4xx"')).toBe(
    1,
  );
  expect(grown('onhand_http_request_duration_seconds_count', 'method="GET",route="none",status="4xx"')).toBe(1);
  expect(grown('onhand_push_updates_total')).toBe(1);
  expect(grown('onhand_push_changes_total')).toBe(1);
  expect(grown('onhand_push_age_seconds_count')).toBe(1);
  expect(grown('onhand_push_age_seconds_bucket', 'le="+Inf"')).toBe(1);
  expect(grown('onhand_journal_commits_total')).toBeGreaterThan(0);
  expect(grown('onhand_journal_commit_duration_seconds_count')).toBe(grown('onhand_journal_commits_total'));
  expect(grown('onhand_socket_messages_received_total')).toBe(1);
  expect(valueOf(after, 'onhand_sockets')).toBe(1);
  expect(valueOf(after, 'onhand_engine_up')).toBe(1);
  expect(valueOf(after, 'onhand_http_requests_in_flight')).toBe(1);
  page.close();
  await page.closed;
});

test('nothing a caller sends becomes a label: a thousand skus and paths add no series', async () => {
  await server.call('/v1/stock/warm-up');
  await server.call('/warm-up');
  const before = samplesOf(await scrape()).length;
  for (let i = 0; i < 300; i++) {
    await server.call(`/v1/stock/SERIES-${i}`);
    await server.call(`/made-up-${i}/${i}`);
  }
  await server.feed(Array.from({ length: 400 }, (_, index) => onHand(`SERIES-${index}`, 1)));
  const after = await scrape();
  // The feed's route and the 2xx of stock may be new.
  expect(samplesOf(after).length - before).toBeLessThan(40);
  expect(after).not.toMatch(/SERIES|made-up/);
});

test('a refused handshake is counted by its reason', async () => {
  const stranger = openSocket(server.url, { origin: 'https://evil.example' });
  expect(await refusedStatus(stranger)).toBe(403);
  expect(valueOf(await scrape(), 'onhand_socket_handshakes_refused_total', 'reason="origin-not-allowed"')).toBe(1);
});

test('an engine that does not answer is shown as down, and the rest is shown all the same', async () => {
  const metrics = createMetrics({
    engine: { stats: () => Promise.reject(new Error('draining')) },
    dataDir: '/nowhere/at/all',
    hits: { all: new Map([['keys', 3]]) } as never,
    broadcast: { stock: { size: 0 }, changes: 0, latency: { written: 0, ages: { read: () => undefined } } } as never,
    requests: { suppressed: 0 },
    logs: { hub: {}, store: { marks: () => [] } } as never,
    incoming: { stats: { taken: 0, repeated: 0, wrongSignature: 0 } },
    audit: { failed: undefined },
    webhooks: { failed: undefined, askIfInUse: async () => undefined },
    live: {
      sockets: 5,
      keeper: { unsentBytes: () => 0 },
      received: { messages: 0, bytes: 0 },
      handshakesRefused: {},
      closed: {},
    } as never,
  });
  const text = await metrics.text();
  expect(valueOf(text, 'onhand_engine_up')).toBe(0);
  expect(valueOf(text, 'onhand_sockets')).toBe(5);
  expect(valueOf(text, 'onhand_limit_hits_total', 'limit="keys"')).toBe(3);
  expect(samplesOf(text).filter(({ name }) => /^onhand_(journal|events|data)/.test(name))).toEqual([]);
  expect(promtool(['check', 'metrics'], text)).toEqual({ ok: true, said: '' });
});

test('the gateway’s README lists every metric and every limit, and no other', async () => {
  const readme = cells(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
  const table = createMetrics({ engine: server.engine, dataDir: '.', logs: {} } as never).table();
  const listed = readme.filter((row) => row.startsWith('| `onhand_'));
  expect(listed).toEqual(cells(table));
  const limits = cells(limitsTable());
  expect(readme.filter((row) => limits.includes(row))).toEqual(limits);
});
