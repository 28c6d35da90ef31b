import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pagesAreStale } from './build-pages.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'onhand-pages-'));
  for (const file of ['dashboard/shop/main.ts', 'gateway/client/follow.ts', 'gateway/protocol/wire.ts'])
    await put(file, 1_000);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function put(file: string, atSeconds: number): Promise<void> {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
  await utimes(path, atSeconds, atSeconds);
}

test('pages are built when one is missing, or older than anything they are made of', async () => {
  expect(pagesAreStale(root)).toBe(true);
  await put('dashboard/dist/index.html', 2_000);
  expect(pagesAreStale(root)).toBe(true);
  await put('dashboard/dist/tower.html', 2_000);
  expect(pagesAreStale(root)).toBe(false);
  await put('gateway/protocol/wire.ts', 2_001);
  expect(pagesAreStale(root)).toBe(true);
});

test('tests and built files make no page old', async () => {
  await put('dashboard/dist/index.html', 2_000);
  await put('dashboard/dist/tower.html', 2_000);
  await put('dashboard/dist/assets/shop.js', 3_000);
  await put('dashboard/e2e/shop.e2e.test.ts', 3_000);
  await put('gateway/client/follow.test.ts', 3_000);
  expect(pagesAreStale(root)).toBe(false);
});
