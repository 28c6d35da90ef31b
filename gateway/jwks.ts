import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createRemoteJWKSet, customFetch, type RemoteJWKSet } from 'jose';

export type Jwks = RemoteJWKSet;

export interface JwksBounds {
  readonly jwksTimeoutMs: number;
  readonly jwksCacheSec: number;
  readonly jwksCooldownSec: number;
}

/** A set of some hundred keys has 100 KB. */
const JWKS_BYTES_MAX = 1_048_576;

/**
 * The keys of a file or URL, read again when they are old, and at once when a token names a key that is not there (new
 * ones come during a rotation), but not more often than the cooldown lets.
 */
export async function openJwks(location: string, bounds: JwksBounds, log: (line: string) => void): Promise<Jwks> {
  const isFile = !/^https?:/i.test(location);
  const { jwksTimeoutMs, jwksCacheSec, jwksCooldownSec } = bounds;
  const jwks = createRemoteJWKSet(isFile ? pathToFileURL(location) : new URL(location), {
    timeoutDuration: jwksTimeoutMs,
    cacheMaxAge: jwksCacheSec * 1000,
    cooldownDuration: jwksCooldownSec * 1000,
    [customFetch]: braked(isFile ? readLocal : fetchBounded, jwksCooldownSec * 1000, log),
  });
  try {
    await jwks.reload();
  } catch (error) {
    // Whoever serves a URL may start after us.
    if (isFile) throw new Error(`JWT_JWKS: ${location} holds no readable keys`, { cause: error });
  }
  return jwks;
}

/** No keys, so no token can be judged: that says nothing against the token. */
export class KeysUnreachableError extends Error {
  override readonly name = 'KeysUnreachableError';
}

type ReadText = (url: string, options: RequestInit) => Promise<string>;

/** The library cools down after what went well; after what failed every token would try again. */
function braked(read: ReadText, cooldownMs: number, log: (line: string) => void) {
  let failedAt = -Infinity;
  return async (url: string, options: RequestInit): Promise<Response> => {
    if (performance.now() - failedAt < cooldownMs) throw new KeysUnreachableError('they failed a moment ago');
    try {
      return Response.json(keySetIn(await read(url, options)));
    } catch (error) {
      failedAt = performance.now();
      const { protocol, host, pathname } = new URL(url);
      log(`JWT_JWKS: no keys from ${protocol}//${host}${pathname}: ${error instanceof Error ? error.message : ''}`);
      throw new KeysUnreachableError('no keys', { cause: error });
    }
  };
}

function keySetIn(text: string): unknown {
  const set: unknown = JSON.parse(text);
  const keys: unknown = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'object' || key === null)) {
    throw new TypeError('this is no JWKS: it has no list of keys');
  }
  return set;
}

async function readLocal(url: string): Promise<string> {
  return readFile(new URL(url), 'utf8');
}

async function fetchBounded(url: string, options: RequestInit): Promise<string> {
  const response = await fetch(url, options);
  if (response.status !== 200) throw new TypeError(`it answered ${response.status}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > JWKS_BYTES_MAX) throw new TypeError(`more than ${JWKS_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
