import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SCOPES } from './caller.ts';
import { ensureAdmin, Keys, KEYS_MAX } from './keys.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-keys-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('the first start makes admin and tells its text once; later starts do not', async () => {
  const text = await ensureAdmin(await Keys.open(dir), '', 1);
  expect(text).toMatch(/^oh_[\w-]{43}$/);
  const keys = await Keys.open(dir);
  expect(await ensureAdmin(keys, '', 2)).toBeUndefined();
  expect(keys.callerOf(text!)).toEqual({ is: 'staff', client: 'admin', scopes: new Set(SCOPES) });
});

test('a key is kept as its hash, in a file only its owner reads', async () => {
  const text = (await ensureAdmin(await Keys.open(dir), '', 1))!;
  const file = join(dir, 'keys.json');
  expect(await readFile(file, 'utf8')).not.toContain(text);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a key the operator gives is admin and is never told; another one replaces it', async () => {
  const keys = await Keys.open(dir);
  expect(await ensureAdmin(keys, 'first-key-of-the-operator', 1)).toBeUndefined();
  expect(keys.callerOf('first-key-of-the-operator')).toMatchObject({ client: 'admin' });
  await ensureAdmin(keys, 'second-key-of-the-operator', 2);
  expect(keys.callerOf('first-key-of-the-operator')).toBeUndefined();
  expect(keys.list()).toEqual([{ name: 'admin', scopes: SCOPES, createdAt: 2 }]);
});

test('nothing near a key is taken for it', async () => {
  const keys = await Keys.open(dir);
  const text = (await ensureAdmin(keys, '', 1))!;
  for (const wrong of ['', text.slice(1), `${text} `, text.toUpperCase(), 'admin'])
    expect(keys.callerOf(wrong)).toBeUndefined();
});

test('names are checked, taken once, and the last admin stays', async () => {
  const keys = await Keys.open(dir);
  await ensureAdmin(keys, '', 1);
  expect(await keys.create('Till 7', ['feeds'], 1)).toBe('malformed-name');
  expect(await keys.create('admin', ['feeds'], 1)).toBe('name-taken');
  expect(await keys.remove('admin')).toBe('last-admin');
  expect(await keys.remove('nobody')).toBe('unknown-key');
  await keys.create('second', ['admin'], 1);
  expect(await keys.remove('admin')).toBe('removed');
});

test('changes made at once are all kept, up to the bound', async () => {
  const keys = await Keys.open(dir);
  const made = await Promise.all(
    Array.from({ length: KEYS_MAX }, (_, index) => keys.create(`k${index}`, ['feeds'], 1)),
  );
  expect(made.every((one) => typeof one === 'object')).toBe(true);
  expect(await keys.create('more', ['feeds'], 1)).toBe('too-many-keys');
  expect((await Keys.open(dir)).list()).toHaveLength(KEYS_MAX);
});

test('a change that cannot be written did not happen', async () => {
  const folder = join(dir, 'data');
  const keys = await Keys.open(folder);
  const text = (await ensureAdmin(keys, '', 1))!;
  await keys.create('second', ['admin'], 1);
  await rm(folder, { recursive: true });
  await expect(keys.create('third', ['ops'], 1)).rejects.toThrow(/ENOENT/);
  await expect(keys.remove('admin')).rejects.toThrow(/ENOENT/);
  expect(keys.callerOf(text)).toMatchObject({ client: 'admin' });
  await mkdir(folder);
  expect(await keys.create('third', ['ops'], 1)).toMatchObject({ key: expect.any(String) });
  expect((await Keys.open(folder)).list().map(({ name }) => name)).toEqual(['admin', 'second', 'third']);
});

test('an operator’s key for which there is no room stops the start', async () => {
  const keys = await Keys.open(dir);
  for (let index = 0; index < KEYS_MAX; index++) await keys.create(`k${index}`, ['admin'], 1);
  await expect(ensureAdmin(keys, 'another-key-of-the-operator', 2)).rejects.toThrow(/ONHAND_ADMIN_KEY cannot be added/);
});

test('a file that cannot be read stops the start instead of locking everybody out', async () => {
  await writeFile(join(dir, 'keys.json'), '{"keys":[{"name":"a"}]}');
  await expect(Keys.open(dir)).rejects.toThrow(/keys\.json holds no readable keys; restore it/);
});
