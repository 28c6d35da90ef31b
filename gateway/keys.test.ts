import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SCOPES, type Scope } from './caller.ts';
import { ensureAdmin, Keys, KEYS_MAX, type NewKey } from './keys.ts';
import { rightsOf, type WrittenLimits } from './roles.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-keys-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function keyOf(name: string, scopes: readonly Scope[], limits: WrittenLimits = {}): NewKey {
  const rights = rightsOf({ scopes }, limits);
  if ('fault' in rights) throw new Error(rights.fault);
  return { name, rights };
}

async function made(creating: Promise<object | string>): Promise<string> {
  const answer = await creating;
  if (typeof answer === 'string' || !('key' in answer)) throw new Error(JSON.stringify(answer));
  return String(answer.key);
}

test('the first start makes admin and tells its text once; later starts do not', async () => {
  const text = await ensureAdmin(await Keys.open(dir), '', 1);
  expect(text).toMatch(/^oh_[\w-]{43}$/);
  const keys = await Keys.open(dir);
  expect(await ensureAdmin(keys, '', 2)).toBeUndefined();
  expect(keys.callerOf(text!, 1)).toEqual({ is: 'staff', client: 'admin', scopes: new Set(SCOPES), limits: {} });
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
  expect(keys.callerOf('first-key-of-the-operator', 1)).toMatchObject({ client: 'admin' });
  await ensureAdmin(keys, 'second-key-of-the-operator', 2);
  expect(keys.callerOf('first-key-of-the-operator', 1)).toBeUndefined();
  expect(keys.list()).toEqual([{ name: 'admin', role: 'admin', scopes: SCOPES, createdAt: 2 }]);
});

test('nothing near a key is taken for it', async () => {
  const keys = await Keys.open(dir);
  const text = (await ensureAdmin(keys, '', 1))!;
  for (const wrong of ['', text.slice(1), `${text} `, text.toUpperCase(), 'admin'])
    expect(keys.callerOf(wrong, 1)).toBeUndefined();
});

test('names are checked, taken once, and the last admin stays', async () => {
  const keys = await Keys.open(dir);
  await ensureAdmin(keys, '', 1);
  expect(await keys.create(keyOf('Till 7', ['feeds']), 1)).toBe('malformed-name');
  expect(await keys.create(keyOf('admin', ['feeds']), 1)).toBe('name-taken');
  expect(await keys.remove('admin', 'all', 1)).toBe('last-admin');
  expect(await keys.remove('nobody', 'all', 1)).toBe('unknown-key');
  await keys.create(keyOf('second', ['admin']), 1);
  expect(await keys.remove('admin', 'all', 1)).toBe('removed');
});

test('changes made at once are all kept, up to the bound', async () => {
  const keys = await Keys.open(dir);
  const made = await Promise.all(
    Array.from({ length: KEYS_MAX }, (_, index) => keys.create(keyOf(`k${index}`, ['feeds']), 1)),
  );
  expect(made.every((one) => typeof one === 'object')).toBe(true);
  expect(await keys.create(keyOf('more', ['feeds']), 1)).toBe('too-many-keys');
  expect((await Keys.open(dir)).list()).toHaveLength(KEYS_MAX);
});

test('a change that cannot be written did not happen', async () => {
  const folder = join(dir, 'data');
  const keys = await Keys.open(folder);
  const text = (await ensureAdmin(keys, '', 1))!;
  await keys.create(keyOf('second', ['admin']), 1);
  await rm(folder, { recursive: true });
  await expect(keys.create(keyOf('third', ['ops']), 1)).rejects.toThrow(/ENOENT/);
  await expect(keys.remove('admin', 'all', 1)).rejects.toThrow(/ENOENT/);
  expect(keys.callerOf(text, 1)).toMatchObject({ client: 'admin' });
  await mkdir(folder);
  expect(await keys.create(keyOf('third', ['ops']), 1)).toMatchObject({ key: expect.any(String) });
  expect((await Keys.open(folder)).list().map(({ name }) => name)).toEqual(['admin', 'second', 'third']);
});

test('an operator’s key for which there is no room stops the start', async () => {
  const keys = await Keys.open(dir);
  for (let index = 0; index < KEYS_MAX; index++) await keys.create(keyOf(`k${index}`, ['admin']), 1);
  await expect(ensureAdmin(keys, 'another-key-of-the-operator', 2)).rejects.toThrow(/ONHAND_ADMIN_KEY cannot be added/);
});

test('a file that cannot be read stops the start instead of locking everybody out', async () => {
  await writeFile(join(dir, 'keys.json'), '{"keys":[{"name":"a"}]}');
  await expect(Keys.open(dir)).rejects.toThrow(/keys\.json holds no readable keys; restore it/);
});

