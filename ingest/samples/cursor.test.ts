import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cursorFile, loadCursor, saveCursor } from './cursor.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-cursor-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const cursor = { anchors: [{ sim: 1, wall: 2, speed: 3 }], done: 4, horizon: 5 };

test('a cursor saved is the cursor loaded, readable to its owner alone', async () => {
  const file = cursorFile(join(dir, 'data'));
  await saveCursor(file, { ...cursor, done: 1 });
  await saveCursor(file, cursor);
  expect(await loadCursor(file)).toEqual(cursor);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('without a cursor the replay begins anew', async () => {
  expect(await loadCursor(cursorFile(dir))).toBeUndefined();
});

test.each([
  '',
  '{"anchors":[]',
  '{"anchors":[],"done":1,"horizon":1}',
  '{"anchors":[{"sim":1,"wall":1,"speed":0}],"done":1,"horizon":1}',
  'null',
])('a broken cursor is not guessed at: %s', async (text) => {
  const file = cursorFile(dir);
  await writeFile(file, text);
  await expect(loadCursor(file)).rejects.toThrow(/begin anew with --fresh/);
  expect(await readFile(file, 'utf8')).toBe(text);
});
