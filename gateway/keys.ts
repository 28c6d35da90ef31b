import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRefusal, parseClientId, type ClientId } from '../engine/contract/ids.ts';
import { SCOPES, type Caller, type Scope } from './caller.ts';

/**
 * API keys. A key is 256 random bits, so a plain SHA-256 is enough at rest: there is nothing to guess, and a slow hash
 * would only slow the server. The text of a key exists once, when it is made.
 */
export interface KeyInfo {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
}

interface StoredKey extends KeyInfo {
  /** SHA-256 of the key's text, hex. */
  readonly hash: string;
}

/** Every lookup compares with every key, so that its time tells nothing; 200 take 50 µs. */
export const KEYS_MAX = 200;

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export class Keys {
  readonly #file: string;
  #keys: readonly StoredKey[];
  /** One caller per key, so who holds a socket can be asked for later. */
  readonly #callers = new WeakMap<StoredKey, Caller>();
  /** Changes are made one after the other. */
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(file: string, keys: readonly StoredKey[]) {
    this.#file = file;
    this.#keys = keys;
  }

  /** Reads DATA_DIR/keys.json; a file that cannot be read stops the start rather than lock everybody out. */
  static async open(dataDir: string): Promise<Keys> {
    await mkdir(dataDir, { recursive: true });
    const file = join(dataDir, 'keys.json');
    return new Keys(file, await readKeys(file));
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  list(): readonly KeyInfo[] {
    return this.#keys.map(({ name, scopes, createdAt }) => ({ name, scopes, createdAt }));
  }

  /** Who holds this key. */
  callerOf(text: string): Caller | undefined {
    const hash = hashOf(text);
    let found: StoredKey | undefined;
    for (const key of this.#keys) {
      if (timingSafeEqual(hash, Buffer.from(key.hash, 'hex'))) found = key;
    }
    return found === undefined ? undefined : this.#callerWith(found);
  }

  /** Whether the caller's key is there still: not deleted, nor replaced by another of its name. */
  holds(caller: Caller): boolean {
    return this.#keys.some((key) => this.#callers.get(key) === caller);
  }

  #callerWith(key: StoredKey): Caller {
    const known = this.#callers.get(key);
    if (known !== undefined) return known;
    const caller: Caller = { is: 'staff', client: key.name as ClientId, scopes: new Set(key.scopes) };
    this.#callers.set(key, caller);
    return caller;
  }

  /** The text of the new key, or why there is none. `given` replaces the random text, and an older key of that name. */
  async create(
    name: string,
    scopes: readonly Scope[],
    nowMs: number,
    given?: string,
  ): Promise<{ readonly key: string } | 'malformed-name' | 'name-taken' | 'too-many-keys'> {
    if (!NAME.test(name) || isRefusal(parseClientId(name))) return 'malformed-name';
    return this.#inTurn(async () => {
      const others = this.#keys.filter((key) => key.name !== name);
      if (given === undefined && others.length < this.#keys.length) return 'name-taken';
      if (others.length >= KEYS_MAX) return 'too-many-keys';
      const text = given ?? `oh_${randomBytes(32).toString('base64url')}`;
      const hash = hashOf(text).toString('hex');
      await this.#replace([...others, { name, scopes: [...new Set(scopes)], createdAt: nowMs, hash }]);
      return { key: text };
    });
  }

  /** The last key that may manage keys stays: without it nobody could make another. */
  async remove(name: string): Promise<'removed' | 'unknown-key' | 'last-admin'> {
    return this.#inTurn(async () => {
      const others = this.#keys.filter((key) => key.name !== name);
      if (others.length === this.#keys.length) return 'unknown-key';
      if (!others.some((key) => key.scopes.includes('admin'))) return 'last-admin';
      await this.#replace(others);
      return 'removed';
    });
  }

  /** What is true is what is on disk: a change that could not be written did not happen. */
  async #replace(keys: readonly StoredKey[]): Promise<void> {
    await writeKeys(this.#file, keys);
    this.#keys = keys;
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change);
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

/** First start: makes `admin`. Returns the text to print once; undefined when there are keys or the operator gave one. */
export async function ensureAdmin(keys: Keys, given: string, nowMs: number): Promise<string | undefined> {
  if (given !== '') {
    const taken = keys.callerOf(given) === undefined ? await keys.create('admin', SCOPES, nowMs, given) : undefined;
    if (typeof taken === 'string') {
      throw new Error(`ONHAND_ADMIN_KEY cannot be added (${taken}); start without it and delete keys nobody uses`);
    }
    return undefined;
  }
  if (!keys.isEmpty) return undefined;
  const made = await keys.create('admin', SCOPES, nowMs);
  return typeof made === 'string' ? undefined : made.key;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function readKeys(file: string): Promise<readonly StoredKey[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { keys } = JSON.parse(text) as { keys: readonly StoredKey[] };
    if (!keys.every(isStoredKey)) throw new Error('a key lacks name, scopes or hash');
    return keys;
  } catch (error) {
    throw new Error(`${file} holds no readable keys; restore it, or delete it to start with a new admin key`, {
      cause: error,
    });
  }
}

function isStoredKey(key: StoredKey): boolean {
  return NAME.test(key.name) && /^[0-9a-f]{64}$/.test(key.hash) && key.scopes.every((scope) => SCOPES.includes(scope));
}

/** Whole or not at all: a new file, synced, takes the old one's name, and the folder is synced, or the name may be lost. */
async function writeKeys(file: string, keys: readonly StoredKey[]): Promise<void> {
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
