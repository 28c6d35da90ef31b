import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

// `npm start` as a process of its own: start, ready line, signals.

const MAIN = join(import.meta.dirname, 'main.ts');

let dataDir: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onhand-main-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly url: string;
  readonly exited: Promise<number | null>;
}

function launch(env: Record<string, string>): { child: ChildProcess; exited: Promise<number | null> } {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: dataDir, SHARD_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return { child, exited: once(child, 'exit').then(([code]) => code as number | null) };
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const { child, exited } = launch(env);
  child.stderr!.resume();
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    const url = /^onhand listening on (http:\/\/.+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, lines, url, exited };
  }
  throw new Error(`no ready line, only: ${lines.join(' / ')}`);
}

test('starts, prints its key once, answers, and leaves with 0 at SIGTERM; the next start has the data and no key to print', async () => {
  const first = await start();
  const key = /^admin key, shown this once: (oh_[\w-]{43})$/.exec(first.lines[0] ?? '')?.[1];
  expect(first.lines).toHaveLength(2);
  expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);

  const second = await start();
  expect(second.lines).toHaveLength(1);
  const answer = await fetch(`${second.url}/v1/stats`, { headers: { authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);
  second.child.kill('SIGINT');
  expect(await second.exited).toBe(0);
});

test('HISTORY_DAYS reaches the engine: a log may be kept for longer than the default history', async () => {
  // An engine of 30 days refuses to keep a log for 1,000 hours.
  const { child, exited } = await start({ HISTORY_DAYS: '60', LOG_KEEP_HOURS: '1000' });
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
});

test.each([
  [{ PORT: 'many' }, /^ConfigError: PORT must be a whole number from 0 to 65535, got many\n$/],
  [{ REFERENCE_DIR: '/nowhere/at/all' }, /REFERENCE_DIR \/nowhere\/at\/all has none of/],
])('%j stops the start with what to do, and exit code 1', async (env, said) => {
  const { child, exited } = launch(env);
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  expect(await exited).toBe(1);
  expect(errors).toMatch(said);
  expect(errors).not.toContain('    at ');
});
