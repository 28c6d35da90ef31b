import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { JwtReader } from './jwt.ts';

const SECRET = 'a-secret-of-forty-characters-for-our-tests';
const NOW = 1_790_000_000_000;
const NOW_SEC = NOW / 1000;
const GOOD: JWTPayload = {
  iss: 'https://login.example',
  aud: 'onhand',
  sub: 'ann',
  exp: NOW_SEC + 600,
  onhand: { role: 'node', nodes: ['DC-7'] },
};

let dir: string;
let lines: string[];
const servers: Server[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onhand-jwt-'));
  lines = [];
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await rm(dir, { recursive: true, force: true });
});

async function reader(env: Record<string, string>, now = () => NOW): Promise<JwtReader> {
  const config = readConfig({ JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'onhand', ...env });
  const made = await JwtReader.open(config, now, (line) => lines.push(line));
  if (made === undefined) throw new Error('no reader');
  return made;
}

function hs256(payload: JWTPayload, secret = SECRET): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
}

interface Pair {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

async function pair(kid: string, alg = 'ES256'): Promise<Pair> {
  return { kid, ...(await generateKeyPair(alg, { extractable: true })) };
}

function signed(payload: JWTPayload, { privateKey, kid }: Pair, alg = 'ES256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(privateKey);
}

async function setOf(...pairs: Pair[]): Promise<string> {
  const keys = await Promise.all(pairs.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid })));
  return JSON.stringify({ keys });
}

