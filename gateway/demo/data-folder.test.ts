import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginAnew, demoKey } from './data-folder.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-demo-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

test('the key is made once, kept for the next start, and readable to its owner alone', async () => {
  const data = join(dir, 'data');
  const key = await demoKey(data);
  expect(key).toMatch(/^oh_[\w-]{43}$/);
  expect(await demoKey(data)).toBe(key);
  expect((await stat(join(data, 'demo-key'))).mode & 0o777).toBe(0o600);
});

test("--fresh empties the demo's folder, and another key is made", async () => {
  const data = join(dir, 'data');
  const key = await demoKey(data);
  await mkdir(join(data, 'journal'));
  expect(await beginAnew(data)).toBeUndefined();
  expect(existsSync(data)).toBe(false);
  expect(await demoKey(data)).not.toBe(key);
});

test('--fresh leaves a folder alone that the demo did not make', async () => {
  const data = join(dir, 'theirs');
  await mkdir(data);
  await writeFile(join(data, 'thesis.txt'), 'all of it');
  expect(await beginAnew(data)).toEqual({ fault: expect.stringContaining('was not made by the demo') });
  expect(existsSync(join(data, 'thesis.txt'))).toBe(true);
  expect(await beginAnew(join(dir, 'absent'))).toBeUndefined();
});
