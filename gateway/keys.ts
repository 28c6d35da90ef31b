import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRefusal, parseClientId, type ClientId } from '../engine/contract/ids.ts';
import { SCOPES, type Caller, type Rights } from './caller.ts';
import { KEY_NAME, readKeys, writeKeys, type StoredKey } from './key-file.ts';
import { rightsOf, writtenLimits } from './roles.ts';

/**
 * API keys. A key is 256 random bits, so a plain SHA-256 is enough at rest: there is nothing to guess, and a slow hash
 * would only slow the server. The text of a key exists once, when it is made.
 */
export type KeyInfo = Omit<StoredKey, 'hash'>;

export interface NewKey {
  readonly name: string;
  readonly role?: string;
  readonly rights: Rights;
  readonly expiresAt?: number;
}

/** Every lookup compares with every key, so that its time tells nothing; 200 take 50 µs. */
export const KEYS_MAX = 200;

/** Names of what acts without a key: `by: "engine"` in an audit must not be a person. */
const RESERVED: ReadonlySet<string> = new Set(['engine', 'onhand', 'public', 'system', 'jwt']);

export type CreateRefusal = 'malformed-name' | 'name-reserved' | 'name-taken' | 'too-many-keys';
export type RotateRefusal = 'unknown-key' | 'rotation-open' | 'too-many-keys';
export type RemoveRefusal = 'unknown-key' | 'last-admin';

export class Keys {
  readonly #file: string;
  #keys: readonly StoredKey[];
  /** One caller per key as it is now. */
  readonly #callers = new WeakMap<StoredKey, Caller>();
  /** By which key a caller came, so who holds a socket can be asked for later. */
  readonly #hashes = new WeakMap<Caller, string>();
  /** Changes are made one after the other. */
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(file: string, keys: readonly StoredKey[]) {
    this.#file = file;
    this.#keys = keys;
  }

