import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer } from '../test-server.ts';

const REDOCLY = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-documents-'));
  const server = await startTestServer();
  for (const file of ['openapi.json', 'asyncapi.yaml']) {
    await writeFile(join(dir, file), await (await fetch(`${server.url}/${file}`)).text());
  }
  await server.stop();
  await copyFile(join(import.meta.dirname, 'redocly.yaml'), join(dir, 'redocly.yaml'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** @redocly/cli as a process of its own: offline, without telemetry, and with a home that is thrown away. */
async function lint(...apis: string[]): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(process.execPath, [REDOCLY, 'lint', ...apis], {
    cwd: dir,
    env: { HOME: dir, NO_COLOR: '1', CI: 'true', REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
  });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, said: out + err };
}

test('redocly finds nothing to say about the two documents', async () => {
  const { code, said } = await lint('openapi', 'asyncapi.yaml');
  expect([code, said]).toEqual([0, expect.stringContaining('Your API descriptions are valid')]);
});

test('and would: a summary less, a message that is nowhere', async () => {
  const openApi = JSON.parse(await readFile(join(dir, 'openapi.json'), 'utf8'));
  delete openApi.paths['/v1/nodes'].get.summary;
  await writeFile(join(dir, 'openapi.json'), JSON.stringify(openApi));
  const asyncApi = await readFile(join(dir, 'asyncapi.yaml'), 'utf8');
  await writeFile(
    join(dir, 'asyncapi.yaml'),
    asyncApi.replaceAll('/components/messages/welcome', '/components/messages/hi'),
  );
  const { code, said } = await lint('openapi', 'asyncapi.yaml');
  expect(code).toBe(1);
  expect(said).toContain('operation-summary');
  expect(said).toContain("Can't resolve $ref");
});
