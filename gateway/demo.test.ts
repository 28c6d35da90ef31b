import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function runDemo(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'demo.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

test('help is help, and ends well', async () => {
  const { code, out, err } = await runDemo('--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('--fresh');
});

test('a wrong option is said, and nothing is started', async () => {
  const { code, err } = await runDemo('--speed', 'fast');
  expect(code).toBe(1);
  expect(err).toContain('--speed must be 1 to 20000, got fast');
});

test('a port that is taken is said before anything is touched', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, err } = await runDemo('--port', String(port), '--fresh');
  await new Promise((resolve) => other.close(resolve));
  expect(code).toBe(1);
  expect(err).toContain(`port ${port} is taken`);
  expect(err).toContain(`choose another port with --port ${port + 1}`);
  // Where the system tells who listens, that is this test.
  expect(err).toContain(existsSync('/proc/net/tcp') ? `kill ${process.pid}` : 'stop what listens there');
});
