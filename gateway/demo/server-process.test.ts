import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { portIsFree, startServerProcess } from './server-process.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onhand-server-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

/** A port somebody listens on while `work` runs. */
async function withTakenPort(work: (port: number) => Promise<void>): Promise<void> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    await work((other.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
}

const adminKey = 'oh_test_key_of_the_demo_server';
const referenceDir = fileURLToPath(new URL('../../ingest/samples/reference', import.meta.url));

test('the server says where it listens, takes the key it was given, and ends with 0 when told to', async () => {
  const server = await startServerProcess({ port: 0, dataDir, referenceDir, adminKey });
  try {
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({ status: 'ready' });
    const headers = { authorization: `Bearer ${adminKey}` };
    expect((await fetch(`${server.url}/v1/dead-letters?limit=1`, { headers })).status).toBe(200);
    const nodes: unknown = await (await fetch(`${server.url}/v1/nodes`)).json();
    expect(JSON.stringify(nodes)).toContain('Marlow & Finch Distribution Grove City');
  } finally {
    expect(await server.stop()).toBe(0);
  }
  // The server keeps a hash; only the demo's own file has the key.
  expect(await readFile(join(dataDir, 'keys.json'), 'utf8')).not.toContain(adminKey);
});

test('a port that is taken is said so, before the start and when it is lost in between', () =>
  withTakenPort(async (port) => {
    expect(await portIsFree(port)).toBe(false);
    const start = startServerProcess({ port, dataDir, referenceDir, adminKey });
    await expect(start).rejects.toThrow(
      new RegExp(`port ${port} is taken: [^]*choose another port with --port ${port + 1}`),
    );
  }));

test('a server that cannot start says why', async () => {
  const start = startServerProcess({ port: 0, dataDir, referenceDir: join(dataDir, 'nowhere'), adminKey });
  await expect(start).rejects.toThrow(/the server did not start[\s\S]*REFERENCE_DIR/);
});