test('names of what acts without a key are nobody’s; a key of before keeps out of the way', async () => {
  const keys = await Keys.open(dir);
  for (const name of ['engine', 'public', 'system', 'onhand', 'jwt']) {
    expect(await keys.create(keyOf(name, ['ops']), 1)).toBe('name-reserved');
  }
  const text = await made(keys.create(keyOf('person', ['ops']), 1));
  const file = join(dir, 'keys.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"person"', '"engine"'));
  expect((await Keys.open(dir)).callerOf(text, 2)).toMatchObject({ client: 'key:engine' });
});

test('a file of before roles and limits is read as it was: its keys are not limited', async () => {
  const text = 'oh_a-key-from-an-older-version';
  const hash = createHash('sha256').update(text).digest('hex');
  const old = { keys: [{ name: 'till', scopes: ['feeds', 'stock'], createdAt: 5, hash }] };
  await writeFile(join(dir, 'keys.json'), JSON.stringify(old));
  const caller = (await Keys.open(dir)).callerOf(text, 9);
  expect(caller).toEqual({ is: 'staff', client: 'till', scopes: new Set(['feeds', 'stock']), limits: {} });
});

test('limits are kept over a restart, and a file whose limits nobody understands stops the start', async () => {
  const keys = await Keys.open(dir);
  const text = await made(keys.create(keyOf('dc', ['stock'], { nodes: ['DC-7'] }), 1));
  const again = (await Keys.open(dir)).callerOf(text, 1);
  expect(again).toMatchObject({ limits: { nodes: new Set(['DC-7']) } });
  const file = join(dir, 'keys.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"nodes": \[[^\]]*\]/, '"nodes": "DC-7"'));
  await expect(Keys.open(dir)).rejects.toThrow(/holds no readable keys/);
});

test('a key with an end is good until then, says so when it is over, and goes with the next change', async () => {
  const keys = await Keys.open(dir);
  const text = await made(keys.create({ ...keyOf('till', ['feeds']), expiresAt: 100 }, 1));
  const caller = keys.callerOf(text, 99);
  if (typeof caller !== 'object') throw new Error('not known');
  expect(caller).toMatchObject({ client: 'till', expiresAt: 100 });
  expect(keys.standingOf(caller, 99)).toBe('valid');
  expect(keys.callerOf(text, 100)).toBe('expired');
  expect(keys.standingOf(caller, 100)).toBe('expired');
  expect(await keys.create(keyOf('till', ['ops']), 101)).toMatchObject({ key: expect.any(String) });
  expect(keys.standingOf(caller, 101)).toBe('deleted');
});

test('in a rotation both keys hold until the older one retires, with the same rights and as the same client', async () => {
  const keys = await Keys.open(dir);
  await ensureAdmin(keys, '', 1);
  const old = await made(keys.create({ ...keyOf('dc', ['stock'], { nodes: ['DC-7'] }), role: 'node' }, 1));
  const before = keys.callerOf(old, 1);
  const next = await made(keys.rotate('dc', 1_000, 10));
  const after = keys.callerOf(next, 10);
  expect(after).toEqual(before);
  expect(keys.callerOf(old, 999)).toMatchObject({ client: 'dc', expiresAt: 1_000 });
  if (typeof before !== 'object') throw new Error('not known');
  expect(keys.standingOf(before, 999)).toBe('valid');
  expect(await keys.rotate('dc', 1_000, 11)).toBe('rotation-open');
  expect(keys.callerOf(old, 1_000)).toBe('expired');
  expect(keys.callerOf(next, 1_000)).toMatchObject({ client: 'dc' });
  // Over a restart as well, and the next rotation may begin.
  const again = await Keys.open(dir);
  expect(again.list().map(({ name, expiresAt }) => [name, expiresAt])).toEqual([
    ['admin', undefined],
    ['dc', 1_000],
    ['dc', undefined],
  ]);
  expect(await again.rotate('dc', 3_000, 2_000)).toMatchObject({ key: expect.any(String) });
  expect(await again.rotate('nobody', 3_000, 2_000)).toBe('unknown-key');
});

test('a rotation can be ended before its time, and a key with an end is followed by one that lives as long', async () => {
  const keys = await Keys.open(dir);
  await ensureAdmin(keys, '', 1);
  const old = await made(keys.create({ ...keyOf('till', ['feeds']), expiresAt: 101 }, 1));
  expect(await keys.remove('till', 'older', 2)).toBe('unknown-key');
  const next = await made(keys.rotate('till', 60, 50));
  expect(keys.callerOf(next, 50)).toMatchObject({ expiresAt: 150 });
  expect(await keys.remove('till', 'older', 51)).toBe('removed');
  expect(keys.callerOf(old, 51)).toBeUndefined();
  expect(keys.callerOf(next, 51)).toMatchObject({ client: 'till' });
});

test('an admin that will end is not enough to let the last one go', async () => {
  const keys = await Keys.open(dir);
  await ensureAdmin(keys, '', 1);
  await keys.create({ ...keyOf('temp', ['admin']), expiresAt: 1_000 }, 1);
  expect(await keys.remove('admin', 'all', 2)).toBe('last-admin');
});
