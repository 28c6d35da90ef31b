import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ADMIN_KEY, startTestServer } from '../test-server.ts';
import { SUBSCRIBED_TYPES } from '../webhooks/event-types.ts';
import { valueOf } from './test-samples.ts';

// A thread that has failed is not started again, so whoever watches must see it.

test.each([
  { file: 'audit.sqlite', metric: 'onhand_audit_up', area: 'audit' },
  { file: 'webhooks.sqlite', metric: 'onhand_webhooks_up', area: 'webhooks' },
])('$metric is 0 once $file cannot be written, and the figures say why', async ({ file, metric, area }) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'onhand-threads-'));
  await writeFile(join(dataDir, file), 'this is no database, whatever its name says'.repeat(100));
  const server = await startTestServer({ DATA_DIR: dataDir });
  const json = { url: 'https://hooks.example/in', types: [SUBSCRIBED_TYPES[0]] };
  const refused = await server.call('/v1/webhook-endpoints', { method: 'POST', key: ADMIN_KEY, json });
  const metrics = await server.call('/metrics', { key: ADMIN_KEY });
  const stats = await server.call('/v1/stats', { key: ADMIN_KEY });
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
  expect(refused.status).toBe(503);
  const text = metrics.body['text'] as string;
  expect(valueOf(text, metric)).toBe(0);
  expect(['onhand_audit_up', 'onhand_webhooks_up', 'onhand_log_up'].map((name) => valueOf(text, name))).toEqual(
    ['onhand_audit_up', 'onhand_webhooks_up', 'onhand_log_up'].map((name) => Number(name !== metric)),
  );
  expect(stats.body).toMatchObject({ server: { [area]: { failed: expect.stringContaining('not a database') } } });
});
