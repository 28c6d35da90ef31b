import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ADMIN_KEY, startTestServer } from './test-server.ts';

const STEPS = [
  'welcome',
  'subscribed',
  'update',
  'pong',
  'resumed',
  'error, and the socket lived on',
  'closed 4500',
  'connected',
  'closed 1000',
  'closed 4503',
  'closed 4504 without the sub-protocol',
  'refused 403',
];

test('[WS1] [WS3] [WS5] [ST5] Debian’s python3-websockets, which nobody here wrote, goes through a whole session', async () => {
  const server = await startTestServer();
  // Debian's own Python: another one on the PATH has not its packages.
  const args = [join(import.meta.dirname, 'test-session.py'), server.url, ADMIN_KEY];
  const child = spawn('/usr/bin/python3', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000 });
  const ended = new Promise<unknown>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code));
  });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([await ended, complained], 'python3-websockets missing? apt-get install python3-websockets').toEqual([0, '']);
  expect(said.trim().split('\n')).toEqual(STEPS);
  await server.stop();
});