  /** Reads DATA_DIR/keys.json. */
  static async open(dataDir: string): Promise<Keys> {
    await mkdir(dataDir, { recursive: true });
    const file = join(dataDir, 'keys.json');
    return new Keys(file, await readKeys(file));
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  /** In a rotation a name stands here twice, the one that ends first. */
  list(): readonly KeyInfo[] {
    return this.#keys.map(infoOf);
  }

  /** Who holds this key. */
  callerOf(text: string, nowMs: number): Caller | 'expired' | undefined {
    const hash = hashOf(text);
    let found: StoredKey | undefined;
    for (const key of this.#keys) {
      if (timingSafeEqual(hash, Buffer.from(key.hash, 'hex'))) found = key;
    }
    if (found === undefined) return undefined;
    return isOver(found, nowMs) ? 'expired' : this.#callerWith(found);
  }

  /** Whether the caller's key is there still; undefined when the caller came with no key of ours. */
  standingOf(caller: Caller, nowMs: number): 'valid' | 'expired' | 'deleted' | undefined {
    const hash = this.#hashes.get(caller);
    if (hash === undefined) return undefined;
    const key = this.#keys.find((one) => one.hash === hash);
    if (key === undefined) return 'deleted';
    return isOver(key, nowMs) ? 'expired' : 'valid';
  }

  #callerWith(key: StoredKey): Caller {
    const known = this.#callers.get(key);
    if (known !== undefined) return known;
    const { name, scopes, limits, expiresAt } = key;
    const rights = rightsOf({ scopes }, limits);
    if ('fault' in rights) throw new Error(`the key ${name} has rights that cannot be: ${rights.fault}`);
    const caller: Caller = {
      is: 'staff',
      // A key of that name from before it was reserved.
      client: (RESERVED.has(name) ? `key:${name}` : name) as ClientId,
      ...rights,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    this.#callers.set(key, caller);
    this.#hashes.set(caller, key.hash);
    return caller;
  }

  /** The text of the new key, or why there is none. `given` replaces the random text, and older keys of that name. */
  async create(asked: NewKey, nowMs: number, given?: string): Promise<{ readonly key: string } | CreateRefusal> {
    const { name, role, rights, expiresAt } = asked;
    if (!KEY_NAME.test(name) || isRefusal(parseClientId(name))) return 'malformed-name';
    if (RESERVED.has(name)) return 'name-reserved';
    return this.#inTurn(async () => {
      const live = this.#live(nowMs);
      const others = live.filter((key) => key.name !== name);
      if (given === undefined && others.length < live.length) return 'name-taken';
      if (others.length >= KEYS_MAX) return 'too-many-keys';
      const text = given ?? newText();
      const limits = writtenLimits(rights.limits);
      const made: StoredKey = {
        name,
        ...(role !== undefined && { role }),
        scopes: [...rights.scopes],
        ...(Object.keys(limits).length > 0 && { limits }),
        createdAt: nowMs,
        ...(expiresAt !== undefined && { expiresAt }),
        hash: hashOf(text).toString('hex'),
      };
      await this.#replace([...others, made]);
      return { key: text };
    });
  }

  /**
   * The next key of a name, with the rights and as long a life as the one before, which goes on until `retiresAt`: both
   * hold meanwhile, so that holders can change over one by one.
   */
  async rotate(
    name: string,
    retiresAt: number,
    nowMs: number,
  ): Promise<{ readonly key: string; readonly made: KeyInfo } | RotateRefusal> {
    return this.#inTurn(async () => {
      const live = this.#live(nowMs);
      const [old, another] = live.filter((key) => key.name === name);
      if (old === undefined) return 'unknown-key';
      if (another !== undefined) return 'rotation-open';
      if (live.length >= KEYS_MAX) return 'too-many-keys';
      const text = newText();
      const { expiresAt = Infinity, createdAt, ...same } = old;
      const ends = expiresAt === Infinity ? {} : { expiresAt: nowMs + expiresAt - createdAt };
      const made: StoredKey = { ...same, createdAt: nowMs, ...ends, hash: hashOf(text).toString('hex') };
      const retiring: StoredKey = { ...old, expiresAt: Math.min(expiresAt, retiresAt) };
      await this.#replace([...live.filter((key) => key !== old), retiring, made]);
      return { key: text, made: infoOf(made) };
    });
  }

  /**
   * All keys of the name, or the older one of a rotation. The last key that may manage keys and never ends stays: without
   * it nobody could make another.
   */
  async remove(name: string, which: 'all' | 'older', nowMs: number): Promise<'removed' | RemoveRefusal> {
    return this.#inTurn(async () => {
      const live = this.#live(nowMs);
      const named = live.filter((key) => key.name === name);
      const going = which === 'all' ? named : named.slice(0, -1);
      if (going.length === 0) return 'unknown-key';
      const others = live.filter((key) => !going.includes(key));
      if (!others.some((key) => key.scopes.includes('admin') && key.expiresAt === undefined)) return 'last-admin';
      await this.#replace(others);
      return 'removed';
    });
  }

  /** Keys that have ended go with the next change. */
  #live(nowMs: number): readonly StoredKey[] {
    return this.#keys.filter((key) => !isOver(key, nowMs));
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
  const admin: NewKey = { name: 'admin', role: 'admin', rights: { scopes: new Set(SCOPES), limits: {} } };
  if (given !== '') {
    const isKnown = typeof keys.callerOf(given, nowMs) === 'object';
    const taken = isKnown ? undefined : await keys.create(admin, nowMs, given);
    if (typeof taken === 'string') {
      throw new Error(`ONHAND_ADMIN_KEY cannot be added (${taken}); start without it and delete keys nobody uses`);
    }
    return undefined;
  }
  if (!keys.isEmpty) return undefined;
  const made = await keys.create(admin, nowMs);
  return typeof made === 'string' ? undefined : made.key;
}

function isOver({ expiresAt = Infinity }: StoredKey, nowMs: number): boolean {
  return expiresAt <= nowMs;
}

function infoOf({ hash: _hash, ...info }: StoredKey): KeyInfo {
  return info;
}

function newText(): string {
  return `oh_${randomBytes(32).toString('base64url')}`;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
