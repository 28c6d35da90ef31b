import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SCOPES, type Scope } from './caller.ts';
import { rightsOf, type WrittenLimits } from './roles.ts';

// DATA_DIR/keys.json: names, rights and hashes, readable by nobody else (0600).

export interface StoredKey {
  readonly name: string;
  /** As which it was made; what it may do stands in scopes and limits. */
  readonly role?: string;
  readonly scopes: readonly Scope[];
  /** Absent, as in files of before: none. */
  readonly limits?: WrittenLimits;
  readonly createdAt: number;
  readonly expiresAt?: number;
  /** SHA-256 of the key's text, hex. */
  readonly hash: string;
}

export const KEY_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** A file that cannot be read stops the start rather than lock everybody out. */
export async function readKeys(file: string): Promise<readonly StoredKey[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { keys } = JSON.parse(text) as { keys: readonly StoredKey[] };
    if (!keys.every(isStoredKey)) throw new Error('a key lacks name, scopes or hash, or has limits that cannot be');
    return keys;
  } catch (error) {
    throw new Error(`${file} holds no readable keys; restore it, or delete it to start with a new admin key`, {
      cause: error,
    });
  }
}

function isStoredKey({ name, hash, scopes, limits, expiresAt }: StoredKey): boolean {
  return (
    KEY_NAME.test(name) &&
    /^[0-9a-f]{64}$/.test(hash) &&
    scopes.every((scope) => SCOPES.includes(scope)) &&
    // A limit that is not understood must not become none.
    !('fault' in rightsOf({ scopes }, limits)) &&
    (expiresAt === undefined || Number.isFinite(expiresAt))
  );
}

/** Whole or not at all: a new file, synced, takes the old one's name, and the folder is synced, or the name may be lost. */
export async function writeKeys(file: string, keys: readonly StoredKey[]): Promise<void> {
  const next = `${file}.new`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