/** A real HTTP server of keys; `answer` may change while it runs. */
async function keyServer(about: { answer: string | 500 }): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (about.answer === 'silent') return;
    response.writeHead(about.answer === 500 ? 500 : 200, { 'content-type': 'application/json' });
    response.end(String(about.answer));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`, asked: () => asked };
}

describe('a token with a secret', () => {
  test('says who it is, what it may do, and until when', async () => {
    const jwt = await reader({ JWT_SECRETS: SECRET });
    expect(await jwt.read(await hs256(GOOD))).toEqual({
      is: 'staff',
      client: 'jwt:ann',
      scopes: new Set(['stock', 'reservations', 'desk', 'work', 'outfeeds']),
      limits: { sources: new Set(), nodes: new Set(['DC-7']) },
      expiresAt: NOW + 605_000,
    });
  });

  test('both secrets of a rotation count, others do not', async () => {
    const next = `${SECRET}-the-next-one`;
    const jwt = await reader({ JWT_SECRETS: `${next},${SECRET}` });
    expect(await jwt.read(await hs256(GOOD))).toMatchObject({ client: 'jwt:ann' });
    expect(await jwt.read(await hs256(GOOD, next))).toMatchObject({ client: 'jwt:ann' });
    expect(await jwt.read(await hs256(GOOD, `${SECRET}!`))).toMatchObject({ status: 401, code: 'token-refused' });
  });

  test.each<[string, object, string]>([
    ['of another issuer', { ...GOOD, iss: 'https://evil.example' }, 'iss'],
    ['for another audience', { ...GOOD, aud: ['shop', 'till'] }, 'aud'],
    ['not good yet', { ...GOOD, nbf: NOW_SEC + 6 }, 'nbf'],
    ['without an end', { ...GOOD, exp: undefined }, 'exp'],
    ['that lives too long', { ...GOOD, exp: NOW_SEC + 721 * 60 }, 'longer than 720 minutes'],
    ['of nobody', { ...GOOD, sub: undefined }, 'sub'],
    ['with spaces in its subject', { ...GOOD, sub: 'ann smith' }, 'sub'],
    ['without our claim', { ...GOOD, onhand: undefined }, 'claim onhand'],
    ['with a role nobody knows', { ...GOOD, onhand: { role: 'king' } }, 'king is none of'],
    ['with a role and scopes', { ...GOOD, onhand: { role: 'admin', scopes: ['ops'] } }, 'one of them'],
    ['with a scope nobody knows', { ...GOOD, onhand: { scopes: ['all'] } }, 'all is none of'],
    ['of a node that names none', { ...GOOD, onhand: { role: 'node' } }, 'name them'],
    ['of a node with a text for a list', { ...GOOD, onhand: { role: 'node', nodes: 'DC-7' } }, 'limits.nodes'],
    ['of an admin with limits', { ...GOOD, onhand: { role: 'admin', nodes: ['DC-7'] } }, 'admin cannot be limited'],
  ])('%s is refused, and told why', async (_what, payload, why) => {
    const jwt = await reader({ JWT_SECRETS: SECRET });
    const message = expect.stringContaining(why);
    expect(await jwt.read(await hs256(payload as JWTPayload))).toMatchObject({
      status: 401,
      code: 'token-refused',
      message,
    });
  });

  test('clocks may differ by the tolerance, and no more', async () => {
    const jwt = await reader({ JWT_SECRETS: SECRET });
    expect(await jwt.read(await hs256({ ...GOOD, nbf: NOW_SEC + 5, exp: NOW_SEC - 4 }))).toMatchObject({ is: 'staff' });
    expect(await jwt.read(await hs256({ ...GOOD, exp: NOW_SEC - 5 }))).toMatchObject({ code: 'token-expired' });
  });

  test('scopes may be listed instead of a role', async () => {
    const jwt = await reader({ JWT_SECRETS: SECRET, JWT_CLAIM: 'https://example.com/onhand' });
    const payload = { ...GOOD, 'https://example.com/onhand': { scopes: ['feeds'], sources: ['pos'] } };
    expect(await jwt.read(await hs256(payload))).toMatchObject({
      scopes: new Set(['feeds']),
      limits: { sources: new Set(['pos']) },
    });
  });
});

describe('a signed token', () => {
  test('is checked with the key of the file that it names', async () => {
    const [one, two, stranger] = [await pair('one'), await pair('two', 'EdDSA'), await pair('one')];
    const file = join(dir, 'jwks.json');
    await writeFile(file, await setOf(one, two));
    const jwt = await reader({ JWT_JWKS: file });
    expect(await jwt.read(await signed(GOOD, one))).toMatchObject({ client: 'jwt:ann' });
    expect(await jwt.read(await signed(GOOD, two, 'EdDSA'))).toMatchObject({ client: 'jwt:ann' });
    expect(await jwt.read(await signed(GOOD, stranger))).toMatchObject({ code: 'token-refused' });
  });

  test('cannot pass off a public key as a secret, nor go without a signature', async () => {
    const rsa = await pair('rsa', 'RS256');
    const file = join(dir, 'jwks.json');
    await writeFile(file, await setOf(rsa));
    const both = await reader({ JWT_JWKS: file, JWT_SECRETS: SECRET });
    const refused = { status: 401, code: 'token-refused' };
    expect(await both.read(await hs256(GOOD, await exportSPKI(rsa.publicKey)))).toMatchObject(refused);
    expect(await (await reader({ JWT_JWKS: file })).read(await hs256(GOOD))).toMatchObject(refused);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const token of [
      `${part({ alg: 'none' })}.${part(GOOD)}.`,
      `${part({ alg: 'none' })}.${part(GOOD)}.x`,
      'a.b.c',
      `${part({ alg: 'ES256', crit: ['x'] })}.${part(GOOD)}.x`,
    ]) {
      expect(await both.read(token)).toMatchObject(refused);
    }
  });

  test('of a key that came in a rotation is found by asking again, once a cooldown', async () => {
    const [old, next] = [await pair('old'), await pair('next')];
    const about = { answer: await setOf(old) };
    const keys = await keyServer(about);
    const jwt = await reader({ JWT_JWKS: keys.url, JWKS_COOLDOWN_SEC: '3600' });
    expect(await jwt.read(await signed(GOOD, old))).toMatchObject({ client: 'jwt:ann' });
    about.answer = await setOf(old, next);
    // Tokens that name keys nobody has must not make us ask for each.
    for (let index = 0; index < 5; index++) {
      expect(await jwt.read(await signed(GOOD, next))).toMatchObject({ code: 'token-refused' });
    }
    expect(keys.asked()).toBe(1);
    const eager = await reader({ JWT_JWKS: keys.url, JWKS_COOLDOWN_SEC: '1' });
    expect(await eager.read(await signed(GOOD, next))).toMatchObject({ client: 'jwt:ann' });
  });

  test.each([['silent'], [500], ['no json'], ['{"keys":"none"}']] as const)(
    'is not judged while whoever has the keys answers %s: come again, and nobody is asked in a loop',
    async (answer) => {
      const one = await pair('one');
      const keys = await keyServer({ answer });
      const jwt = await reader({ JWT_JWKS: keys.url, JWKS_TIMEOUT_MS: '100' });
      for (let index = 0; index < 5; index++) {
        expect(await jwt.read(await signed(GOOD, one))).toMatchObject({
          status: 503,
          code: 'token-keys-unreachable',
          retryAfterMs: 5_000,
        });
      }
      expect(keys.asked()).toBe(1);
    },
  );
});

test.each([
  [{ JWT_SECRETS: 'short' }, /JWT_SECRETS must list secrets of 32 to 512 visible characters, got 5 in number 1/],
  [{ JWT_SECRETS: SECRET }, /JWT_ISSUER must be set/],
  [{ JWT_SECRETS: SECRET, JWT_ISSUER: 'x' }, /JWT_AUDIENCE must be set/],
  [{ JWT_JWKS: 'http://login.example/jwks' }, /JWT_JWKS must be a file, an https URL/],
])('options that would let others’ tokens in stop the start', (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
  expect(() => readConfig(env)).not.toThrow(SECRET);
});

test('a file of keys that cannot be read stops the start', async () => {
  await expect(reader({ JWT_JWKS: join(dir, 'nowhere.json') })).rejects.toThrow(/holds no readable keys/);
});
